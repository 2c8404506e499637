import { listen } from "../listen.js";
import { canHold } from "./hold.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Hold} from "./hold.js" */

const TYPING = "input:not([type=range], [type=checkbox]), textarea, select";
const OWN = "button, input, summary, a[href]";

/**
 * What a key goes to: the button that is held, a place for text (or a list, where letters search), another control
 * with a meaning of its own for Space, or none of these.
 *
 * @typedef {"hold" | "typing" | "own" | "free"} KeyTarget
 */

/**
 * @param {EventTarget | null} target Of a key event.
 * @returns {KeyTarget} What it is to us.
 */
function targetOf(target) {
  if (!(target instanceof HTMLElement)) return "free";
  if (target.matches(".hold")) return "hold";
  if (target.matches(TYPING) || target.isContentEditable) return "typing";
  return target.matches(OWN) ? "own" : "free";
}

/**
 * @param {string} key As in a key event.
 * @param {KeyTarget} target What it goes to.
 * @param {boolean} byHand Whether a turn can be held open.
 * @returns {"stop" | "mute" | "hold" | null} What it means to the card; null when nothing.
 */
export function meaningOf(key, target, byHand) {
  const free = target === "hold" || target === "free";
  const name = key.length === 1 ? key.toLowerCase() : key;
  switch (name) {
    case "Escape":
      return "stop";
    case "m":
      return target === "typing" ? null : "mute";
    case " ":
      return byHand && free ? "hold" : null;
    case "Enter":
      return byHand && target === "hold" ? "hold" : null;
    default:
      return null;
  }
}

/**
 * Esc stops speech anywhere in the card, M mutes outside of text fields, Space holds a turn open where it means nothing
 * else; the notebook's own shortcuts stay out.
 *
 * @param {HTMLElement} root The card's outermost element.
 * @param {object} options
 * @param {CardActions} options.actions What the keys do.
 * @param {() => CardState} options.now The state at the time of a key.
 * @param {Hold} options.hold The turn that is held.
 * @param {AbortSignal} options.signal Until when.
 */
export function bindKeys(root, { actions, now, hold, signal }) {
  root.tabIndex = 0;
  root.dataset.lmSuppressShortcuts = "true";
  /** The key that holds the turn. */
  let down = "";

  const acts = {
    stop: () => actions.stopSpeaking(),
    mute: () => actions.setMuted(!now().muted),
    hold: () => hold.begin(),
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    if (event.isComposing) return;
    const target = targetOf(event.target);
    const meaning = meaningOf(event.key, target, canHold(now()));
    if (meaning === null) return;
    // Space would scroll, or press the button, and does so with each repetition.
    if (meaning === "hold") event.preventDefault();
    if (event.repeat) return;
    if (meaning === "hold") down = event.key;
    acts[meaning]();
  };
  const release = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (down === "" || event.key !== down) return;
    down = "";
    event.preventDefault();
    hold.end();
  };
  const stop = (/** @type {Event} */ event) => event.stopPropagation();
  listen(root, "keydown", press, signal);
  listen(root, "keyup", release, signal);
  listen(root, "keypress", stop, signal);
}
