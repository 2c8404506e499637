import { el, reveal } from "../dom.js";
import { createSelect, createSwitch } from "../fields.js";
import { createSlider } from "../slider.js";

/** @import {TurnDetection, TurnDetectionName} from "../../types.js" */
/** @import {Field, FieldOptions, Group} from "../settings.js" */

/** @type {Record<string, string>} */
const KINDS = {
  server_vad: "When I pause (server VAD)",
  semantic_vad: "When I have finished (semantic VAD)",
  push_to_talk: "When I say so (push to talk)",
};

const EAGERNESS = [
  { value: "auto", label: "Automatic" },
  { value: "low", label: "Low: lets me think" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High: answers soon" },
];

/**
 * @typedef {object} Measure
 * @property {"threshold" | "silence_duration_ms" | "prefix_padding_ms" | "false_alarm_ms"} key Of the turn detection.
 * @property {string} name The slider's name.
 * @property {TurnDetectionName[]} kinds Which ones have it.
 * @property {[number, number]} range Of the slider; it grows with the value.
 * @property {number} step Between two values.
 * @property {number} usual What the kernel takes where nothing is said.
 */

/** @type {Measure[]} */
const MEASURES = [
  {
    key: "threshold",
    name: "Speech threshold",
    kinds: ["server_vad"],
    range: [0, 1],
    step: 0.05,
    usual: 0.5,
  },
  {
    key: "silence_duration_ms",
    name: "Silence that ends a turn",
    kinds: ["server_vad"],
    range: [100, 2000],
    step: 50,
    usual: 400,
  },
  {
    key: "prefix_padding_ms",
    name: "Sound kept from before",
    kinds: ["server_vad"],
    range: [0, 1000],
    step: 50,
    usual: 300,
  },
  {
    key: "false_alarm_ms",
    name: "False alarms, up to",
    kinds: ["server_vad", "semantic_vad"],
    range: [0, 2000],
    step: 100,
    usual: 500,
  },
];

/** @type {(options: FieldOptions) => Field} */
const createKind = ({ id, actions, now, signal }) => {
  /** What was set for each kind, for when it is chosen again. @type {Map<string, TurnDetection>} */
  const kept = new Map();
  const choose = (/** @type {string} */ value) => {
    const { turn_detection } = now();
    kept.set(turn_detection.type, turn_detection);
    const type = /** @type {TurnDetectionName} */ (value);
    actions.set("turn_detection", kept.get(type) ?? { type });
  };
  const field = createSelect({ id, name: "Turn taking", choose, signal });
  field.element.classList.add("broad");
  return {
    ...field,
    show({ capabilities, turn_detection: { type } }) {
      const label = (/** @type {string} */ value) => KINDS[value] ?? value;
      const kinds = capabilities.turn_detection;
      const choices = kinds.map((value) => ({ value, label: label(value) }));
      field.show(choices, type, label(type));
      const byHand = type === "push_to_talk";
      field.say(byHand ? "Hold Space, or the button, while you speak." : "");
    },
  };
};

/** @type {(options: FieldOptions) => Field} */
const createEagerness = ({ id, actions, now, signal }) => {
  const choose = (/** @type {string} */ value) => {
    const eagerness = /** @type {TurnDetection["eagerness"]} */ (value);
    const { turn_detection } = now();
    actions.set("turn_detection", { ...turn_detection, eagerness });
  };
  const field = createSelect({ id, name: "Eagerness", choose, signal });
  return {
    ...field,
    show({ turn_detection: { type, eagerness = "auto" } }) {
      reveal(field.element, type === "semantic_vad");
      field.show(EAGERNESS, eagerness);
    },
  };
};

/** @type {(options: FieldOptions) => Field} */
const createInterruptible = ({ id, actions, now, signal }) => {
  const change = (/** @type {boolean} */ interrupt_response) =>
    actions.set("turn_detection", {
      ...now().turn_detection,
      interrupt_response,
    });
  const name = "Answers may be interrupted";
  const field = createSwitch({ id, name, change, signal });
  return {
    ...field,
    show({ turn_detection: { type, interrupt_response }, preferences }) {
      reveal(field.element, type !== "push_to_talk");
      const rests = preferences.half_duplex;
      const reason = rests ? "The microphone rests while an answer plays." : "";
      field.show(interrupt_response !== false && !rests, reason);
    },
  };
};

/** @type {(measure: Measure, options: FieldOptions) => Field} */
const createMeasure = (measure, { id, actions, now, signal }) => {
  const { key, name, kinds, range, step, usual } = measure;
  const field = createSlider({
    id,
    name,
    step,
    format: (value) => (step < 1 ? value.toFixed(2) : `${value} ms`),
    change: (value) =>
      actions.set("turn_detection", { ...now().turn_detection, [key]: value }),
    signal,
  });
  return {
    ...field,
    show({ turn_detection }) {
      const value = turn_detection[key] ?? usual;
      const [low, high] = range;
      reveal(field.element, kinds.includes(turn_detection.type));
      field.show({
        range: [Math.min(low, value), Math.max(high, value)],
        value,
      });
    },
  };
};

/** @type {(options: FieldOptions) => Field} */
const createFineTuning = ({ id, ...options }) => {
  const fields = MEASURES.map((measure, index) =>
    createMeasure(measure, { id: `${id}-${index}`, ...options }),
  );
  const grid = el("div", "rt-fields");
  grid.append(...fields.map(({ element }) => element));
  const summary = el("summary", {}, "Fine tuning");
  const element = el("details", "rt-field wide", summary, grid);
  return {
    element,
    show(state) {
      reveal(element, state.turn_detection.type !== "push_to_talk");
      for (const field of fields) field.show(state);
    },
  };
};

/** Whose turn it is, and who may interrupt. @type {Group} */
export const TURNS = {
  title: "Turns",
  kernel: true,
  fields: [createKind, createEagerness, createInterruptible, createFineTuning],
};
