import { el, reveal, setAttribute, setText } from "./dom.js";
import { seconds } from "./format.js";

/** @import {CardState} from "../types.js" */
/** @import {Part} from "./card.js" */

/**
 * @typedef {object} Figure
 * @property {string} [before] Stands in front of the number.
 * @property {string} [after] Stands behind it; the plural's "s" goes where the number is 1.
 * @property {(state: CardState) => string} value The number; empty while it is not known.
 * @property {(state: CardState) => string} [tip] More about it.
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
    value: ({ usage }) =>
      usage.total_tokens ? usage.total_tokens.toLocaleString("en") : "",
  },
  {
    after: " gaps",
    value: ({ underruns }) => (underruns > 0 ? String(underruns) : ""),
    tip: ({ prebuffer_ms }) =>
      `So often the sound ran out before an answer's end; ${Math.round(prebuffer_ms)} ms are now collected before it plays`,
  },
];

/**
 * How fast the last answer came, what the session used, and the model.
 *
 * @returns {Part} The bottom line of the card.
 */
export function createFooter() {
  const figures = FIGURES.map(({ before = "", after = "", value, tip }) => {
    const number = el("b");
    const unit = el("span", {}, after);
    const element = el("span", {}, before, number, unit);
    return { element, number, unit, after, value, tip };
  });
  const model = el("span", "rt-model");
  const element = el(
    "div",
    "rt-footer",
    ...figures.map((figure) => figure.element),
    model,
  );
  return {
    element,
    reads: [
      "latency",
      "usage",
      "model",
      "capabilities",
      "underruns",
      "prebuffer_ms",
    ],
    update(state) {
      for (const figure of figures) {
        const text = figure.value(state);
        setText(figure.number, text);
        const { after } = figure;
        setText(figure.unit, text === "1" ? after.replace(/s$/, "") : after);
        reveal(figure.element, text !== "");
        setAttribute(figure.element, "title", figure.tip?.(state));
      }
      element.toggleAttribute(
        "data-figures",
        figures.some((figure) => !figure.element.hidden),
      );
      const { models } = state.capabilities;
      const known = models.find(({ value }) => value === state.model);
      setText(model, known?.label ?? state.model);
      setAttribute(model, "title", state.model);
    },
  };
}
