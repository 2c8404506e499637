import { createButton } from "./button.js";
import { el, freshId, reveal, setAttribute } from "./dom.js";
import { ANSWERS } from "./settings/answers.js";
import { DISPLAY } from "./settings/display.js";
import { MICROPHONE } from "./settings/microphone.js";
import { TURNS } from "./settings/turns.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {StateKey} from "../state.js" */
/** @import {Part} from "./card.js" */

/**
 * @typedef {object} FieldOptions
 * @property {string} id The control's id, its own in the document.
 * @property {CardActions} actions What a change does.
 * @property {() => CardState} now The state at the time of a change.
 * @property {AbortSignal} signal Takes the handlers away.
 */

/** @typedef {{element: HTMLElement, show: (state: CardState) => void}} Field */

/**
 * @typedef {object} Group
 * @property {string} title Its heading.
 * @property {boolean} kernel Whether the kernel has to be there for it.
 * @property {((options: FieldOptions) => Field)[]} fields What is in it, in order.
 */

/** @type {Group[]} */
const GROUPS = [ANSWERS, TURNS, MICROPHONE, DISPLAY];

/** @type {StateKey[]} */
const READS = [
  "kernel",
  "capabilities",
  "model",
  "voice",
  "speed",
  "temperature",
  "turn_detection",
  "noise_reduction",
  "microphones",
  "microphone_id",
  "microphone_label",
  "preferences",
  "system",
];

/**
 * @param {Group} group What is in it.
 * @param {FieldOptions} options For its fields.
 * @returns {Field} The group under its heading.
 */
function createGroup({ title, kernel, fields }, { id, ...options }) {
  const made = fields.map((create, index) =>
    create({ id: `${id}-${index}`, ...options }),
  );
  const grid = el("div", "rt-fields");
  grid.append(...made.map(({ element }) => element));
  const legend = el("legend", "rt-legend", title);
  const element = el("fieldset", "rt-group", legend, grid);
  return {
    element,
    show(state) {
      element.disabled = kernel && state.kernel !== "live";
      for (const field of made) field.show(state);
    },
  };
}

/**
 * The drawer with what the person may change, and the button that opens it. While it is closed nothing in it is touched.
 *
 * @param {object} options
 * @param {CardActions} options.actions What a change does.
 * @param {() => CardState} options.now The state at the time of a change.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part & {toggle: HTMLButtonElement}} The drawer, closed at first.
 */
export function createSettings({ actions, now, signal }) {
  const id = freshId();
  const groups = GROUPS.map((group, index) =>
    createGroup(group, { id: `${id}-${index}`, actions, now, signal }),
  );
  const why = el("p", "rt-why");
  why.textContent =
    "Without a kernel only what belongs to this page can be changed.";
  const inside = el(
    "div",
    { class: "rt-groups", role: "group", "aria-label": "Settings" },
    why,
    ...groups.map(({ element }) => element),
  );
  const element = el("div", { class: "rt-drawer", id }, el("div", {}, inside));
  const { element: toggle } = createButton(
    { name: "Settings", icon: "settings", kind: "small" },
    () => open(!isOpen),
    signal,
  );
  let isOpen = false;
  const update = (/** @type {CardState} */ state) => {
    if (!isOpen) return;
    reveal(why, state.kernel !== "live");
    for (const group of groups) group.show(state);
  };
  const open = (/** @type {boolean} */ value) => {
    isOpen = value;
    update(now());
    element.toggleAttribute("data-open", value);
    setAttribute(toggle, "aria-expanded", value);
  };
  toggle.setAttribute("aria-controls", id);
  open(false);
  return { element, toggle, reads: READS, update };
}
