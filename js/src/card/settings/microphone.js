import { reveal, setAttribute } from "../dom.js";
import { createSelect, createSwitch } from "../fields.js";

/** @import {CardState, NoiseReduction} from "../../types.js" */
/** @import {Field, FieldOptions, Group} from "../settings.js" */

/** @type {Record<string, string>} */
const NOISE = {
  near_field: "Near: headset or phone",
  far_field: "Far: laptop or room",
};

/**
 * @param {Pick<CardState, "microphone_id" | "microphone_label">} state The card's state.
 * @returns {string} What the browser's own choice is, as far as it is known.
 */
function ownChoice({ microphone_id, microphone_label: label }) {
  const known = microphone_id === "" && label !== "";
  return known ? `The browser's choice (${label})` : "The browser's choice";
}

/** @type {(options: FieldOptions) => Field} */
const createPicker = ({ id, actions, signal }) => {
  const choose = actions.chooseMicrophone;
  const field = createSelect({ id, name: "Microphone", choose, signal });
  return {
    ...field,
    show(state) {
      const { microphones, microphone_id, capabilities } = state;
      const alone = !capabilities.noise_reduction?.length;
      const width = alone ? "wide" : "broad";
      setAttribute(field.element, "class", `rt-field ${width}`);
      const own = { value: "", label: ownChoice(state) };
      const lost =
        microphones.length > 0 ? "Not connected" : "As chosen before";
      field.show([own, ...microphones], microphone_id, lost);
      field.say(
        microphones.length > 0
          ? ""
          : "Start the microphone once: then the browser names those that are here.",
      );
    },
  };
};

/** @type {(options: FieldOptions) => Field} */
const createNoise = ({ id, actions, signal }) => {
  const choose = (/** @type {string} */ value) =>
    actions.set("noise_reduction", value);
  const field = createSelect({ id, name: "Noise reduction", choose, signal });
  field.element.classList.add("broad");
  return {
    ...field,
    show({ capabilities: { noise_reduction: kinds = [] }, noise_reduction }) {
      reveal(field.element, kinds.length > 0);
      const choices = kinds.map((value) => ({
        value,
        label: NOISE[value] ?? value,
      }));
      /** @type {NoiseReduction} */
      const none = "none";
      field.show([{ value: none, label: "None" }, ...choices], noise_reduction);
    },
  };
};

/**
 * @param {"echo_cancellation" | "noise_suppression" | "auto_gain"} key Of the preferences.
 * @param {string} name The switch's name.
 * @returns {(options: FieldOptions) => Field} Makes the switch.
 */
function processing(key, name) {
  return ({ id, actions, signal }) => {
    const change = (/** @type {boolean} */ on) => actions.prefer({ [key]: on });
    const field = createSwitch({ id, name, change, signal });
    return {
      ...field,
      show: ({ preferences }) => field.show(preferences[key]),
    };
  };
}

/** @type {(options: FieldOptions) => Field} */
const createRest = ({ id, actions, signal }) => {
  const field = createSwitch({
    id,
    name: "Microphone rests while the assistant speaks (loudspeakers)",
    change: (half_duplex) => actions.prefer({ half_duplex }),
    signal,
  });
  return {
    ...field,
    show({ preferences, turn_detection }) {
      const byHand = turn_detection.type === "push_to_talk";
      const reason = "Push to talk needs none: it is open only while you hold.";
      field.show(preferences.half_duplex, byHand ? reason : "");
    },
  };
};

/** What is heard of the person. @type {Group} */
export const MICROPHONE = {
  title: "Your voice",
  kernel: false,
  fields: [
    createPicker,
    createNoise,
    processing("echo_cancellation", "Echo cancellation"),
    processing("noise_suppression", "Noise suppression"),
    processing("auto_gain", "Automatic gain"),
    createRest,
  ],
};
