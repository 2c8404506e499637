import { SAMPLE_RATE_HZ } from "./pcm16.js";

/** 5 ms: a step to zero would be heard as a click. */
const SLOPE_SAMPLES = SAMPLE_RATE_HZ * 0.005;

/** The last samples of a sound that is cut, sloping to silence. */
export class FadeOut {
  #samples = new Float32Array(SLOPE_SAMPLES);
  #from = 0;
  #to = 0;

  /**
   * @param {import("./queue.js").PcmQueue<unknown>} queue The sound that is cut.
   * @returns {number} How many of its samples will still be heard.
   */
  cut(queue) {
    const count = queue.read(this.#samples, 0, SLOPE_SAMPLES);
    for (let i = 0; i < count; i += 1) {
      this.#samples[i] =
        /** @type {number} */ (this.#samples[i]) * (1 - i / count);
    }
    this.#from = 0;
    this.#to = count;
    return count;
  }

  /**
   * @param {Float32Array} target Where to write, from its beginning.
   * @param {number} count Most samples to write.
   * @returns {number} How many were written.
   */
  read(target, count) {
    const part = Math.min(count, this.#to - this.#from);
    for (let i = 0; i < part; i += 1) {
      target[i] = /** @type {number} */ (this.#samples[this.#from + i]);
    }
    this.#from += part;
    return part;
  }
}
