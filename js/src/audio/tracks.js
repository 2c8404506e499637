/** @import {FromPlayback, Post} from "./messages.js" */
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { Track } from "./track.js";

/** How often the page is told where a playing item stands. */
const PROGRESS_SAMPLES = SAMPLE_RATE_HZ * 0.1;

/** Which item is heard, which one sound still comes for, and what the page was told of them. */
export class Tracks {
  #post;
  /** @type {Track | null} */
  #newest = null;
  #untold = 0;
  /** The one that is heard, or was heard last. @type {Track | null} */
  current = null;

  /** @param {Post<FromPlayback>} post Is told where items stand. */
  constructor(post) {
    this.#post = post;
  }

  /**
   * @param {string} itemId The item.
   * @param {number} contentIndex Its part.
   * @returns {Track} Its track; a new one completes the one before.
   */
  of(itemId, contentIndex) {
    const newest = this.#newest;
    if (newest?.is(itemId, contentIndex)) {
      newest.complete = false;
      return newest;
    }
    this.complete();
    this.#newest = new Track(itemId, contentIndex);
    return this.#newest;
  }

  /** Nothing more comes. */
  complete() {
    if (this.#newest !== null) this.#newest.complete = true;
  }

  /** @param {Track} track Is heard from now on; the one before is over. */
  begin(track) {
    this.end();
    this.current = track;
    track.ended = false;
    this.#untold = 0;
    const { position } = track;
    this.#post({ type: "started", position, at: Date.now() });
  }

  /** @param {number} played Samples of the current one, more. */
  progress(played) {
    this.#untold += played;
    if (this.#untold < PROGRESS_SAMPLES || this.current === null) return;
    this.#untold = 0;
    const { position, ended } = this.current;
    if (!ended) this.#post({ type: "progress", position, at: Date.now() });
  }

  /** Tells, once, that the current one is over. */
  end() {
    const track = this.current;
    if (track === null || track.ended) return;
    track.ended = true;
    const { position } = track;
    this.#post({ type: "ended", position, at: Date.now() });
  }

  /** All are dropped. */
  forget() {
    this.current = null;
    this.#newest = null;
  }
}
