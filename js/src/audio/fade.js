/** @import {PcmQueue} from "./queue.js" */
import { SAMPLE_RATE_HZ } from "./pcm16.js";

/** 5 ms: a step to or from zero would be heard as a click. */
export const SLOPE_SAMPLES = SAMPLE_RATE_HZ * 0.005;

/**
 * Slopes where sound is broken off and where it goes on. They shape what there is: no sample is added or left out, and
 * none becomes zero that was not.
 */
export class Slopes {
  #falling = new Float32Array(SLOPE_SAMPLES);
  #from = 0;
  #to = 0;
  #risen = SLOPE_SAMPLES;

  /** Whether a slope to silence has still to be read. */
  get pending() {
    return this.#from < this.#to;
  }

  /**
   * Breaks a sound off: its next samples are taken, and slope to silence.
   *
   * @param {PcmQueue<unknown>} queue The sound.
   * @returns {number} How many of its samples will still be heard: none while the slope before is still being read.
   */
  cut(queue) {
    if (this.pending) return 0;
    const gain = this.#risen / SLOPE_SAMPLES;
    this.#risen = SLOPE_SAMPLES;
    return this.#fall(queue, Math.ceil(gain * SLOPE_SAMPLES), gain);
  }

  /**
   * Breaks a sound off because little is left of it: all of that slopes to silence.
   *
   * @param {PcmQueue<unknown>} queue The sound, at most 5 ms of it.
   * @returns {number} How many of its samples will still be heard: all.
   */
  drain(queue) {
    return this.pending ? 0 : this.#fall(queue, SLOPE_SAMPLES, 1);
  }

  /**
   * Reads what is left of the slope to silence.
   *
   * @param {Float32Array} target Where to write.
   * @param {number} from First place in `target`.
   * @param {number} to Where to stop.
   * @returns {number} Where it stopped.
   */
  rest(target, from, to) {
    const part = Math.min(to - from, this.#to - this.#from);
    for (let i = 0; i < part; i += 1) {
      target[from + i] = /** @type {number} */ (this.#falling[this.#from + i]);
    }
    this.#from += part;
    return from + part;
  }

  /** What is read next rises from silence. */
  rise() {
    this.#risen = 0;
  }

  /** What is read next is as it is. */
  full() {
    this.#risen = SLOPE_SAMPLES;
  }

  /**
   * Reads one item's sound.
   *
   * @param {PcmQueue<unknown>} queue The sound.
   * @param {Float32Array} target Where to write.
   * @param {number} to First place in `target`.
   * @param {number} count Most samples to read.
   * @returns {number} How many were read.
   */
  read(queue, target, to, count) {
    const read = queue.read(target, to, count);
    for (let i = 0; i < read && this.#risen < SLOPE_SAMPLES; i += 1) {
      this.#risen += 1;
      const sample = /** @type {number} */ (target[to + i]);
      target[to + i] = (sample * this.#risen) / SLOPE_SAMPLES;
    }
    return read;
  }

  /**
   * @param {PcmQueue<unknown>} queue The sound.
   * @param {number} most How many samples to take.
   * @param {number} gain Of the first.
   */
  #fall(queue, most, gain) {
    const falling = this.#falling;
    const count = this.read(queue, falling, 0, most);
    for (let i = 0; i < count; i += 1) {
      const sample = /** @type {number} */ (falling[i]);
      falling[i] = sample * gain * (1 - i / count);
    }
    this.#from = 0;
    this.#to = count;
    return count;
  }
}
