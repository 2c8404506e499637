/** @import {CardActions, CardState} from "../types.js" */
import { listen } from "../listen.js";

/**
 * @typedef {object} Hold
 * @property {() => boolean} begin The key or button goes down; tells whether that means anything now.
 * @property {() => void} end It goes up, or is out of reach.
 * @property {() => boolean} pressed Whether a pointer holds it: what stands around the button must not move then.
 * @property {(button: HTMLButtonElement) => void} bind Makes a button one that is held.
 */

/**
 * @param {Pick<CardState, "turn_detection" | "kernel" | "owner">} state The card's state.
 * @returns {boolean} Whether a turn can be held open here and now.
 */
export function canHold({ turn_detection, kernel, owner }) {
  const byHand = turn_detection.type === "push_to_talk";
  return byHand && kernel === "live" && owner !== "other";
}

/**
 * A turn that lasts as long as a key or a button is held down. It ends, whatever happens to the page meanwhile.
 *
 * @param {HTMLElement} root The card's outermost element.
 * @param {object} options
 * @param {CardActions} options.actions What down and up do.
 * @param {() => CardState} options.now The state at that time.
 * @param {AbortSignal} options.signal Ends it, and a turn that is held.
 * @returns {Hold} For keys and button.
 */
export function createHold(root, { actions, now, signal }) {
  let held = false;
  let pressed = false;
  const begin = () => {
    if (!canHold(now())) return false;
    if (!held) {
      held = true;
      actions.beginTalk();
    }
    return true;
  };
  const end = () => {
    if (!held) return;
    held = false;
    pressed = false;
    actions.endTalk();
  };
  const press = (/** @type {PointerEvent} */ { button }) => {
    if (button !== 0 || held) return;
    pressed = true;
    pressed = begin();
  };
  const leave = (/** @type {FocusEvent} */ { relatedTarget }) => {
    const inside =
      relatedTarget instanceof Node && root.contains(relatedTarget);
    // A press takes the focus from elsewhere in the card, and in Safari gives it to nobody.
    if (!inside && !pressed) end();
  };
  listen(root, "focusout", leave, signal);
  listen(globalThis, "blur", end, signal);
  listen(document, "visibilitychange", end, signal);
  listen(signal, "abort", end);

  return {
    begin,
    end,
    pressed: () => pressed,
    bind(button) {
      listen(button, "pointerdown", press, signal);
      const over = /** @type {const} */ ([
        "pointerup",
        "pointercancel",
        "pointerleave",
      ]);
      for (const type of over) listen(button, type, end, signal);
      // A long touch opens the browser's menu, which takes the finger's lifting with it.
      const stay = (/** @type {Event} */ event) => event.preventDefault();
      listen(button, "contextmenu", stay, signal);
    },
  };
}
