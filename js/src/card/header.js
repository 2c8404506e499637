import { createControls } from "./controls.js";
import { el, setText } from "./dom.js";
import { clock, shownStatus } from "./format.js";
import { icon, setIcon } from "./icons.js";

/** @import {CardActions, CardState, Status} from "../types.js" */
/** @import {IconName} from "./icons.js" */
/** @import {Part} from "./card.js" */

/** @type {Record<Status, {word: string, icon: IconName}>} */
const STATUS = {
  disconnected: { word: "Disconnected", icon: "off" },
  connecting: { word: "Connecting", icon: "link" },
  ready: { word: "Ready", icon: "check" },
  listening: { word: "Listening", icon: "ear" },
  thinking: { word: "Thinking", icon: "think" },
  speaking: { word: "Speaking", icon: "sound" },
};
const NO_KERNEL = { word: "No kernel", icon: /** @type {const} */ ("kernel") };

/** @type {(keyof CardState)[]} */
const READS = [
  "status",
  "kernel",
  "local_voice",
  "capabilities",
  "connected_at",
  "microphone",
  "muted",
  "playing",
];

/**
 * One line under the status word: what the session runs on, and for how long.
 *
 * @param {AbortSignal} signal Stops the clock.
 * @returns {{element: HTMLElement, show: (state: CardState) => void}} The line, and how to write it.
 */
function createAbout(signal) {
  const label = el("span", { class: "rt-about-label" });
  const time = el("span", { class: "rt-time" });
  const element = el("div", { class: "rt-about" }, label, time);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  /** @type {number | null} */
  let since = null;
  const tick = () => setText(time, since ? clock(Date.now() - since) : "");
  const stop = () => clearInterval(timer);
  signal.addEventListener("abort", stop);
  const show = (/** @type {CardState} */ state) => {
    setText(label, state.capabilities.label);
    label.title = state.capabilities.label;
    if (since === state.connected_at) return;
    since = state.connected_at;
    stop();
    if (since && !signal.aborted) timer = setInterval(tick, 1000);
    tick();
  };
  return { element, show };
}

/**
 * Status, one line about the session, and the buttons.
 *
 * @param {object} options
 * @param {CardActions} options.actions What the buttons do.
 * @param {() => CardState} options.now The state at the time of a click.
 * @param {HTMLElement} options.orb The drawing at the left.
 * @param {HTMLButtonElement} options.settings The button that opens the settings.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} The top of the card.
 */
export function createHeader({ actions, now, orb, settings, signal }) {
  const about = createAbout(signal);
  const drawing = icon("off");
  const word = el("span", { class: "rt-word" });
  const pill = el("div", { class: "rt-status", role: "status" }, drawing, word);
  const controls = createControls({ actions, now, signal });
  const buttons = el("div", { class: "rt-buttons" });
  buttons.append(...controls.elements, settings);
  const who = el("div", { class: "rt-who" }, pill, about.element);
  const element = el("div", { class: "rt-header" }, orb, who, buttons);
  return {
    element,
    reads: READS,
    update(state) {
      const known =
        state.kernel === "live" ? STATUS[shownStatus(state)] : NO_KERNEL;
      setIcon(drawing, known.icon);
      setText(word, known.word);
      about.show(state);
      element.toggleAttribute("data-full", controls.show(state));
    },
  };
}
