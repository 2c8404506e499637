/** @import {FromPlayback, Post, ToPlayback} from "./messages.js" */
import { Answers } from "./answers.js";
import { Slopes } from "./fade.js";
import { LevelMeter } from "./level.js";
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { Replay } from "./replay.js";
import { Resampler } from "./resampler.js";

const PULL = 512;

/**
 * Plays queued PCM16 at 24 kHz and counts, per item, the samples that were rendered.
 *
 * Runs in the audio thread: `render` allocates nothing but messages, survives an empty queue and goes on when there is
 * more. At a context rate of 24 kHz samples are rendered bit by bit as they came; at others they are resampled.
 */
export class Playback {
  #post;
  #resampler;
  #meter;
  #answers;
  #replay;
  #slopes = new Slopes();
  #pulled = new Float32Array(PULL);
  #idle = true;
  #received = 0;

  /**
   * @param {object} options How to play.
   * @param {number} options.sampleRate The context's rate in Hz.
   * @param {Post<FromPlayback>} options.post Gets what the page should know.
   */
  constructor({ sampleRate, post }) {
    this.#post = post;
    this.#meter = new LevelMeter(sampleRate);
    this.#answers = new Answers(this.#slopes, post);
    this.#replay = new Replay(this.#slopes, post);
    this.#resampler =
      sampleRate === SAMPLE_RATE_HZ
        ? null
        : new Resampler(SAMPLE_RATE_HZ, sampleRate, PULL);
  }

  /** @param {ToPlayback} message From the page. */
  receive(message) {
    switch (message.type) {
      case "audio":
        this.#arrived();
        this.#replay.stop();
        this.#answers.push(message.item, new Int16Array(message.pcm));
        break;
      case "end":
        this.#answers.complete();
        break;
      case "hold":
        this.#answers.hold();
        break;
      case "release":
        this.#answers.release();
        break;
      case "flush":
        this.#flush(message.id);
        break;
      case "replay":
        this.#again(message);
        break;
      case "stopReplay":
        this.#replay.stop();
        break;
    }
  }

  /** @param {Float32Array} output One render quantum, written to its end. */
  render(output) {
    const length = output.length;
    if (this.#idle) {
      output.fill(0);
      return;
    }
    if (this.#resampler === null) this.#fill(output, length);
    else this.#resample(this.#resampler, output);
    if (this.#meter.push(output, length)) {
      this.#post({ type: "level", level: this.#meter.level });
    }
    this.#rest();
  }

  #arrived() {
    this.#idle = false;
    this.#received += 1;
  }

  /** @param {number} id Of the question. */
  #flush(id) {
    this.#replay.stop();
    const positions = this.#answers.flush();
    this.#post({ type: "flushed", id, positions, at: Date.now() });
  }

  /** @param {Extract<ToPlayback, {type: "replay"}>} message Sound of an old item; an answer goes before it. */
  #again({ item_id, pcm, last }) {
    this.#arrived();
    if (!this.#answers.idle) {
      this.#post({ type: "replayed" });
      return;
    }
    this.#replay.push(item_id, pcm && new Int16Array(pcm), last);
  }

  /**
   * @param {Resampler} resampler To the context's rate.
   * @param {Float32Array} output Written to its end.
   */
  #resample(resampler, output) {
    const length = output.length;
    let done = 0;
    while (done < length) {
      const part = Math.min(resampler.needed(length - done), PULL);
      this.#fill(this.#pulled, part);
      resampler.push(this.#pulled, 0, part);
      done += resampler.pull(output, done, length - done);
    }
  }

  /**
   * @param {Float32Array} target Where to write.
   * @param {number} count Samples at 24 kHz, zeros where there is no sound.
   */
  #fill(target, count) {
    let done = this.#slopes.rest(target, 0, count);
    if (done < count) done = this.#answers.read(target, done, count);
    if (done < count && this.#answers.idle && !this.#slopes.pending) {
      done = this.#replay.read(target, done, count);
    }
    target.fill(0, done, count);
  }

  /** Tells, once, that nothing is left to be heard; until there is more, rendering costs next to nothing. */
  #rest() {
    if (!this.#answers.idle || !this.#replay.idle) return;
    if (this.#slopes.pending || !this.#meter.quiet) return;
    this.#idle = true;
    this.#post({ type: "idle", received: this.#received });
  }
}
