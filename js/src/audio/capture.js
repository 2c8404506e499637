/** @import {FromCapture, Post, ToCapture} from "./messages.js" */
import { LevelMeter } from "./level.js";
import { floatToPcm16, SAMPLE_RATE_HZ } from "./pcm16.js";
import { Resampler } from "./resampler.js";

/** Input is worked on in blocks of this many samples at most. */
const BLOCK = 128;
const SPARE_BUFFERS = 4;

/**
 * Turns what a microphone gives, at any rate and with any number of channels, into chunks of mono PCM16 at 24 kHz.
 *
 * Runs in the audio thread: `push` allocates nothing as long as the page gives the buffers back.
 */
export class Capture {
  #post;
  #samples;
  #resampler;
  #meter = new LevelMeter(SAMPLE_RATE_HZ);
  #mono = new Float32Array(BLOCK);
  #resampled;
  /** @type {Int16Array<ArrayBuffer>[]} */
  #spare = [];
  #chunk;
  #filled = 0;
  #finished = false;

  /**
   * @param {{sampleRate: number, chunkMs: number, post: Post<FromCapture>}} options
   *     The input's rate in Hz, and a chunk's length.
   */
  constructor({ sampleRate, chunkMs, post }) {
    this.#post = post;
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
        if (
          this.#spare.length < SPARE_BUFFERS &&
          message.pcm.byteLength === 2 * this.#samples
        ) {
          this.#spare.push(new Int16Array(message.pcm));
        }
        break;
      case "finish":
        this.#finish();
        break;
    }
  }

  /** @param {readonly Float32Array[]} channels One render quantum; none when nothing is connected. */
  push(channels) {
    const length = channels[0]?.length ?? 0;
    if (this.#finished || length === 0) return;
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

  #finish() {
    if (this.#filled > 0) this.#send(this.#chunk.slice(0, this.#filled));
    this.#finished = true;
    this.#post({ type: "finished" });
  }
}
