import { createSelect, createTextArea } from "../fields.js";
import { createModel } from "../model.js";
import { createSlider } from "../slider.js";

/** @import {Capabilities} from "../../types.js" */
/** @import {Field, FieldOptions, Group} from "../settings.js" */

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

/** @type {(options: FieldOptions) => Field} */
const createVoice = ({ id, actions, signal }) => {
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
};

/** @type {(options: FieldOptions) => Field} */
const createSpeed = ({ id, actions, signal }) => {
  const format = (/** @type {number} */ value) => `${value.toFixed(2)}×`;
  const change = (/** @type {number} */ value) => actions.set("speed", value);
  const field = createSlider({ id, name: "Speed", format, change, signal });
  const reason = "This backend speaks at one speed.";
  return {
    ...field,
    show: ({ capabilities, speed: value }) =>
      field.show({ range: capabilities.speed, value, reason }),
  };
};

/** @type {(options: FieldOptions) => Field} */
const createTemperature = ({ id, actions, signal }) => {
  const field = createSlider({
    id,
    name: "Temperature",
    format: (value) => value.toFixed(2),
    change: (value) => actions.set("temperature", value),
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
};

/** @type {(options: FieldOptions) => Field} */
const createSystem = ({ id, actions, signal }) => {
  const commit = (/** @type {string} */ value) => actions.set("system", value);
  const field = createTextArea({ id, name: "System", commit, signal });
  return { ...field, show: ({ system }) => field.show(system) };
};

/** Who answers, and how. @type {Group} */
export const ANSWERS = {
  title: "Answers",
  kernel: true,
  fields: [
    createModel,
    createVoice,
    createSpeed,
    createTemperature,
    createSystem,
  ],
};
