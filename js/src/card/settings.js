import { createButton } from "./button.js";
import { el, freshId } from "./dom.js";
import { createSelect, createTextArea } from "./fields.js";
import { createModel } from "./model.js";
import { createSlider } from "./slider.js";

/** @import {Capabilities, CardActions, CardState} from "../types.js" */
/** @import {Part} from "./card.js" */

/** @type {Record<string, string>} */
const TURN_TAKING = {
  server_vad: "When I pause (server VAD)",
  semantic_vad: "When I have finished (semantic VAD)",
  push_to_talk: "When I say so (push to talk)",
};

/**
 * @typedef {object} FieldOptions
 * @property {string} id The control's id, its own in the document.
 * @property {CardActions} actions What a change does.
 * @property {() => CardState} now The state at the time of a change.
 * @property {AbortSignal} signal Takes the handlers away.
 */

/** @typedef {{element: HTMLElement, show: (state: CardState) => void}} Field */

/** Always possible: answers in text only. */
const NO_VOICE = { value: "none", label: "None (text only)" };

/**
 * @param {Capabilities} capabilities What the backend has.
 * @param {string} voice A name that is not among its voices.
 * @returns {string} What a person reads: who speaks for it.
 */
function voiceLabel({ voices, fallback_voice }, voice) {
  const speaks = voices.find(({ value }) => value === fallback_voice);
  return speaks ? `${speaks.label} (for ${voice})` : voice;
}

/** @type {((options: FieldOptions) => Field)[]} */
const FIELDS = [
  createModel,
  ({ id, actions, signal }) => {
    const choose = (/** @type {string} */ value) => actions.set("voice", value);
    const field = createSelect({ id, name: "Voice", choose, signal });
    return {
      ...field,
      show: ({ capabilities, voice }) =>
        field.show(
          [...capabilities.voices, NO_VOICE],
          voice,
          voiceLabel(capabilities, voice),
        ),
    };
  },
  ({ id, actions, signal }) => {
    const format = (/** @type {number} */ value) => `${value.toFixed(2)}×`;
    const change = (/** @type {number} */ value) => actions.set("speed", value);
    const field = createSlider({ id, name: "Speed", format, change, signal });
    const reason = "This backend speaks at one speed.";
    return {
      ...field,
      show: ({ capabilities, speed: value }) =>
        field.show({ range: capabilities.speed, value, reason }),
    };
  },
  ({ id, actions, signal }) => {
    const format = (/** @type {number} */ value) => value.toFixed(2);
    const change = (/** @type {number} */ value) =>
      actions.set("temperature", value);
    const field = createSlider({
      id,
      name: "Temperature",
      format,
      change,
      signal,
    });
    return {
      ...field,
      show({
        capabilities: { temperature: range, temperature_reason: reason },
        temperature: value,
      }) {
        field.show({ range, value, reason });
      },
    };
  },
  ({ id, actions, signal }) => {
    const choose = (/** @type {string} */ value) =>
      actions.set("turn_detection", value);
    const field = createSelect({ id, name: "Turn taking", choose, signal });
    return {
      ...field,
      show({ capabilities, turn_detection: chosen }) {
        const label = (/** @type {string} */ value) =>
          TURN_TAKING[value] ?? value;
        const kinds = capabilities.turn_detection;
        field.show(
          kinds.map((value) => ({ value, label: label(value) })),
          chosen,
          label(chosen),
        );
      },
    };
  },
  ({ id, actions, signal }) => {
    const commit = (/** @type {string} */ value) =>
      actions.set("system", value);
    const field = createTextArea({ id, name: "System", commit, signal });
    return { ...field, show: ({ system }) => field.show(system) };
  },
];

/**
 * The drawer with what the person may change, and the button that opens it.
 *
 * @param {object} options
 * @param {CardActions} options.actions What a change does.
 * @param {() => CardState} options.now The state at the time of a change.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part & {toggle: HTMLButtonElement}} The drawer, closed at first.
 */
export function createSettings({ actions, now, signal }) {
  const id = freshId();
  const fields = FIELDS.map((create, index) =>
    create({ id: `${id}-${index}`, actions, now, signal }),
  );
  const inside = el(
    "fieldset",
    { class: "rt-fields" },
    ...fields.map((field) => field.element),
  );
  const element = el("div", { class: "rt-drawer", id }, el("div", {}, inside));
  const { element: toggle } = createButton(
    { name: "Settings", icon: "settings", kind: "small" },
    () => open(!element.hasAttribute("data-open")),
    signal,
  );
  const open = (/** @type {boolean} */ value) => {
    element.toggleAttribute("data-open", value);
    toggle.setAttribute("aria-expanded", String(value));
  };
  toggle.setAttribute("aria-controls", id);
  inside.setAttribute("aria-label", "Settings");
  open(false);
  return {
    element,
    toggle,
    reads: [
      "kernel",
      "capabilities",
      "model",
      "voice",
      "speed",
      "temperature",
      "turn_detection",
      "system",
    ],
    update(state) {
      inside.disabled = state.kernel !== "live";
      for (const field of fields) field.show(state);
    },
  };
}
