/** How often a level is told, at most. */
const WINDOW_S = 0.05;
/** Changes smaller than this are not worth a message. */
const STEP = 0.01;

/** The peak of each 50 ms of a signal. */
export class LevelMeter {
  #window;
  #seen = 0;
  #peak = 0;
  #told = 0;

  /** @param {number} sampleRate In Hz. */
  constructor(sampleRate) {
    this.#window = Math.round(sampleRate * WINDOW_S);
  }

  /**
   * @param {Float32Array} samples The signal.
   * @param {number} count How many of them.
   * @returns {boolean} Whether there is a new level that is worth telling.
   */
  push(samples, count) {
    for (let i = 0; i < count; i += 1) {
      const size = Math.abs(/** @type {number} */ (samples[i]));
      if (size > this.#peak) this.#peak = size;
    }
    this.#seen += count;
    if (this.#seen < this.#window) return false;
    const level = Math.min(1, Math.round(this.#peak / STEP) * STEP);
    this.#seen = 0;
    this.#peak = 0;
    if (level === this.#told) return false;
    this.#told = level;
    return true;
  }

  /** Peak of the last whole 50 ms, 0 to 1. */
  get level() {
    return this.#told;
  }
}
