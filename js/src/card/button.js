import { listen } from "../listen.js";
import { el, keepFocus, reveal, setAttribute, setText } from "./dom.js";
import { icon, setIcon } from "./icons.js";

/** @import {IconName} from "./icons.js" */

/**
 * @typedef {object} ButtonLook
 * @property {string} name What it says, and its accessible name.
 * @property {IconName} icon The drawing in front of the name.
 * @property {string} [kind] Its classes, such as `primary`, `small`, `live` or `stop`.
 * @property {string} [tip] Shown while the pointer rests on it, and its description.
 * @property {boolean} [hidden] Out of sight and out of the accessibility tree.
 * @property {boolean} [pressed] Whether it is held down, for a button that stays down.
 * @property {boolean} [disabled] In sight, but does nothing.
 */

/**
 * @typedef {object} Button
 * @property {HTMLButtonElement} element The button itself.
 * @property {(change: Partial<ButtonLook>) => void} show Makes it look different.
 */

/**
 * A button with an icon and a name; narrow cards show the icon alone.
 *
 * @param {ButtonLook} look How it looks at first.
 * @param {(event: MouseEvent) => void} press What it does. The second click of a double click is left out: it would
 *   undo the first.
 * @param {AbortSignal} signal Takes the handler away.
 * @returns {Button} The button, and how to change it.
 */
export function createButton(look, press, signal) {
  const drawing = icon(look.icon);
  const label = el("span", "rt-label");
  const element = el("button", { type: "button" }, drawing, label);
  listen(
    element,
    "click",
    (event) => {
      if (event.detail <= 1) press(event);
    },
    signal,
  );
  /** @type {ButtonLook} */
  let now = look;
  /** @param {Partial<ButtonLook>} change What becomes different. */
  const show = (change) => {
    now = { ...now, ...change };
    setText(label, now.name);
    setIcon(drawing, now.icon);
    setAttribute(element, "class", `rt-button ${now.kind ?? ""}`.trimEnd());
    setAttribute(element, "title", now.tip ?? now.name);
    setAttribute(element, "aria-pressed", now.pressed);
    reveal(element, !now.hidden);
    const disabled = now.disabled ?? false;
    if (disabled) keepFocus(element);
    if (element.disabled !== disabled) element.disabled = disabled;
  };
  show({});
  return { element, show };
}
