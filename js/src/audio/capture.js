/** @import {FromCapture, Post, ToCapture} from "./messages.js" */
import { Ear } from "./ear.js";
import { LevelMeter } from "./level.js";
import { floatToPcm16, SAMPLE_RATE_HZ } from "./pcm16.js";
import { Resampler } from "./resampler.js";
import { SilenceDetector } from "./silence.js";

/** Input is worked on in blocks of this many samples at most. */
const BLOCK = 128;
/** As long as a chunk, which carries the level with it. */
const LEVEL_S = 0.1;
const SPARE_BUFFERS = 4;

/**
 * Turns what a microphone gives, at any rate and with any number of channels, into chunks of mono PCM16 at 24 kHz.
 *
 * While its gate is shut it gives nothing and hears nobody; it only notices a device that gives nothing itself.
 * Runs in the audio thread: `push` allocates nothing as long as the page gives the buffers back.
 */
export class Capture {
  #post;
  #samples;
  #resampler;
  #meter = new LevelMeter(SAMPLE_RATE_HZ, LEVEL_S);
  #ear = new Ear();
  #silence;
  #mono = new Float32Array(BLOCK);
  #resampled;
  /** @type {Int16Array<ArrayBuffer>[]} */
  #spare = [];
  #chunk;
  #filled = 0;
  #open;
  #finished = false;

  /**
   * @param {{sampleRate: number, chunkMs: number, open: boolean, post: Post<FromCapture>}} options
   *     The input's rate in Hz, a chunk's length, and whether the gate is open.
   */
  constructor({ sampleRate, chunkMs, open, post }) {
    this.#post = post;
    this.#open = open;
    this.#silence = new SilenceDetector(sampleRate);
    this.#samples = Math.round((SAMPLE_RATE_HZ * chunkMs) / 1000);
    this.#resampler =
      sampleRate === SAMPLE_RATE_HZ
        ? null
        : new Resampler(sampleRate, SAMPLE_RATE_HZ, BLOCK);
    const most = Math.ceil((BLOCK * SAMPLE_RATE_HZ) / sampleRate) + 1;
    this.#resampled = new Float32Array(Math.max(most, BLOCK));
    for (let i = 0; i < SPARE_BUFFERS; i += 1) {
      this.#spare.push(new Int16Array(this.#samples));
    }
    this.#chunk = this.#nextChunk();
  }

  /** @param {ToCapture} message From the page. */
  receive(message) {
    switch (message.type) {
      case "recycle":
        this.#recycle(message.pcm);
        break;
      case "gate":
        if (message.open) this.#open = true;
        else this.#shut();
        break;
      case "speaker":
        this.#ear.speaker(message.level);
        break;
      case "falseAlarm":
        this.#ear.falseAlarm();
        break;
      case "finish":
        this.#shut();
        this.#finished = true;
        this.#post({ type: "finished" });
        break;
    }
  }

  /** @param {readonly Float32Array[]} channels One render quantum; none when nothing is connected. */
  push(channels) {
    const length = channels[0]?.length ?? 0;
    if (this.#finished || length === 0) return;
    if (this.#silence.push(channels)) {
      this.#post({ type: "silent", silent: this.#silence.silent });
    }
    if (!this.#open) return;
    for (let from = 0; from < length; from += BLOCK) {
      const count = Math.min(BLOCK, length - from);
      this.#mix(channels, from, count);
      if (this.#resampler === null) {
        this.#take(this.#mono, count);
      } else {
        this.#resampler.push(this.#mono, 0, count);
        const limit = this.#resampled.length;
        this.#take(
          this.#resampled,
          this.#resampler.pull(this.#resampled, 0, limit),
        );
      }
    }
  }

  /**
   * @param {readonly Float32Array[]} channels The input.
   * @param {number} from First sample to mix.
   * @param {number} count How many.
   */
  #mix(channels, from, count) {
    const mono = this.#mono;
    mono.fill(0);
    for (let c = 0; c < channels.length; c += 1) {
      const channel = /** @type {Float32Array} */ (channels[c]);
      for (let i = 0; i < count; i += 1) {
        mono[i] =
          /** @type {number} */ (mono[i]) +
          /** @type {number} */ (channel[from + i]) / channels.length;
      }
    }
  }

  /**
   * @param {Float32Array} samples At 24 kHz.
   * @param {number} count How many of them.
   */
  #take(samples, count) {
    const news = this.#meter.push(samples, count);
    if (this.#ear.push(samples, count)) this.#tellEar();
    let from = 0;
    let told = false;
    while (from < count) {
      const part = Math.min(count - from, this.#samples - this.#filled);
      floatToPcm16(samples, from, this.#chunk, this.#filled, part);
      this.#filled += part;
      from += part;
      if (this.#filled === this.#samples) {
        this.#send(this.#chunk);
        this.#chunk = this.#nextChunk();
        told = true;
      }
    }
    if (news && !told) {
      this.#post({ type: "level", level: this.#meter.level });
    }
  }

  /** @param {Int16Array<ArrayBuffer>} chunk Goes to the page. */
  #send(chunk) {
    this.#filled = 0;
    const pcm = chunk.buffer;
    this.#post(
      { type: "chunk", pcm, at: Date.now(), level: this.#meter.level },
      [pcm],
    );
  }

  #nextChunk() {
    return this.#spare.pop() ?? new Int16Array(this.#samples);
  }

  #shut() {
    if (this.#filled > 0) this.#send(this.#chunk.slice(0, this.#filled));
    if (this.#meter.reset()) this.#post({ type: "level", level: 0 });
    if (this.#ear.reset()) this.#tellEar();
    this.#open = false;
    this.#post({ type: "shut" });
  }

  #tellEar() {
    const { speaking } = this.#ear;
    this.#post({ type: "ear", at: Date.now(), speaking });
  }

  /** @param {ArrayBuffer} pcm A chunk's, to be filled again. */
  #recycle(pcm) {
    if (this.#spare.length >= SPARE_BUFFERS) return;
    if (pcm.byteLength !== 2 * this.#samples) return;
    this.#spare.push(new Int16Array(pcm));
  }
}
