/** How often a level is told, at most, where nobody says otherwise. */
const WINDOW_S = 0.05;
/** Changes smaller than this are not worth a message. */
const STEP = 0.01;

/** The peak of each window of a signal. */
export class LevelMeter {
  #window;
  #seen = 0;
  #peak = 0;
  #told = 0;

  /**
   * @param {number} sampleRate In Hz.
   * @param {number} [windowS] Length of a window.
   */
  constructor(sampleRate, windowS = WINDOW_S) {
    this.#window = Math.round(sampleRate * windowS);
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

  /**
   * Begins anew, at nothing.
   *
   * @returns {boolean} Whether that is worth telling.
   */
  reset() {
    const told = this.#told;
    this.#seen = 0;
    this.#peak = 0;
    this.#told = 0;
    return told !== 0;
  }

  /** Whether there was nothing in the last whole window and nothing since, and that was told. */
  get quiet() {
    return this.#told === 0 && this.#peak === 0;
  }

  /** Peak of the last whole window, 0 to 1. */
  get level() {
    return this.#told;
  }
}
