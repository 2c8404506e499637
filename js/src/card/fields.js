import { listen } from "../listen.js";
import { el, reveal, setAttribute, setText } from "./dom.js";

/** @import {Choice} from "../types.js" */

/**
 * @typedef {object} Select
 * @property {HTMLElement} element The field.
 * @property {HTMLSelectElement} select Its control.
 * @property {(choices: readonly Choice[], value: string, label?: string) => void} show Fills it and chooses `value`,
 *   which reads `label` where the list lacks it.
 * @property {(text: string) => void} say Writes a line below it; empty for none.
 */

/**
 * A label over a control, with room for a value at the right.
 *
 * @param {{id: string, name: string, wide?: boolean}} options The control's id and accessible name.
 * @param {HTMLElement[]} controls The control, and what belongs to it.
 * @returns {{element: HTMLElement, value: HTMLElement}} The field, and where its value is written.
 */
export function frame({ id, name, wide = false }, ...controls) {
  const value = el("span", { class: "rt-value", "aria-hidden": "true" });
  const head = el(
    "div",
    "rt-field-head",
    el("label", { for: id }, name),
    value,
  );
  const element = el(
    "div",
    { class: wide ? "rt-field wide" : "rt-field" },
    head,
    ...controls,
  );
  return { element, value };
}

/**
 * A line below a control that says more about it, such as why it is off.
 *
 * @param {HTMLElement} control What it describes; it has an id.
 * @returns {{element: HTMLElement, say: (text: string) => void}} The line, and how to write it; empty it is not there.
 */
export function createWhy(control) {
  const id = `${control.id}-why`;
  const element = el("p", { class: "rt-why", id });
  element.hidden = true;
  return {
    element,
    say(text) {
      setText(element, text);
      reveal(element, text !== "");
      setAttribute(control, "aria-describedby", text === "" ? null : id);
    },
  };
}

/**
 * A list to choose from. A value that the list lacks is shown all the same.
 *
 * @param {object} options
 * @param {string} options.id The control's id.
 * @param {string} options.name Its accessible name.
 * @param {(value: string) => void} options.choose Gets what the person chose.
 * @param {AbortSignal} options.signal Takes the handler away.
 * @returns {Select} The field.
 */
export function createSelect({ id, name, choose, signal }) {
  const select = el("select", { id });
  const why = createWhy(select);
  const box = el("div", "rt-select", select);
  const { element } = frame({ id, name }, box, why.element);
  let filled = "";
  listen(select, "change", () => choose(select.value), signal);
  return {
    element,
    select,
    say: why.say,
    show(choices, value, label = value) {
      const known =
        value === "" || choices.some((choice) => choice.value === value);
      const all = known ? choices : [{ value, label }, ...choices];
      const key = JSON.stringify(all);
      if (key !== filled) {
        filled = key;
        select.replaceChildren(
          ...all.map((choice) => new Option(choice.label, choice.value)),
        );
      }
      if (select.value !== value) select.value = value;
    },
  };
}

/**
 * A switch with its name in front.
 *
 * @param {object} options
 * @param {string} options.id The control's id.
 * @param {string} options.name Its accessible name.
 * @param {(on: boolean) => void} options.change Gets what the person chose.
 * @param {AbortSignal} options.signal Takes the handler away.
 * @returns {{element: HTMLElement, show: (on: boolean, reason?: string) => void}} The field, and how to set it; a
 *   `reason` switches it off and is shown.
 */
export function createSwitch({ id, name, change, signal }) {
  const box = el("input", {
    id,
    type: "checkbox",
    role: "switch",
    class: "rt-switch",
  });
  const why = createWhy(box);
  const label = el("label", { for: id }, name);
  const element = el("div", "rt-field rt-toggle", label, box);
  element.append(why.element);
  listen(box, "change", () => change(box.checked), signal);
  return {
    element,
    show(on, reason = "") {
      box.checked = on;
      box.disabled = reason !== "";
      element.classList.toggle("off", box.disabled);
      why.say(reason);
    },
  };
}

/**
 * A text of several lines; it is handed on when the person leaves it.
 *
 * @param {object} options
 * @param {string} options.id The control's id.
 * @param {string} options.name Its accessible name.
 * @param {(value: string) => void} options.commit Gets the text.
 * @param {AbortSignal} options.signal Takes the handler away.
 * @returns {{element: HTMLElement, show: (text: string) => void}} The field, and how to fill it.
 */
export function createTextArea({ id, name, commit, signal }) {
  const area = el("textarea", { id, rows: 3, spellcheck: "false" });
  const { element } = frame({ id, name, wide: true }, area);
  let edited = false;
  listen(area, "input", () => (edited = true), signal);
  listen(
    area,
    "change",
    () => {
      edited = false;
      commit(area.value);
    },
    signal,
  );
  return {
    element,
    show(text) {
      if (!edited && area.value !== text) area.value = text;
    },
  };
}
