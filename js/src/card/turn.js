import { el, setText } from "./dom.js";
import { heardParts, markOf } from "./format.js";
import { icon } from "./icons.js";

/** @import {Item} from "../types.js" */

/** @type {Record<Item["role"], string>} */
const WHO = { user: "You", assistant: "Assistant", system: "System" };

/** @type {(keyof Item)[]} */
const STATE = ["role", "status"];
/** @type {(keyof Item)[]} */
const SHOWN = [...STATE, "text", "audio_ms", "heard_ms"];

/**
 * @param {HTMLElement} element Something that is not always in sight.
 * @param {boolean} visible Whether it is now.
 */
function toggle(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/**
 * Makes a text node hold `text`; what it holds already is left in place and only the rest is added.
 *
 * @param {Text} node The node.
 * @param {string} text What it shall hold.
 */
function grow(node, text) {
  const { data } = node;
  if (data === text) return;
  if (text.startsWith(data)) node.appendData(text.slice(data.length));
  else node.data = text;
}

/**
 * One turn of the conversation.
 *
 * @param {Item} first The turn as it is known at first.
 * @returns {{element: HTMLElement, update: (item: Item) => void}} Its row, and how to change it.
 */
export function createTurn(first) {
  const heard = document.createTextNode("");
  const unheard = el("s", { class: "rt-unheard" });
  const wait = el("span", { class: "rt-wait" }, "…");
  const caret = el("span", { class: "rt-caret", "aria-hidden": "true" });
  const words = el(
    "p",
    { class: "rt-words", dir: "auto" },
    heard,
    unheard,
    wait,
    caret,
  );
  const mark = el("span");
  const note = el("small", { class: "rt-mark" }, icon("blocked"), mark);
  const who = el("span", { class: "rt-speaker" });
  const body = el("div", { class: "rt-said" }, words, note);
  const element = el("div", { class: "rt-turn" }, who, body);

  const showText = (/** @type {Item} */ item) => {
    const parts = heardParts(item);
    grow(heard, parts.heard);
    setText(unheard, parts.unheard);
    toggle(unheard, parts.unheard !== "");
    const open = item.status === "in_progress";
    const empty = item.text === "";
    toggle(wait, open && empty);
    toggle(caret, open && !(empty && item.role === "user"));
    toggle(words, open || !empty);
    const sign = markOf(item) || (words.hidden ? "no words" : "");
    setText(mark, sign);
    toggle(note, sign !== "");
  };
  const showState = (/** @type {Item} */ item) => {
    setText(who, WHO[item.role]);
    element.dataset.role = item.role;
    element.dataset.state = item.status;
    // Screen readers wait for the whole turn: word by word they would talk over the voice.
    element.setAttribute("aria-busy", String(item.status === "in_progress"));
  };

  let latest = first;
  showState(first);
  showText(first);
  return {
    element,
    update(item) {
      const before = latest;
      latest = item;
      if (item === before) return;
      const differs = (/** @type {keyof Item} */ key) =>
        item[key] !== before[key];
      if (STATE.some(differs)) showState(item);
      if (SHOWN.some(differs)) showText(item);
    },
  };
}
