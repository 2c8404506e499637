import { createCard } from "../src/card/card.js";
import { createStore, INITIAL_STATE } from "../src/state.js";
import { SCENES } from "./scenes.js";

/** @import {CardActions, CardState} from "../src/types.js" */

const LEVEL_GAP = 50;
const PLAYHEAD_GAP = 100;

/**
 * @template {Element} T
 * @param {string} id An element's id.
 * @param {new () => T} type What it must be.
 * @returns {T} The element.
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`#${id} is not in the page`);
}

const place = find("place", HTMLElement);
const scene = find("scene", HTMLSelectElement);
const theme = find("theme", HTMLSelectElement);
const width = find("width", HTMLInputElement);
const sound = find("sound", HTMLInputElement);
const query = new URLSearchParams(location.search);

scene.append(...Object.keys(SCENES).map((name) => new Option(name)));
scene.value = query.get("scene") ?? "speaking";
theme.value = query.get("theme") ?? "light";
width.value = query.get("width") ?? "760";
sound.checked = query.has("levels");

let store = createStore(INITIAL_STATE);
let life = new AbortController();
/** What the card asked for, newest last; tests of the page read it. @type {unknown[][]} */
const asked = [];

/** @type {CardActions} */
const actions = {
  connect: () => note("connect", { status: "ready", connected_at: Date.now() }),
  disconnect: () =>
    note("disconnect", { status: "disconnected", connected_at: null }),
  startMicrophone: () => note("startMicrophone", { microphone: "on" }),
  stopMicrophone: () => note("stopMicrophone", { microphone: "off" }),
  chooseMicrophone: (id) => note("chooseMicrophone", { microphone_id: id }, id),
  beginTalk: () =>
    note("beginTalk", {
      holding: true,
      hold_longer: false,
      microphone: "on",
      playing: false,
      status: "listening",
    }),
  endTalk: () =>
    note("endTalk", { holding: false, microphone: "off", status: "ready" }),
  stopSpeaking: () =>
    note("stopSpeaking", { playing: false, replaying: null, status: "ready" }),
  setMuted: (muted) => note("setMuted", { muted }, muted),
  send: (text) => note("send", {}, text),
  set: (name, value) => note("set", { [name]: value }, name, value),
  prefer: (change) =>
    note(
      "prefer",
      { preferences: { ...store.get().preferences, ...change } },
      change,
    ),
  replay: (id) => {
    const replaying = store.get().replaying === id ? null : id;
    note("replay", { replaying }, id);
  },
  confirm: (id, allow) => note("confirm", {}, id, allow),
  takeOver: () => note("takeOver", { owner: "me" }),
  download: () => note("download", {}),
  enableSound: () => note("enableSound", { sound_blocked: false }),
};

/**
 * @param {string} action What was asked for.
 * @param {Partial<CardState>} patch What a kernel would answer.
 * @param {unknown[]} values With which values.
 */
function note(action, patch, ...values) {
  asked.push([action, ...values]);
  store.set(patch);
}

function show() {
  life.abort();
  life = new AbortController();
  store = createStore({ ...INITIAL_STATE, ...SCENES[scene.value] });
  const root = document.createElement("div");
  document.body.dataset.theme = theme.value;
  place.style.width = `${width.value}px`;
  place.replaceChildren(root);
  createCard(root, { state: store, actions, signal: life.signal });
  Object.assign(window, { store, asked });
  if (query.has("open"))
    /** @type {HTMLElement | null} */ (
      root.querySelector("[aria-expanded]")
    )?.click();
}

/** Something like speech: syllables and pauses. @param {number} time Milliseconds. */
function voice(time) {
  const phrase = Math.sin(time / 900) > -0.5 ? 1 : 0.01;
  const syllable = Math.abs(Math.sin(time / 110) * Math.cos(time / 370));
  return phrase * (0.02 + 0.5 * syllable);
}

setInterval(() => {
  if (!sound.checked) return;
  const level = voice(performance.now());
  const speaking = store.get().status === "speaking";
  store.set({
    microphone_level: speaking ? 0 : level,
    speaker_level: speaking ? level : 0,
  });
}, LEVEL_GAP);

setInterval(() => {
  const { playhead, playing } = store.get();
  if (!sound.checked || !playing || playhead === null) return;
  const played_samples = playhead.played_samples + 24 * PLAYHEAD_GAP;
  store.set({ playhead: { ...playhead, played_samples } });
}, PLAYHEAD_GAP);

/**
 * For tests: another look at once.
 *
 * @param {{scene?: string, theme?: string, width?: number, open?: boolean}} look What to show.
 */
function look({ open = false, ...values }) {
  for (const [name, value] of Object.entries(values))
    Object.assign(find(name, HTMLElement), { value: String(value) });
  if (open) query.set("open", "");
  else query.delete("open");
  show();
}

Object.assign(window, { look, scenes: Object.keys(SCENES) });
for (const control of [scene, theme, width])
  control.addEventListener("change", show);
show();
