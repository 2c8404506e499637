/** @import {CardState} from "./types.js" */
import { listen } from "./listen.js";
import { DEFAULT_PREFERENCES } from "./preferences.js";

/**
 * @typedef {keyof CardState} StateKey
 * @typedef {(state: CardState, changedKeys: Set<StateKey>) => void} StateListener
 */

/** What the card shows before the kernel or the person said anything. */
export const INITIAL_STATE = Object.freeze(
  /** @type {CardState} */ ({
    model: "",
    voice: "",
    system: "",
    speed: 1,
    temperature: 0.8,
    turn_detection: { type: "server_vad" },
    noise_reduction: "none",
    status: "disconnected",
    error: {},
    notice: "",
    capabilities: {
      backend: "",
      label: "",
      models: [],
      voices: [],
      temperature: null,
      temperature_reason: "",
      speed: null,
      turn_detection: [],
    },
    local_voice: {},
    usage: {},
    latency: {},
    items: Object.freeze([]),
    asking: null,
    captions: new Map(),
    playhead: null,
    owner: "nobody",
    preferences: DEFAULT_PREFERENCES,
    microphone: "off",
    microphone_label: "",
    microphone_fault: null,
    microphones: Object.freeze([]),
    microphone_id: "",
    muted: false,
    microphone_silent: false,
    holding: false,
    hold_longer: false,
    microphone_level: 0,
    speaker_level: 0,
    playing: false,
    held: false,
    replaying: null,
    underruns: 0,
    prebuffer_ms: 120,
    sound_blocked: false,
    kernel: "live",
    connected_at: null,
  }),
);

/**
 * The one place that holds what the card shows.
 *
 * Changes made in one turn of the page's event loop reach the listeners together, once,
 * with the set of keys whose value became another one.
 */
export class Store {
  /** @type {CardState} */
  #state;
  /** @type {Set<StateKey>} */
  #changed = new Set();
  /** @type {Set<StateListener>} */
  #listeners = new Set();

  /** @param {CardState} initial The state to begin with. */
  constructor(initial) {
    this.#state = { ...initial };
  }

  /** @returns {Readonly<CardState>} The state now, including changes not yet told. */
  get() {
    return this.#state;
  }

  /**
   * Changes some values; values that are the same (`Object.is`) change nothing.
   *
   * @param {Partial<CardState>} patch What changes.
   */
  set(patch) {
    const keys = /** @type {StateKey[]} */ (Object.keys(patch));
    const changed = keys.filter(
      (key) => !Object.is(patch[key], this.#state[key]),
    );
    if (changed.length === 0) return;
    this.#state = { ...this.#state, ...patch };
    if (this.#changed.size === 0) queueMicrotask(() => this.flush());
    for (const key of changed) this.#changed.add(key);
  }

  /** Tells the listeners now what they would be told at the end of this turn. */
  flush() {
    if (this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of [...this.#listeners]) {
      try {
        listener(this.#state, changed);
      } catch (error) {
        reportError(error);
      }
    }
  }

  /**
   * Calls `listener` after each change until `signal` aborts.
   *
   * @param {StateListener} listener Gets the state and the keys that changed.
   * @param {AbortSignal} signal Ends the subscription.
   */
  subscribe(listener, signal) {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    listen(signal, "abort", () => this.#listeners.delete(listener));
  }
}

/**
 * @param {CardState} initial The state to begin with.
 * @returns {Store} A store of its own.
 */
export function createStore(initial) {
  return new Store(initial);
}
