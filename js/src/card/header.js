import { createClock } from "./clock.js";
import { createControls } from "./controls.js";
import { el, reveal, setAttribute, setText } from "./dom.js";
import { shownStatus } from "./format.js";
import { icon, setIcon } from "./icons.js";
import { STATUS_KEYS, signOf } from "./status.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Hold} from "./hold.js" */
/** @import {Part} from "./card.js" */

const KEEP_DOWN = "Hold it while you speak";

/**
 * Status, one line about the session, and the buttons.
 *
 * @param {object} options
 * @param {CardActions} options.actions What the buttons do.
 * @param {() => CardState} options.now The state at the time of a click.
 * @param {Hold} options.hold The turn that is held.
 * @param {HTMLElement} options.orb The drawing at the left.
 * @param {HTMLButtonElement} options.settings The button that opens the settings.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} The top of the card.
 */
export function createHeader({ actions, now, hold, orb, settings, signal }) {
  const label = el("span", { class: "rt-about-label" });
  const time = createClock(signal);
  const about = el("div", { class: "rt-about" }, label, time.element);
  const drawing = icon("off");
  const word = el("span", { class: "rt-word" });
  const pill = el("div", { class: "rt-status", role: "status" }, drawing, word);
  const controls = createControls({ actions, now, hold, signal });
  const who = el("div", { class: "rt-who" }, pill, about);
  const main = el("div", { class: "rt-main" }, ...controls.main);
  const side = el("div", { class: "rt-side" }, controls.mute, settings);
  const element = el("div", { class: "rt-header" }, orb, who, main, side);
  return {
    element,
    reads: [
      ...STATUS_KEYS,
      "local_voice",
      "capabilities",
      "connected_at",
      "turn_detection",
      "owner",
      "holding",
    ],
    update(state) {
      const sign = signOf(state);
      setIcon(drawing, sign.icon);
      setText(word, sign.word);
      const line = state.hold_longer ? KEEP_DOWN : state.capabilities.label;
      setText(label, line);
      setAttribute(label, "title", line);
      const calm = shownStatus(state) === "ready" && state.microphone === "off";
      time.show(state.connected_at, calm);
      reveal(time.element, !state.hold_longer);
      controls.show(state);
    },
  };
}
