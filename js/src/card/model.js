import { listen } from "../listen.js";
import { el } from "./dom.js";
import { createSelect } from "./fields.js";

/** @import {CardState} from "../types.js" */
/** @import {FieldOptions} from "./settings.js" */

/** The value of the entry that opens a text field; no model has a name with a blank in front. */
const OTHER = { value: " other", label: "Other…" };

/**
 * The model: one of the list, or any name typed after "Other…".
 *
 * @param {FieldOptions} options What a choice does, and until when.
 * @returns {{element: HTMLElement, show: (state: CardState) => void}} The field, and how to fill it.
 */
export function createModel({ id, actions, now, signal }) {
  const name = el("input", {
    type: "text",
    class: "rt-text",
    spellcheck: "false",
    "aria-label": "Name of the other one",
    placeholder: "Its name",
  });
  let naming = false;

  const show = (/** @type {CardState} */ { capabilities, model }) => {
    const { models } = capabilities;
    const listed = model === "" || models.some(({ value }) => value === model);
    const own = listed ? [] : [{ value: model, label: model }];
    field.show([...own, ...models, OTHER], naming ? OTHER.value : model);
    if (naming && !name.isConnected) field.element.append(name);
    else if (!naming) name.remove();
  };
  const choose = (/** @type {string} */ value) => {
    naming = value === OTHER.value;
    if (!naming) actions.set("model", value);
    show(now());
    if (naming) name.focus();
  };
  const field = createSelect({ id, name: "Model", choose, signal });
  const leave = () => {
    if (!naming) return;
    const value = name.value.trim();
    name.value = "";
    naming = false;
    if (value) actions.set("model", value);
    show(now());
  };
  listen(name, "blur", leave, signal);
  listen(
    name,
    "keydown",
    (event) => {
      if (event.key === "Enter" && !event.isComposing) field.select.focus();
    },
    signal,
  );
  return { element: field.element, show };
}
