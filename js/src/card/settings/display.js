import { createSelect, createSwitch } from "../fields.js";
import { createSlider } from "../slider.js";

/** @import {Choice, Preferences} from "../../types.js" */
/** @import {Field, FieldOptions, Group} from "../settings.js" */

/** @type {(options: FieldOptions) => Field} */
const createVolume = ({ id, actions, signal }) => {
  const field = createSlider({
    id,
    name: "Volume",
    format: (value) => (value > 0 ? `${Math.round(value * 100)} %` : "off"),
    change: (volume) => actions.prefer({ volume }),
    signal,
  });
  return {
    ...field,
    show: ({ preferences: { volume: value } }) =>
      field.show({ range: [0, 1], value }),
  };
};

/**
 * @param {"captions" | "visualiser"} key Of the preferences.
 * @param {string} name The list's name.
 * @param {Choice[]} choices What is in it.
 * @returns {(options: FieldOptions) => Field} Makes the list.
 */
function preference(key, name, choices) {
  return ({ id, actions, signal }) => {
    const choose = (/** @type {string} */ value) =>
      actions.prefer(/** @type {Partial<Preferences>} */ ({ [key]: value }));
    const field = createSelect({ id, name, choose, signal });
    return {
      ...field,
      show: ({ preferences }) => field.show(choices, preferences[key]),
    };
  };
}

/** @type {(options: FieldOptions) => Field} */
const createAnnounce = ({ id, actions, signal }) => {
  const field = createSwitch({
    id,
    name: "Screen readers announce answers",
    change: (announce) => actions.prefer({ announce }),
    signal,
  });
  return {
    ...field,
    show: ({ preferences }) => field.show(preferences.announce),
  };
};

/** What is heard and seen on this page. @type {Group} */
export const DISPLAY = {
  title: "This page",
  kernel: false,
  fields: [
    createVolume,
    preference("captions", "Captions", [
      { value: "voice", label: "With the voice" },
      { value: "at_once", label: "At once" },
    ]),
    preference("visualiser", "Visualiser", [
      { value: "bars", label: "Bars" },
      { value: "waveform", label: "Waveform" },
      { value: "orb", label: "Orb" },
    ]),
    createAnnounce,
  ],
};
