/** @import {AudioEngine} from "./audio/engine.js" */
/** @import {Inbox} from "./inbox.js" */
/** @import {Link} from "./link.js" */
/** @import {Store} from "./state.js" */
/** @import {CardActions, SettingName, Traits} from "./types.js" */

const CHOICE_KEY = "rt_widget.microphone";

/**
 * @typedef {object} ActionParts
 * @property {Store} store What the card shows.
 * @property {Link} link The way to the kernel.
 * @property {AudioEngine} audio Ears and mouth.
 * @property {Inbox} inbox Silences answers.
 * @property {() => void} probe Asks whether a kernel is there.
 */

/**
 * What the card's buttons do. Each is called in a person's gesture, the only thing that opens sound or a microphone.
 *
 * @param {ActionParts} parts What they act on.
 * @returns {CardActions} For the card.
 */
export function createActions({ store, link, audio, inbox, probe }) {
  /** Things that need a session begin one. */
  const begin = () => {
    audio.allowSound();
    probe();
    if (store.get().status === "disconnected") link.send({ type: "connect" });
  };

  const stopSpeaking = async () => {
    const position = await inbox.silence();
    link.send({ type: "interrupt", position });
  };

  return {
    connect: begin,
    disconnect() {
      void audio.stopMicrophone();
      void inbox.silence();
      link.send({ type: "disconnect" });
    },
    startMicrophone() {
      const { playing, turn_detection, microphone_id } = store.get();
      begin();
      if (playing && turn_detection === "push_to_talk") void stopSpeaking();
      void audio.startMicrophone(microphone_id);
    },
    stopMicrophone() {
      void audio.stopMicrophone();
    },
    chooseMicrophone(id) {
      store.set({ microphone_id: id });
      remember(id);
      if (audio.capturing) void audio.startMicrophone(id);
    },
    stopSpeaking() {
      void stopSpeaking();
    },
    setMuted(muted) {
      audio.setMuted(muted);
      store.set({ muted });
    },
    send(text) {
      begin();
      link.send({ type: "text", text });
    },
    set(name, value) {
      store.set({ [name]: value });
      link.set(name, /** @type {Traits[SettingName]} */ (value));
    },
    download() {
      probe();
      link.send({ type: "fetch" });
    },
    enableSound() {
      audio.allowSound();
    },
  };
}

/** @returns {string} The microphone that was chosen in this browser; "" for the browser's own choice. */
export function rememberedMicrophone() {
  try {
    return localStorage.getItem(CHOICE_KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} id The chosen microphone. */
function remember(id) {
  try {
    localStorage.setItem(CHOICE_KEY, id);
  } catch {
    // Some hosts (sandboxed frames, private windows) give an output no storage.
  }
}
