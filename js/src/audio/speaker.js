/** @import {PlaybackPosition} from "../types.js" */
/** @import {FromPlayback, PlayedItem, ToPlayback} from "./messages.js" */
/** @import {PlaybackPort} from "./script-playback.js" */
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { playbackContext, startPlayback } from "./playback-node.js";

/** A step would be heard as a click. */
const MUTE_S = 0.01;
/** A context that may sound does so within this time; one that waits for a click never does. */
const BLOCKED_MS = 500;
/** A processor answers within a few render quanta; a suspended one does not. */
const FLUSH_MS = 250;
/** Between the last sound and the device's sleep. */
const REST_MS = 2000;
/** How much is kept for the click that lets sound out. */
const KEPT_SAMPLES = 60 * SAMPLE_RATE_HZ;

/**
 * @typedef {object} SpeakerListener
 * @property {(position: PlaybackPosition, at: number) => void} onStarted An item's first sample is rendered.
 * @property {(position: PlaybackPosition, at: number) => void} onEnded An item was played, or nothing is left of it.
 * @property {(level: number) => void} onLevel Peak of the last 50 ms.
 * @property {(blocked: boolean) => void} onBlocked Whether the browser waits for a click.
 * @property {(count: number) => void} onUnderrun How often an item ran empty before its end.
 */

/**
 * The page's one speaker: sound goes out in the order in which it comes in.
 *
 * Until sound may leave the page, the last minute of it is kept.
 */
export class Speaker {
  #listener;
  #signal;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AudioNode | null} */
  #node = null;
  /** @type {PlaybackPort | null} */
  #port = null;
  /** @type {ToPlayback[]} */
  #kept = [];
  #keptSamples = 0;
  /** @type {((position: PlaybackPosition | null) => void)[]} */
  #flushes = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  /** @type {GainNode | null} */
  #volume = null;
  #muted = false;
  #resting = false;
  #playing = false;

  /**
   * @param {SpeakerListener} listener Is told what happens.
   * @param {AbortSignal} signal Closes everything.
   */
  constructor(listener, signal) {
    this.#listener = listener;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#close(), { once: true });
  }

  /** Lets sound out as far as the browser does; call it in a person's gesture. */
  allow() {
    if (this.#signal.aborted) return;
    this.#resting = false;
    if (this.#context === null) this.#open();
    else if (this.#context.state !== "running") void this.#context.resume();
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#listener.onBlocked(this.#context?.state !== "running");
    }, BLOCKED_MS);
  }

  /**
   * @param {PlayedItem} item Whose sound it is.
   * @param {Int16Array<ArrayBuffer>} pcm Mono at 24 kHz; taken over.
   */
  enqueue(item, pcm) {
    if (pcm.length === 0 || this.#signal.aborted) return;
    this.#send({ type: "audio", item, pcm: pcm.buffer });
    if (this.#context === null) {
      if (navigator.userActivation?.hasBeenActive) this.allow();
      else this.#listener.onBlocked(true);
    } else if (this.#resting) {
      this.allow();
    }
  }

  /** Nothing more comes for what was enqueued. */
  end() {
    this.#send({ type: "end" });
  }

  /**
   * Silence at once.
   *
   * @returns {Promise<PlaybackPosition | null>} Of the item that was cut or not begun; null when there was none.
   */
  async flush() {
    const first = this.#kept.find((message) => message.type === "audio");
    const unheard = first ? { ...first.item, played_samples: 0 } : null;
    this.#kept = [];
    this.#keptSamples = 0;
    if (this.#port === null) return unheard;
    this.#port.postMessage({ type: "flush" }, []);
    const cut = await new Promise((resolve) => {
      this.#flushes.push(resolve);
      setTimeout(resolve, FLUSH_MS, null);
    });
    return cut ?? unheard;
  }

  /** @param {boolean} muted While true sound goes on and is counted, but is not heard. */
  setMuted(muted) {
    this.#muted = muted;
    if (this.#context === null || this.#volume === null) return;
    const { gain } = this.#volume;
    const now = this.#context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(muted ? 0 : 1, now + MUTE_S);
  }

  /** Lets the device sleep once everything was played; the next sound wakes it. */
  rest() {
    this.#resting = true;
    setTimeout(() => {
      const idle = !this.#playing && this.#kept.length === 0;
      if (this.#resting && idle && this.#context?.state === "running") {
        void this.#context.suspend();
      }
    }, REST_MS);
  }

  #open() {
    const context = playbackContext();
    this.#context = context;
    const volume = context.createGain();
    volume.gain.value = this.#muted ? 0 : 1;
    volume.connect(context.destination);
    this.#volume = volume;
    context.addEventListener("statechange", () => this.#release());
    startPlayback(context).then(
      ({ node, port }) => {
        port.onmessage = ({ data }) => this.#receive(data);
        node.connect(volume);
        this.#node = node;
        this.#port = port;
        this.#release();
      },
      (error) => {
        if (!this.#signal.aborted) reportError(error);
      },
    );
  }

  /** @returns {boolean} Whether what is sent now is heard now. */
  get #live() {
    return this.#port !== null && this.#context?.state === "running";
  }

  /** @param {ToPlayback} message Goes to the processor, or waits until it may sound. */
  #send(message) {
    if (this.#live) {
      this.#port?.postMessage(message, transferOf(message));
      return;
    }
    this.#kept.push(message);
    this.#keptSamples += samplesOf(message);
    while (this.#keptSamples > KEPT_SAMPLES) {
      const oldest = this.#kept.shift();
      if (oldest) this.#keptSamples -= samplesOf(oldest);
    }
  }

  /** Sends what was kept, as soon as it is heard. */
  #release() {
    if (!this.#live) return;
    const kept = this.#kept;
    this.#kept = [];
    this.#keptSamples = 0;
    for (const message of kept) this.#send(message);
    this.#listener.onBlocked(false);
  }

  /** @param {FromPlayback} message From the processor. */
  #receive(message) {
    switch (message.type) {
      case "started":
        this.#playing = true;
        this.#listener.onStarted(message.position, message.at);
        break;
      case "ended":
        this.#playing = false;
        this.#listener.onEnded(message.position, message.at);
        if (this.#resting) this.rest();
        break;
      case "flushed":
        this.#playing = false;
        this.#flushes.shift()?.(message.position);
        break;
      case "level":
        this.#listener.onLevel(message.level);
        break;
      case "underrun":
        this.#listener.onUnderrun(message.count);
        break;
    }
  }

  #close() {
    clearTimeout(this.#watch);
    this.#kept = [];
    this.#node?.disconnect();
    this.#node = null;
    if (this.#context !== null) void this.#context.close();
  }
}

/** @param {ToPlayback} message Any. */
function samplesOf(message) {
  return message.type === "audio" ? message.pcm.byteLength / 2 : 0;
}

/**
 * @param {ToPlayback} message Any.
 * @returns {ArrayBuffer[]} What moves with it.
 */
function transferOf(message) {
  return message.type === "audio" ? [message.pcm] : [];
}
