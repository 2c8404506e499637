/** @import {Slopes} from "./fade.js" */
/** @import {FromPlayback, Post} from "./messages.js" */
import { SLOPE_SAMPLES } from "./fade.js";
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { PcmQueue } from "./queue.js";

/** This much is waited for, as long as more is to come. */
const PREBUFFER_SAMPLES = SAMPLE_RATE_HZ * 0.08;

/** An old item's sound once more: heard, and counted nowhere. */
export class Replay {
  #slopes;
  #post;
  /** @type {PcmQueue<string>} */
  #queue = new PcmQueue();
  /** @type {string | null} */
  #itemId = null;
  #complete = false;
  #running = false;
  #begun = false;

  /**
   * @param {Slopes} slopes Shapes where sound breaks off.
   * @param {Post<FromPlayback>} post Is told when it is over.
   */
  constructor(slopes, post) {
    this.#slopes = slopes;
    this.#post = post;
  }

  get idle() {
    return this.#itemId === null;
  }

  /**
   * @param {string} itemId Whose sound it is; another one ends the one before.
   * @param {Int16Array | null} samples At 24 kHz; taken over.
   * @param {boolean} last Whether nothing more comes.
   */
  push(itemId, samples, last) {
    if (itemId !== this.#itemId) {
      this.#drop();
      this.#itemId = itemId;
    }
    if (samples !== null) this.#queue.push(itemId, samples);
    this.#complete = last;
  }

  /** Silence within 5 ms. */
  stop() {
    if (this.#itemId === null) return;
    this.#drop();
    this.#tellEnd();
  }

  /**
   * @param {Float32Array} target Where to write.
   * @param {number} from First place in `target`.
   * @param {number} to Where to stop.
   * @returns {number} Where the sound stopped.
   */
  read(target, from, to) {
    if (this.#itemId === null || !this.#start()) return from;
    const { length } = this.#queue;
    const safe = this.#complete ? length : length - SLOPE_SAMPLES;
    const count = Math.min(to - from, Math.max(0, safe));
    const done = from + this.#slopes.read(this.#queue, target, from, count);
    if (done === to) return done;
    this.#running = false;
    if (this.#complete) {
      this.#drop();
      this.#tellEnd();
      return done;
    }
    this.#slopes.drain(this.#queue);
    return this.#slopes.rest(target, done, to);
  }

  #start() {
    if (this.#running) return true;
    const enough = this.#queue.length >= PREBUFFER_SAMPLES;
    if (!enough && !this.#complete) return false;
    if (this.#begun) this.#slopes.rise();
    else this.#slopes.full();
    this.#begun = true;
    this.#running = true;
    return true;
  }

  #drop() {
    if (this.#running) this.#slopes.cut(this.#queue);
    this.#queue.clear();
    this.#itemId = null;
    this.#complete = false;
    this.#running = false;
    this.#begun = false;
  }

  #tellEnd() {
    this.#post({ type: "replayed" });
  }
}
