/** @import {AudioEngine, AudioListener} from "../src/audio/engine.js" */
/** @import {PlaybackPosition} from "../src/types.js" */

/** @returns {Promise<void>} When everything that was begun has come as far as it can. */
export const settled = () =>
  new Promise((resolve) => setImmediate(() => resolve()));

/**
 * Ears and mouth that write down what they are told; device and speaker are played by the test.
 *
 * @param {Partial<AudioListener>} [listener] Is told what the test lets happen.
 */
export function fakeEngine(listener = {}) {
  /** @type {string[]} */
  const did = [];
  const now = {
    capturing: false,
    /** What comes through a gate until it is closed, in ms. */
    captured: 1000,
    /** @type {PlaybackPosition[]} */
    positions: [],
  };
  const parts = {
    get capturing() {
      return now.capturing;
    },
    async startMicrophone(/** @type {string} */ id) {
      did.push(`microphone ${id || "any"}`);
      now.capturing = true;
      listener.onDevice?.("starting", "", 0);
    },
    async stopMicrophone() {
      if (!now.capturing) return;
      did.push("no microphone");
      now.capturing = false;
      listener.onDevice?.("off", "", 0);
    },
    async setGate(/** @type {boolean} */ open) {
      did.push(open ? "gate open" : "gate shut");
      return open ? 0 : now.captured;
    },
    async flush() {
      did.push("flush");
      const { positions } = now;
      now.positions = [];
      listener.onState?.({ playing: false });
      return positions;
    },
    enqueue: (
      /** @type {{item_id: string, content_index: number}} */ item,
      /** @type {Int16Array} */ pcm,
    ) => did.push(`play ${item.item_id}/${item.content_index} ${pcm[0]}`),
    replay: (
      /** @type {string} */ id,
      /** @type {Int16Array | null} */ pcm,
      /** @type {boolean} */ last,
    ) => did.push(`replay ${id} ${pcm?.[0]}${last ? " last" : ""}`),
    stopReplay: () => did.push("no replay"),
    endSpeech: () => did.push("end"),
    falseAlarm: () => did.push("false alarm"),
    hold: () => did.push("hold"),
    release: () => did.push("release"),
    setVolume: (/** @type {number} */ volume) => did.push(`volume ${volume}`),
    allowSound: () => did.push("allow sound"),
    wake: () => did.push("wake"),
    rest: () => did.push("rest"),
    closeSound: () => did.push("sound closed"),
  };
  const audio = /** @type {AudioEngine} */ (/** @type {unknown} */ (parts));
  /** The device opens. */
  const opens = (label = "Built-in", rate = 48000) =>
    listener.onDevice?.("on", label, rate);
  /** The device is gone, or was refused. */
  const fails = () => {
    now.capturing = false;
    listener.onDevice?.("off", "", 0);
  };
  return { audio, did, now, opens, fails };
}
