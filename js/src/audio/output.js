/** @import {FromPlayback, ToPlayback} from "./messages.js" */
/** @import {PlaybackPort} from "./script-playback.js" */
import { listen } from "../listen.js";
import { playbackContext, startPlayback } from "./playback-node.js";

/** A step would be heard as a click. */
const VOLUME_S = 0.01;

/**
 * @typedef {object} OutputListener
 * @property {(message: FromPlayback) => void} onMessage What the processor says.
 * @property {() => void} onLive What is sent is heard from now on.
 */

/** The page's way to the sound card: one context, one processor, one volume. */
export class Output {
  #context;
  #volume;
  /** @type {AudioNode | null} */
  #node = null;
  /** @type {PlaybackPort | null} */
  #port = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #sleep;
  #closed = false;
  /** Whether it sleeps, or falls asleep. */
  asleep = false;

  /**
   * Opens it; a browser that wants a click first leaves it suspended.
   *
   * @param {OutputListener} listener Is told what happens.
   * @param {number} volume 0 to 1.
   * @param {AbortSignal} signal Closes it.
   */
  constructor(listener, volume, signal) {
    const context = playbackContext();
    this.#context = context;
    this.#volume = context.createGain();
    this.#volume.gain.value = volume;
    this.#volume.connect(context.destination);
    context.addEventListener("statechange", () => {
      if (this.live) listener.onLive();
    });
    listen(signal, "abort", () => this.close());
    startPlayback(context).then(
      ({ node, port }) => {
        if (this.#closed) return;
        port.onmessage = ({ data }) => listener.onMessage(data);
        node.connect(this.#volume);
        this.#node = node;
        this.#port = port;
        if (this.live) listener.onLive();
      },
      (error) => {
        if (!this.#closed) reportError(error);
      },
    );
  }

  /** Whether the browser lets sound out. */
  get running() {
    return this.#context.state === "running";
  }

  /** Whether what is sent is heard. */
  get live() {
    return this.#port !== null && this.running;
  }

  /**
   * @param {ToPlayback} message For the processor.
   * @returns {boolean} Whether there is one.
   */
  send(message) {
    if (this.#port === null) return false;
    this.#port.postMessage(message, transferOf(message));
    return true;
  }

  /** @param {number} volume 0 to 1. */
  setVolume(volume) {
    const { gain } = this.#volume;
    const now = this.#context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(volume, now + VOLUME_S);
  }

  /** Lets sound out as far as the browser does, and goes on until `sleepAfter`. */
  wake() {
    clearTimeout(this.#sleep);
    this.asleep = false;
    void this.#context.resume();
  }

  /** @param {number} ms Then the sound card sleeps, until `wake`. */
  sleepAfter(ms) {
    clearTimeout(this.#sleep);
    this.#sleep = setTimeout(() => {
      if (!this.running) return;
      this.asleep = true;
      void this.#context.suspend();
    }, ms);
  }

  /** Gives the sound card back; nothing is heard any more. Safe to call twice. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#sleep);
    this.#node?.disconnect();
    this.#node = null;
    this.#port = null;
    void this.#context.close();
  }
}

/**
 * @param {ToPlayback} message Any.
 * @returns {ArrayBuffer[]} What moves with it.
 */
function transferOf(message) {
  return "pcm" in message && message.pcm !== null ? [message.pcm] : [];
}
