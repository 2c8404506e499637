import { el, setText } from "./dom.js";
import { seconds } from "./format.js";

/** @import {CardState} from "../types.js" */
/** @import {Part} from "./card.js" */

/**
 * @typedef {object} Figure
 * @property {string} [before] Stands in front of the number.
 * @property {string} [after] Stands behind it.
 * @property {(state: CardState) => string} value The number; empty while it is not known.
 */

/** @type {Figure[]} */
const FIGURES = [
  {
    before: "first text ",
    value: ({ latency: { first_text: time } }) =>
      time === undefined ? "" : seconds(time),
  },
  {
    before: "first sound ",
    value: ({ latency: { first_audio: time } }) =>
      time === undefined ? "" : seconds(time),
  },
  {
    after: " tokens",
    value: ({ usage }) => usage.total_tokens?.toLocaleString("en") ?? "",
  },
];

/**
 * How fast the last answer came, what the session used, and the model.
 *
 * @returns {Part} The bottom line of the card.
 */
export function createFooter() {
  const figures = FIGURES.map(({ before = "", after = "", value }) => {
    const number = el("b");
    return { element: el("span", {}, before, number, after), number, value };
  });
  const model = el("span", { class: "rt-model" });
  const element = el(
    "div",
    { class: "rt-footer" },
    ...figures.map((figure) => figure.element),
    model,
  );
  return {
    element,
    reads: ["latency", "usage", "model", "capabilities"],
    update(state) {
      for (const figure of figures) {
        const text = figure.value(state);
        setText(figure.number, text);
        figure.element.hidden = text === "";
      }
      element.toggleAttribute(
        "data-figures",
        figures.some((figure) => !figure.element.hidden),
      );
      const { models } = state.capabilities;
      const known = models.find(({ value }) => value === state.model);
      setText(model, known?.label ?? state.model);
      model.title = state.model;
    },
  };
}
