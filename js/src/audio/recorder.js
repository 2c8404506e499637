/** @import {CardState, Choice, MicrophoneFault} from "../types.js" */
/** @import {Processing} from "./devices.js" */
/** @import {Microphone, MicrophoneListener} from "./microphone.js" */
import { listen } from "../listen.js";
import { isGone, watchMicrophones } from "./devices.js";
import {
  lostFault,
  microphoneFault,
  replacedFault,
  surroundings,
} from "./faults.js";
import { openMicrophone } from "./microphone.js";
import { SAMPLE_RATE_HZ } from "./pcm16.js";

/**
 * @typedef {object} RecorderListener
 * @property {(patch: Partial<CardState>) => void} onState What the card should show.
 * @property {(state: "off" | "starting" | "on", label: string, rate: number) => void} onDevice
 *     What became of the device; one that takes another's place starts while that one is on.
 * @property {(pcm: Int16Array<ArrayBuffer>, at: number) => void} onChunk
 *     Mono PCM16 at 24 kHz, valid during the call, and the Date.now() at which it was complete.
 * @property {(at: number, speaking: boolean) => void} onEar
 *     Whether somebody speaks: at each change, and five times a second while somebody does.
 */

/**
 * A device that was asked for.
 *
 * @typedef {object} Wish
 * @property {string} deviceId Which one; "" is the browser's choice.
 * @property {Processing} processing What the browser does with its sound.
 * @property {string} gone Name of the one whose place it takes because that went away; "" otherwise.
 */

/**
 * One microphone after another, behind one gate: a turn outlives the change from one to the next, and a device that is
 * pulled out.
 */
export class Recorder {
  #listener;
  #signal;
  #chunkMs;
  /** @type {Microphone | null} */
  #microphone = null;
  /** What it was asked for as. @type {Wish | null} */
  #wish = null;
  /** @type {AbortController | null} */
  #opening = null;
  /** Settles when the microphone before is closed. @type {Promise<void>} */
  #stopping = Promise.resolve();
  #open = false;
  /** Samples that came through the gate since it opened. */
  #through = 0;
  #watching = false;

  /**
   * @param {RecorderListener} listener Is told what happens.
   * @param {AbortSignal} signal Closes everything.
   * @param {number} chunkMs Length of a chunk.
   */
  constructor(listener, signal, chunkMs) {
    this.#listener = listener;
    this.#signal = signal;
    this.#chunkMs = chunkMs;
    const close = () => {
      this.#opening?.abort();
      this.#opening = null;
      this.#microphone?.close();
      this.#microphone = null;
    };
    listen(signal, "abort", close);
  }

  /** Whether a microphone is open or being opened. */
  get capturing() {
    return this.#microphone !== null || this.#opening !== null;
  }

  /**
   * Opens a microphone, in place of the one that is open; failures are shown, not thrown.
   *
   * @param {string} deviceId Which one; "" is the browser's choice.
   * @param {Processing} processing What the browser does with its sound.
   */
  async start(deviceId, processing) {
    this.#listener.onState({ microphone_fault: null });
    await this.#start({ deviceId, processing, gone: "" });
  }

  /**
   * Closes the device at once; what came through the gate until now is still given.
   *
   * @returns {Promise<void>} Settles when it was.
   */
  stop() {
    if (!this.capturing) return this.#stopping;
    this.#opening?.abort();
    this.#opening = null;
    this.#finish();
    this.#off(null);
    return this.#stopping;
  }

