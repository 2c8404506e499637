/** @import {PlaybackPosition} from "../types.js" */
/** @import {Slopes} from "./fade.js" */
/** @import {FromPlayback, PlayedItem, Post} from "./messages.js" */
/** @import {Track} from "./track.js" */
import { SLOPE_SAMPLES } from "./fade.js";
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { Prebuffer } from "./prebuffer.js";
import { PcmQueue } from "./queue.js";
import { Tracks } from "./tracks.js";

/** An item that is not known to be complete counts as ended after this much nothing. */
const DRAINED_SAMPLES = SAMPLE_RATE_HZ * 0.2;

/** The sound of answers on its way out: in order, counted per item, held and let go without losing a sample. */
export class Answers {
  #slopes;
  #post;
  /** @type {PcmQueue<Track>} */
  #queue = new PcmQueue();
  #prebuffer = new Prebuffer();
  #tracks;
  #running = false;
  #held = false;
  #silent = 0;

  /**
   * @param {Slopes} slopes Shapes where sound breaks off.
   * @param {Post<FromPlayback>} post Gets what the page should know.
   */
  constructor(slopes, post) {
    this.#slopes = slopes;
    this.#post = post;
    this.#tracks = new Tracks(post);
  }

  /** Whether nothing is heard, waited for or held. */
  get idle() {
    const over = this.#tracks.current?.ended ?? true;
    return over && !this.#held && this.#queue.item === null;
  }

  /**
   * @param {PlayedItem} item Whose sound it is.
   * @param {Int16Array} samples At 24 kHz; taken over.
   */
  push({ item_id, content_index }, samples) {
    const dry = this.#isDry && !this.#held;
    const track = this.#tracks.of(item_id, content_index);
    this.#queue.push(track, samples);
    if (!dry || track !== this.#tracks.current) return;
    this.#prebuffer.underrun(this.#silent);
    this.#tellBuffer();
  }

  /** Nothing more comes for the items that are here. */
  complete() {
    this.#tracks.complete();
    if (!this.#running || this.#held) this.#endIfEmpty();
  }

  /** Silence within 5 ms, until `release`; nothing happens when nothing is heard. */
  hold() {
    const track = this.#tracks.current;
    if (this.#held || track === null || track.ended) return;
    this.#held = true;
    this.#cut(track);
    this.#slopes.rise();
    this.#post({ type: "held", held: true });
    this.#endIfEmpty();
  }

  /** Goes on with the very next sample. */
  release() {
    if (!this.#held) return;
    this.#held = false;
    this.#post({ type: "held", held: false });
  }

  /**
   * Silence within 5 ms; what waits is dropped.
   *
   * @returns {PlaybackPosition[]} Of the item that was cut, then of those that had not begun.
   */
  flush() {
    const { current } = this.#tracks;
    if (current !== null && !this.#held) this.#cut(current);
    const waiting = this.#queue.items;
    const unfinished =
      current !== null && (!current.complete || waiting.includes(current));
    if (!unfinished) this.#tracks.end();
    const first = unfinished ? [current] : [];
    const others = waiting.filter((track) => track !== current);
    this.#queue.clear();
    this.#prebuffer.reset();
    this.#tracks.forget();
    this.#running = false;
    this.release();
    return [...first, ...others].map(({ position }) => position);
  }

  /**
   * @param {Float32Array} target Where to write.
   * @param {number} from First place in `target`.
   * @param {number} to Where to stop.
   * @returns {number} Where the sound stopped.
   */
  read(target, from, to) {
    if (this.#held) return from;
    if (!this.#running && !this.#start(to - from)) return from;
    let done = from;
    while (done < to && this.#running) {
      const track = this.#queue.item;
      if (track === null) {
        this.#runDry();
      } else {
        if (track !== this.#tracks.current) {
          this.#slopes.full();
          this.#tracks.begin(track);
        }
        done = this.#play(track, target, done, to);
      }
    }
    this.#tracks.progress(done - from);
    if (this.#prebuffer.played(done - from)) this.#tellBuffer();
    return done;
  }

  /** Whether an item that is not complete has run empty. */
  get #isDry() {
    const track = this.#tracks.current;
    const empty = !this.#running && this.#queue.item === null;
    return empty && track !== null && !track.complete;
  }

  /**
   * The last 5 ms before nothing is there slope to silence.
   *
   * @param {Track} track Comes next.
   * @param {Float32Array} target Where to write.
   * @param {number} from First place in `target`.
   * @param {number} to Where to stop.
   * @returns {number} Where the sound stopped.
   */
  #play(track, target, from, to) {
    const safe = track.complete
      ? to - from
      : this.#queue.length - SLOPE_SAMPLES;
    if (safe <= 0) {
      track.played += this.#slopes.drain(this.#queue);
      this.#runDry();
      return this.#slopes.rest(target, from, to);
    }
    const count = Math.min(to - from, safe);
    const read = this.#slopes.read(this.#queue, target, from, count);
    track.played += read;
    return from + read;
  }

  /** @param {Track} track Broken off, when it is heard. */
  #cut(track) {
    if (!this.#running || this.#queue.item !== track) return;
    track.played += this.#slopes.cut(this.#queue);
  }

  /**
   * @param {number} count Samples that pass meanwhile.
   * @returns {boolean} Whether sound begins or goes on.
   */
  #start(count) {
    const next = this.#queue.item;
    if (next === null) {
      this.#prebuffer.reset();
      this.#silent += count;
      if (this.#silent >= DRAINED_SAMPLES) this.#tracks.end();
      return false;
    }
    if (!this.#prebuffer.ready(this.#queue.length, next.complete, count)) {
      return false;
    }
    this.#running = true;
    if (next !== this.#tracks.current) return true;
    this.#slopes.rise();
    if (next.ended) this.#tracks.begin(next);
    return true;
  }

  #runDry() {
    this.#running = false;
    this.#silent = 0;
    this.#endIfEmpty();
  }

  #endIfEmpty() {
    if (this.#queue.item !== null || !this.#tracks.current?.complete) return;
    this.#running = false;
    this.#tracks.end();
    this.release();
  }

  #tellBuffer() {
    const { underruns, ms } = this.#prebuffer;
    this.#post({ type: "buffer", underruns, prebufferMs: ms });
  }
}
