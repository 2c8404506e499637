/** @import {FromPlayback, Post, ToPlayback} from "./messages.js" */
import { FadeOut } from "./fade.js";
import { LevelMeter } from "./level.js";
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { PcmQueue } from "./queue.js";
import { Resampler } from "./resampler.js";
import { Track } from "./track.js";

/** An item that is not known to be complete counts as ended after this much nothing. */
const DRAINED_SAMPLES = SAMPLE_RATE_HZ * 0.2;
const PULL = 512;

/**
 * Plays queued PCM16 at 24 kHz and counts, per item, the samples that were rendered.
 *
 * Runs in the audio thread: `render` allocates nothing, survives an empty queue and goes on when there is more.
 * At a context rate of 24 kHz samples are rendered bit by bit as they came; at others they are resampled.
 */
export class Playback {
  #post;
  #prebuffer;
  #patience;
  #resampler;
  #meter;
  #pulled = new Float32Array(PULL);
  /** @type {PcmQueue<Track>} */
  #queue = new PcmQueue();
  #fade = new FadeOut();
  /** @type {Track | null} */
  #current = null;
  /** @type {Track | null} */
  #newest = null;
  #running = false;
  #waited = 0;
  #silent = 0;
  #underruns = 0;

  /**
   * @param {object} options How to play.
   * @param {number} options.sampleRate The context's rate in Hz.
   * @param {number} options.prebufferMs Playing begins when this much is queued or the item is complete,
   * @param {number} options.patienceMs or when something has been queued for this long.
   * @param {Post<FromPlayback>} options.post Gets what the page should know.
   */
  constructor({ sampleRate, prebufferMs, patienceMs, post }) {
    this.#post = post;
    this.#prebuffer = (SAMPLE_RATE_HZ * prebufferMs) / 1000;
    this.#patience = (SAMPLE_RATE_HZ * patienceMs) / 1000;
    this.#meter = new LevelMeter(sampleRate);
    this.#resampler =
      sampleRate === SAMPLE_RATE_HZ
        ? null
        : new Resampler(SAMPLE_RATE_HZ, sampleRate, PULL);
  }

  /** @param {ToPlayback} message From the page. */
  receive(message) {
    switch (message.type) {
      case "audio":
        this.#queue.push(
          this.#trackOf(message.item.item_id, message.item.content_index),
          new Int16Array(message.pcm),
        );
        break;
      case "end":
        this.#complete();
        break;
      case "flush":
        this.#flush();
        break;
    }
  }

  /** @param {Float32Array} output One render quantum, written to its end. */
  render(output) {
    const length = output.length;
    if (this.#resampler === null) {
      this.#fill(output, length);
    } else {
      let done = 0;
      while (done < length) {
        const missing = this.#resampler.needed(length - done);
        const part = Math.min(missing, PULL);
        this.#fill(this.#pulled, part);
        this.#resampler.push(this.#pulled, 0, part);
        done += this.#resampler.pull(output, done, length - done);
      }
    }
    if (this.#meter.push(output, length)) {
      this.#post({ type: "level", level: this.#meter.level });
    }
  }

  /**
   * @param {string} itemId The item.
   * @param {number} contentIndex Its part.
   */
  #trackOf(itemId, contentIndex) {
    const newest = this.#newest;
    if (newest?.is(itemId, contentIndex)) {
      newest.complete = false;
      return newest;
    }
    if (newest !== null) newest.complete = true;
    this.#newest = new Track(itemId, contentIndex);
    return this.#newest;
  }

  #complete() {
    if (this.#newest !== null) this.#newest.complete = true;
    if (!this.#running && this.#queue.item === null) this.#end();
  }

  #flush() {
    const next = this.#queue.item;
    if (this.#running && next !== null && next === this.#current) {
      next.played += this.#fade.cut(this.#queue);
    } else if (next !== null) {
      this.#end();
    }
    const last = this.#current?.complete ? null : this.#current;
    const cut = next ?? last;
    this.#queue.clear();
    this.#current = null;
    this.#newest = null;
    this.#running = false;
    this.#waited = 0;
    this.#post({
      type: "flushed",
      position: cut?.position ?? null,
      at: Date.now(),
    });
  }

  /**
   * @param {Float32Array} target Where to write.
   * @param {number} count Samples at 24 kHz, zeros where there is no sound.
   */
  #fill(target, count) {
    let done = this.#fade.read(target, count);
    if (this.#running || this.#mayStart(count)) {
      done = this.#play(target, done, count);
    }
    target.fill(0, done, count);
  }

  /**
   * @param {Float32Array} target Where to write.
   * @param {number} from First place in `target`.
   * @param {number} count Where to stop.
   * @returns {number} Where the sound stopped.
   */
  #play(target, from, count) {
    let done = from;
    while (done < count) {
      const track = this.#queue.item;
      if (track === null) {
        this.#runDry();
        break;
      }
      if (track !== this.#current) this.#begin(track);
      const read = this.#queue.read(target, done, count - done);
      track.played += read;
      done += read;
    }
    return done;
  }

  /** @param {number} count Samples that pass meanwhile. */
  #mayStart(count) {
    const next = this.#queue.item;
    if (next === null) {
      this.#waited = 0;
      this.#beSilent(count);
      return false;
    }
    if (
      this.#queue.length < this.#prebuffer &&
      this.#waited < this.#patience &&
      !next.complete
    ) {
      this.#waited += count;
      return false;
    }
    this.#running = true;
    this.#waited = 0;
    if (next === this.#current) this.#resume(next);
    return true;
  }

  /** @param {number} count Samples of silence. */
  #beSilent(count) {
    if (this.#current === null || this.#current.ended) return;
    this.#silent += count;
    if (this.#silent >= DRAINED_SAMPLES) this.#end();
  }

  /** @param {Track} track Its first sample comes now. */
  #begin(track) {
    this.#end();
    this.#current = track;
    this.#post({
      type: "started",
      position: track.position,
      at: Date.now(),
    });
  }

  /** @param {Track} track It ran empty before it was complete. */
  #resume(track) {
    this.#underruns += 1;
    this.#post({ type: "underrun", count: this.#underruns });
    if (!track.ended) return;
    track.ended = false;
    this.#post({
      type: "started",
      position: track.position,
      at: Date.now(),
    });
  }

  #runDry() {
    this.#running = false;
    this.#silent = 0;
    if (this.#current?.complete) this.#end();
  }

  /** Tells, once, that the current item is over. */
  #end() {
    const track = this.#current;
    if (track === null || track.ended) return;
    track.ended = true;
    this.#post({ type: "ended", position: track.position, at: Date.now() });
  }
}
