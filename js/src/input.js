/** @import {AudioEngine} from "./audio/engine.js" */
/** @import {Store} from "./state.js" */
/** @import {CardState, Preferences} from "./types.js" */
/** @import {Uplink} from "./uplink.js" */

/** Less sound than this is no turn; servers refuse to commit it. */
const SHORTEST_MS = 100;
/** How long the device stays open, and unheard, for the next press. */
const WARM_MS = 60_000;
/** How long "hold longer" stays. */
const HINT_MS = 4000;
/** A half-duplex microphone misses this many chunks more: the room still sounds. */
const ECHO_CHUNKS = 2;

/** @typedef {"startMicrophone" | "stopMicrophone" | "setGate" | "capturing"} Device */

/**
 * The person's side of the conversation on this page: the microphone as a switch or as a key that is held, and mute.
 *
 * The device and its gate are two things. What the device hears leaves the page only while the gate is open, and then
 * from its first sample on; so a key press need not wait for the device, and a muted microphone sends nothing.
 */
export class Input {
  #store;
  #audio;
  #uplink;
  #switchedOn = false;
  #held = false;
  #gate = false;
  /** Whether sound is on its way to the kernel. */
  #running = false;
  #device = { on: false, label: "", rate: 0 };
  #isEcho = echoes();
  /** Milliseconds that came through the gate, once its last closing is done. @type {Promise<number>} */
  #captured = Promise.resolve(0);
  /** Settles when the sound before the gate's last closing is sent. @type {Promise<void>} */
  #closed = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #warm;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #hint;

  /**
   * @param {object} parts What it acts on.
   * @param {Store} parts.store What the card shows.
   * @param {Pick<AudioEngine, Device>} parts.audio Has the device.
   * @param {Pick<Uplink, "begin" | "end" | "push">} parts.uplink The way to the kernel.
   */
  constructor({ store, audio, uplink }) {
    this.#store = store;
    this.#audio = audio;
    this.#uplink = uplink;
  }

  /** Switches the microphone on. */
  start() {
    this.#switchedOn = true;
    this.#open();
  }

  /** Switches it off and closes the device; what was said until now is still sent. */
  async stop() {
    this.#forget();
    await this.#close();
  }

  /** The key goes down. */
  press() {
    this.#held = true;
    this.#store.set({ holding: true, hold_longer: false });
    this.#open();
  }

  /** It goes up. */
  async letGo() {
    if (!this.#held) return;
    this.#held = false;
    this.#store.set({ holding: false });
    this.#apply();
    if (this.#switchedOn || this.#store.get().muted) return;
    clearTimeout(this.#warm);
    this.#warm = setTimeout(() => this.cool(), WARM_MS);
    if ((await this.#captured) >= SHORTEST_MS) return;
    this.#store.set({ hold_longer: true });
    clearTimeout(this.#hint);
    const forget = () => this.#store.set({ hold_longer: false });
    this.#hint = setTimeout(forget, HINT_MS);
  }

  /** Closes a device that is open only for the next press. */
  cool() {
    if (!(this.#switchedOn || this.#held)) void this.#close();
  }

  /** @param {boolean} muted While true nothing is sent. */
  setMuted(muted) {
    this.#store.set({ muted });
    this.#apply();
  }

  /** Another device, or other processing, from now on. */
  reopen() {
    if (this.#audio.capturing) this.#startDevice();
  }

  /**
   * What became of the device.
   *
   * @param {"off" | "starting" | "on"} state Of the device; one that takes another's place starts while that one is on.
   * @param {string} label Its name.
   * @param {number} rate Its own rate in Hz.
   */
  device(state, label, rate) {
    if (state === "starting") return;
    this.#device = { on: state === "on", label, rate };
    if (state === "on" || this.#audio.capturing) this.#apply();
    else this.#forget();
  }

  /**
   * @param {Int16Array<ArrayBuffer>} pcm Mono at 24 kHz; read during the call only.
   * @param {number} at Date.now() when it was complete.
   */
  chunk(pcm, at) {
    if (!this.#isEcho(this.#store.get())) this.#uplink.push(pcm, at);
  }

  #open() {
    clearTimeout(this.#warm);
    this.#apply();
    if (!this.#audio.capturing) this.#startDevice();
  }

  /** @returns {Promise<void>} When the device is closed. */
  #close() {
    clearTimeout(this.#warm);
    this.#device.on = false;
    return this.#audio.stopMicrophone();
  }

  /** Neither switch nor key wants the microphone any more. */
  #forget() {
    this.#switchedOn = false;
    this.#held = false;
    this.#store.set({ holding: false });
    this.#apply();
  }

  #startDevice() {
    const { microphone_id, preferences } = this.#store.get();
    void this.#audio.startMicrophone(microphone_id, processingOf(preferences));
  }

  /** Opens or closes the gate and the way to the kernel as the state demands; sound before a closing goes first. */
  #apply() {
    const { on, label, rate } = this.#device;
    const wanted = this.#switchedOn || this.#held;
    const open = wanted && !this.#store.get().muted;
    const ready = on ? "on" : "starting";
    this.#store.set({ microphone: wanted ? ready : "off" });
    if (open !== this.#gate) {
      this.#gate = open;
      this.#captured = this.#audio.setGate(open);
    }
    const running = open && on;
    if (running === this.#running) return;
    this.#running = running;
    const captured = this.#captured;
    this.#closed = running
      ? this.#closed.then(() => this.#uplink.begin(label, rate))
      : this.#closed.then(() => captured).then(() => this.#uplink.end());
  }
}

/** @returns {(state: Readonly<CardState>) => boolean} Whether a half-duplex microphone hears the loudspeaker in a chunk. */
function echoes() {
  let after = 0;
  return ({ preferences, turn_detection, playing, replaying }) => {
    // A turn by hand has silenced the loudspeaker before it begins.
    const byHand = turn_detection.type === "push_to_talk";
    if (!preferences.half_duplex || byHand) return false;
    if (playing || replaying !== null) {
      after = ECHO_CHUNKS;
      return true;
    }
    after -= 1;
    return after >= 0;
  };
}

/**
 * @param {Readonly<Preferences>} preferences What the person prefers.
 * @returns {{echoCancellation: boolean, noiseSuppression: boolean, autoGainControl: boolean}} For the browser.
 */
function processingOf({ echo_cancellation, noise_suppression, auto_gain }) {
  return {
    echoCancellation: echo_cancellation,
    noiseSuppression: noise_suppression,
    autoGainControl: auto_gain,
  };
}

/**
 * @param {Pick<CardState, "playing" | "status">} state The card's state.
 * @returns {boolean} Whether an answer is being given, heard or thought about.
 */
export function isAnswering({ playing, status }) {
  return playing || status === "speaking" || status === "thinking";
}
