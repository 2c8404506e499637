import { el } from "./dom.js";

/** @import {Choice} from "../types.js" */

/**
 * @typedef {object} Select
 * @property {HTMLElement} element The field.
 * @property {HTMLSelectElement} select Its control.
 * @property {(choices: readonly Choice[], value: string, label?: string) => void} show Fills it and chooses `value`,
 *   which reads `label` where the list lacks it.
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
    { class: "rt-field-head" },
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
  const { element } = frame(
    { id, name },
    el("div", { class: "rt-select" }, select),
  );
  let filled = "";
  select.addEventListener("change", () => choose(select.value), { signal });
  return {
    element,
    select,
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
      select.value = value;
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
  area.addEventListener("input", () => (edited = true), { signal });
  area.addEventListener(
    "change",
    () => {
      edited = false;
      commit(area.value);
    },
    { signal },
  );
  return {
    element,
    show(text) {
      if (!edited && area.value !== text) area.value = text;
    },
  };
}
