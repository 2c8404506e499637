/** @import {AudioEngine} from "./audio/engine.js" */
/** @import {Voice} from "./voice.js" */
/** @import {Input} from "./input.js" */
/** @import {Link} from "./link.js" */
/** @import {Store} from "./state.js" */
/** @import {CardActions, PageMessage, Preferences, SettingName, Traits} from "./types.js" */
import { isAnswering } from "./input.js";
import { rememberMicrophone, rememberPreferences } from "./preferences.js";

/** Preferences that the open microphone has to be asked for again. */
const PROCESSING = /** @type {const} */ ([
  "echo_cancellation",
  "noise_suppression",
  "auto_gain",
]);

/**
 * @typedef {object} ActionParts
 * @property {Store} store What the card shows.
 * @property {Pick<Link, "send" | "set">} link The way to the kernel.
 * @property {Pick<AudioEngine, "allowSound" | "setVolume">} audio Lets sound out.
 * @property {Pick<Input, "start" | "stop" | "press" | "letGo" | "setMuted" | "reopen">} input The person's microphone.
 * @property {Pick<Voice, "silence" | "replay">} voice Answers, and old ones once more.
 * @property {() => void} probe Asks whether a kernel is there.
 */

/**
 * What the card's buttons do. Each is called in a person's gesture, the only thing that opens sound or a microphone.
 *
 * @param {ActionParts} parts What they act on.
 * @returns {CardActions} For the card.
 */
export function createActions(parts) {
  return {
    ...sessionActions(parts),
    ...microphoneActions(parts),
    ...soundActions(parts),
  };
}

/**
 * Things that need a session begin one.
 *
 * @param {ActionParts} parts What they act on.
 */
function begin({ store, link, audio, probe }) {
  audio.allowSound();
  probe();
  if (store.get().status === "disconnected") link.send({ type: "connect" });
}

/**
 * Silence first, then the news of it: nothing is asked before the person hears that it has stopped.
 *
 * @param {ActionParts} parts What they act on.
 */
async function stopSpeaking({ store, voice, link }) {
  if (store.get().replaying !== null) link.send(replayOf(""));
  const positions = await voice.silence();
  link.send({ type: "interrupt", response_id: null, positions });
}

/**
 * @param {string} item_id The item that is wanted once more; "" for none any more.
 * @returns {PageMessage} For the kernel.
 */
const replayOf = (item_id) => ({ type: "replay", item_id });

/**
 * What was heard of the last answer is told before the session ends.
 *
 * @param {ActionParts} parts What they act on.
 */
async function disconnect({ voice, link }) {
  const positions = await voice.silence();
  if (positions.length > 0) link.send({ type: "cut", positions });
  link.send({ type: "disconnect" });
}

/**
 * @param {ActionParts} parts What they act on.
 * @returns {Pick<CardActions, "connect" | "disconnect" | "send" | "set" | "confirm" | "download" | "takeOver">} What has
 *   to do with the session.
 */
function sessionActions(parts) {
  const { store, link, audio, input, probe } = parts;
  return {
    connect: () => begin(parts),
    disconnect() {
      void input.stop();
      void disconnect(parts);
    },
    send(text) {
      begin(parts);
      link.send({ type: "text", text });
    },
    set(name, value) {
      store.set({ [name]: value });
      link.set(name, /** @type {Traits[SettingName]} */ (value));
    },
    confirm(call_id, allow) {
      audio.allowSound();
      probe();
      link.send({ type: "confirm", call_id, allow });
    },
    download() {
      probe();
      link.send({ type: "fetch" });
    },
    takeOver() {
      audio.allowSound();
      probe();
      link.send({ type: "take_over" });
    },
  };
}

/**
 * @param {ActionParts} parts What they act on.
 * @returns {Pick<CardActions, "startMicrophone" | "stopMicrophone" | "chooseMicrophone" | "beginTalk" | "endTalk" |
 *   "setMuted">} What has to do with the microphone.
 */
function microphoneActions(parts) {
  const { store, input } = parts;
  const isElsewhere = () => store.get().owner === "other";
  return {
    startMicrophone() {
      if (isElsewhere()) return;
      const state = store.get();
      begin(parts);
      const byHand = state.turn_detection.type === "push_to_talk";
      if (byHand && isAnswering(state)) void stopSpeaking(parts);
      input.start();
    },
    stopMicrophone() {
      void input.stop();
    },
    chooseMicrophone(id) {
      store.set({ microphone_id: id });
      rememberMicrophone(id);
      input.reopen();
    },
    beginTalk() {
      if (isElsewhere() || store.get().holding) return;
      const state = store.get();
      begin(parts);
      if (isAnswering(state)) void stopSpeaking(parts);
      input.press();
    },
    endTalk() {
      void input.letGo();
    },
    setMuted: (muted) => input.setMuted(muted),
  };
}

/**
 * @param {ActionParts} parts What they act on.
 * @returns {Pick<CardActions, "stopSpeaking" | "prefer" | "replay" | "enableSound">} What has to do with the speaker,
 *   and with what this browser prefers.
 */
function soundActions(parts) {
  const { store, audio, input, voice, link } = parts;
  return {
    stopSpeaking() {
      void stopSpeaking(parts);
    },
    prefer(change) {
      const before = store.get().preferences;
      /** @type {Preferences} */
      const preferences = { ...before, ...change };
      store.set({ preferences });
      rememberPreferences(preferences);
      audio.setVolume(preferences.volume);
      if (PROCESSING.some((name) => preferences[name] !== before[name])) {
        input.reopen();
      }
    },
    replay(itemId) {
      const { owner, replaying } = store.get();
      if (owner === "other") return;
      const wanted = replaying === itemId ? "" : itemId;
      voice.replay(wanted);
      if (wanted) audio.allowSound();
      link.send(replayOf(wanted));
    },
    enableSound: () => audio.allowSound(),
  };
}
