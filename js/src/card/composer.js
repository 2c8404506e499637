import { listen } from "../listen.js";
import { createButton } from "./button.js";
import { el } from "./dom.js";

/** @import {CardActions} from "../types.js" */
/** @import {Part} from "./card.js" */

/**
 * The text field and its button; both work without a microphone.
 *
 * @param {object} options
 * @param {CardActions} options.actions What sending does.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} The line below the conversation.
 */
export function createComposer({ actions, signal }) {
  const field = el("input", {
    type: "text",
    class: "rt-text",
    "aria-label": "Message",
    placeholder: "Type a message",
    autocomplete: "off",
    enterkeyhint: "send",
  });
  const submit = () => {
    const text = field.value.trim();
    if (text === "" || field.disabled) return;
    actions.send(text);
    field.value = "";
    field.focus();
  };
  const send = createButton(
    { name: "Send", icon: "arrowUp", kind: "primary" },
    submit,
    signal,
  );
  listen(
    field,
    "keydown",
    (event) => {
      // While an input method composes, Enter picks a candidate.
      if (event.key !== "Enter" || event.isComposing || event.repeat) return;
      event.preventDefault();
      submit();
    },
    signal,
  );
  return {
    element: el("div", "rt-say", field, send.element),
    reads: ["kernel"],
    update(state) {
      field.disabled = state.kernel !== "live";
      send.show({ disabled: field.disabled });
    },
  };
}
