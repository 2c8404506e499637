import { listen } from "../listen.js";
import { el, setAttribute, setText } from "./dom.js";
import { createWhy, frame } from "./fields.js";
import { pace } from "./pace.js";

/** Milliseconds between two values while a slider moves. */
const GAP = 100;

/**
 * @typedef {object} SliderLook
 * @property {[number, number] | null} range Lowest and highest value; null switches it off.
 * @property {number} value Where it stands.
 * @property {string} [reason] Why it is off; not shown when it is on.
 */

/**
 * @param {HTMLInputElement} slider The control.
 * @returns {number} Where the knob stands, 0 to 1.
 */
function share({ min, max, valueAsNumber }) {
  const span = Number(max) - Number(min);
  return span > 0 ? (valueAsNumber - Number(min)) / span : 0;
}

/**
 * A slider with its value beside the name. While it moves, at most ten values a second are sent, and always the last.
 *
 * @param {object} options
 * @param {string} options.id The control's id.
 * @param {string} options.name Its accessible name.
 * @param {number} [options.step] Between two values.
 * @param {(value: number) => string} options.format How the value is written.
 * @param {(value: number) => void} options.change Gets the values.
 * @param {AbortSignal} options.signal Takes the handlers away.
 * @returns {{element: HTMLElement, show: (look: SliderLook) => void}} The field, and how to set it.
 */
export function createSlider({
  id,
  name,
  step = 0.05,
  format,
  change,
  signal,
}) {
  const slider = el("input", {
    id,
    type: "range",
    class: "rt-slider",
    step,
  });
  const why = createWhy(slider);
  const { element, value: readout } = frame({ id, name }, slider, why.element);
  const paced = pace(change, GAP, signal);
  let held = false;

  const write = () => {
    const text = slider.disabled ? "–" : format(slider.valueAsNumber);
    setText(readout, text);
    setAttribute(slider, "aria-valuetext", text);
    setAttribute(slider, "style", `--share: ${share(slider).toFixed(3)}`);
  };
  const move = () => {
    held = true;
    write();
    paced.push(slider.valueAsNumber);
  };
  const release = () => {
    held = false;
    paced.flush();
  };
  listen(slider, "input", move, signal);
  listen(slider, "change", release, signal);
  return {
    element,
    show({ range, value, reason }) {
      const [low, high] = range ?? [0, 1];
      slider.disabled = range === null;
      setAttribute(slider, "min", low);
      setAttribute(slider, "max", high);
      if (!held) slider.value = String(range ? value : (low + high) / 2);
      element.classList.toggle("off", slider.disabled);
      why.say(slider.disabled ? (reason ?? "") : "");
      write();
    },
  };
}
