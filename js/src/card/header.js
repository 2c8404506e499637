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
 * @param {CardState} state What is known.
 * @returns {string} What to do, or what answers.
 */
function lineOf({ hold_longer, kernel, asking, capabilities }) {
  if (hold_longer) return KEEP_DOWN;
  return asking !== null && kernel === "live"
    ? `May ${asking} run?`
    : capabilities.label;
}

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
  const label = el("span", "rt-about-label");
  const time = createClock(signal);
  const about = el("div", "rt-about", label, time.element);
  const drawing = icon("off");
  const word = el("span", "rt-word");
  const pill = el("div", { class: "rt-status", role: "status" }, drawing, word);
  const controls = createControls({ actions, now, hold, signal });
  const who = el("div", "rt-who", pill, about);
  const main = el("div", "rt-main", ...controls.main);
  const side = el("div", "rt-side", controls.mute, settings);
  const element = el("div", "rt-header", orb, who, main, side);
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
      const line = lineOf(state);
      setText(label, line);
      setAttribute(label, "title", line);
      const calm = shownStatus(state) === "ready" && state.microphone === "off";
      time.show(state.connected_at, calm);
      reveal(time.element, !state.hold_longer);
      controls.show(state);
    },
  };
}
