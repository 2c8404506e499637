/** @import {Link} from "./link.js" */
/** @import {PageMessage, Status} from "./types.js" */
import { encodePcm16 } from "./audio/pcm16.js";
import { SentWindow } from "./sequence.js";

/** How many microphone chunks are kept for when one has to be sent again: 6.4 s of 100 ms chunks. */
const KEPT_CHUNKS = 64;
/** 100 ms at 24 kHz: less is no turn, and servers refuse to commit it. */
const SHORTEST_SAMPLES = 2400;

/** @type {ReadonlySet<Status>} */
const LIVE = new Set(["ready", "listening", "thinking", "speaking"]);

/**
 * The kernel keeps what is said while the session opens, and passes it on then.
 *
 * @type {ReadonlySet<Status>}
 */
const HEARS = new Set([...LIVE, "connecting"]);

/**
 * @param {Status} status Of the session.
 * @returns {boolean} Whether it takes sound.
 */
export function isLive(status) {
  return LIVE.has(status);
}

/**
 * The microphone's way to the kernel: numbered chunks, counted from 0 after each `microphone` message.
 */
export class Uplink {
  #link;
  #status;
  #seq = 0;
  #on = false;
  /** @type {SentWindow<PageMessage>} */
  #sent = new SentWindow(KEPT_CHUNKS);

  /**
   * @param {Pick<Link, "send">} link The way to the kernel.
   * @param {() => Status} status The session's state now.
   */
  constructor(link, status) {
    this.#link = link;
    this.#status = status;
  }

  /**
   * @param {string} label The microphone's name.
   * @param {number} sampleRate Its own rate in Hz.
   */
  begin(label, sampleRate) {
    this.#seq = 0;
    this.#sent.clear();
    this.#on = true;
    this.#link.send({
      type: "microphone",
      on: true,
      label,
      sample_rate: sampleRate,
    });
  }

  /** The microphone is off; nothing more comes. */
  end() {
    if (!this.#on) return;
    this.#on = false;
    this.#link.send({
      type: "microphone",
      on: false,
      label: "",
      sample_rate: 0,
    });
  }

  /**
   * Sound that is over before its first 100 ms is not sent.
   *
   * @param {Int16Array<ArrayBuffer>} pcm Mono at 24 kHz; read during the call only.
   * @param {number} at Date.now() when it was complete.
   */
  push(pcm, at) {
    if (!this.#on || !HEARS.has(this.#status())) return;
    if (this.#seq === 0 && pcm.length < SHORTEST_SAMPLES) return;
    const seq = this.#seq;
    this.#seq += 1;
    /** @type {PageMessage} */
    const message = { type: "audio", seq, at, audio: encodePcm16(pcm) };
    this.#sent.add(seq, message);
    this.#link.send(message);
  }

  /**
   * Sends again what is still here.
   *
   * @param {number} from First number.
   * @param {number} to Last number.
   */
  resend(from, to) {
    for (const message of this.#sent.range(from, to)) this.#link.send(message);
  }
}