  /**
   * @param {boolean} open Whether what the device hears comes through.
   * @returns {Promise<number>} Milliseconds that came through, once it is closed; 0 at once when it opens.
   */
  async setGate(open) {
    if (open && !this.#open) this.#through = 0;
    this.#open = open;
    if (this.#microphone === null) await this.#stopping;
    else await this.#microphone.gate(open);
    return open ? 0 : (this.#through * 1000) / SAMPLE_RATE_HZ;
  }

  /** What the ear took for speech was none. */
  falseAlarm() {
    this.#microphone?.tell({ type: "falseAlarm" });
  }

  /** @param {number} level How loud the page's own speaker is, 0 to 1. */
  speaker(level) {
    if (this.#open) this.#microphone?.tell({ type: "speaker", level });
  }

  /** @param {Wish} wish What is to be opened. */
  async #start(wish) {
    if (this.#signal.aborted) return;
    this.#opening?.abort();
    const control = new AbortController();
    this.#opening = control;
    this.#listener.onDevice("starting", "", 0);
    const isOpen = () => this.#open;
    const options = { ...wish, chunkMs: this.#chunkMs, isOpen };
    try {
      const microphone = await openMicrophone(options, control);
      // Its first sample comes after the last one of the microphone before.
      this.#finish();
      await this.#stopping;
      control.signal.throwIfAborted();
      this.#opened(microphone, wish);
    } catch (error) {
      control.abort();
      if (this.#opening === control) this.#failed(error, wish);
    }
  }

  /**
   * @param {Microphone} microphone It gives sound now.
   * @param {Wish} wish What it was asked for as.
   */
  #opened(microphone, wish) {
    const { label, sampleRate, missing, track } = microphone;
    this.#opening = null;
    this.#microphone = microphone;
    this.#wish = wish;
    this.#listener.onState({ microphone_label: label });
    if (wish.gone || missing) {
      const microphone_fault = replacedFault(wish.gone, label);
      this.#listener.onState({ microphone_fault });
    }
    this.#listener.onDevice("on", label, sampleRate);
    microphone.listen(this.#microphoneListener(microphone), this.#open);
    const lost = () => void this.#lost(microphone);
    track?.addEventListener("ended", lost);
    if (track?.readyState === "ended") lost();
    if (this.#watching) return;
    this.#watching = true;
    watchMicrophones((microphones, otherDefault) => {
      this.#listener.onState({ microphones });
      void this.#compare(microphones, otherDefault);
    }, this.#signal);
  }

  /**
   * @param {Microphone} microphone Any that is or was open.
   * @returns {MicrophoneListener} What it gives goes on; what it says of itself only while it is the one.
   */
  #microphoneListener(microphone) {
    const { onChunk, onEar, onState } = this.#listener;
    /** @param {Partial<CardState>} patch What it says of itself. */
    const tell = (patch) => {
      if (this.#microphone === microphone) onState(patch);
    };
    return {
      onChunk: (pcm, at) => {
        this.#through += pcm.length;
        onChunk(pcm, at);
      },
      onEar,
      onLevel: (microphone_level) => tell({ microphone_level }),
      onSilent: (microphone_silent) => tell({ microphone_silent }),
    };
  }

  /** Closes the microphone that is open, if one is. */
  #finish() {
    const microphone = this.#microphone;
    if (microphone !== null) this.#stopping = microphone.finish();
    this.#microphone = null;
  }

  /**
   * The browser's choice takes the place of one that went away.
   *
   * @param {Microphone} microphone That one.
   */
  async #lost(microphone) {
    const wish = this.#wish;
    if (this.#microphone !== microphone || wish === null) return;
    this.#finish();
    if (this.#opening !== null) return;
    const gone = microphone.label || "Microphone";
    await this.#start({ ...wish, deviceId: "", gone });
  }

  /**
   * @param {unknown} error Why there is no microphone.
   * @param {Wish} wish What was to be opened.
   */
  #failed(error, wish) {
    this.#opening = null;
    const microphone_fault = wish.gone
      ? lostFault(error, wish.gone, surroundings())
      : microphoneFault(error, surroundings());
    if (this.#microphone === null) this.#off(microphone_fault);
    else this.#listener.onState({ microphone_fault });
  }

  /** @param {MicrophoneFault | null} fault Why; null when a person closed it. */
  #off(fault) {
    const { onState, onDevice } = this.#listener;
    onState({ microphone_level: 0, microphone_silent: false });
    if (fault) onState({ microphone_fault: fault });
    onDevice("off", "", 0);
  }

  /**
   * @param {readonly Choice[]} microphones Those that there are now.
   * @param {boolean} otherDefault Whether the system's own choice is another one.
   */
  async #compare(microphones, otherDefault) {
    const [microphone, wish] = [this.#microphone, this.#wish];
    if (microphone === null || wish === null) return;
    if (isGone(microphone.deviceId, microphones)) {
      await this.#lost(microphone);
    } else if (otherDefault && wish.deviceId === "") {
      await this.#start({ ...wish, gone: "" });
    }
  }
}
