import { createButton } from "./button.js";
import { el, reveal, setAttribute, setText } from "./dom.js";
import { heardParts, markOf } from "./format.js";
import { icon } from "./icons.js";

/** @import {CardState, Item} from "../types.js" */
/** @import {Button} from "./button.js" */

/** @type {Record<Item["role"], string>} */
export const WHO = {
  user: "You",
  assistant: "Assistant",
  system: "System",
  tool: "Tool",
};

/** @type {(keyof Item)[]} */
const STATE = ["role", "status"];
/** @type {(keyof Item)[]} */
const SHOWN = [...STATE, "text", "audio_ms", "heard_ms", "heard_end"];

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
 * The button that plays an answer again, made when it is first needed.
 *
 * @param {HTMLElement} row Where it stands.
 * @param {() => void} press What it does.
 * @param {AbortSignal} signal Takes the handler away.
 * @returns {(possible: boolean, playing: boolean) => void} Shows whether it can be played, and whether it is.
 */
function createReplay(row, press, signal) {
  /** @type {Button | undefined} */
  let button;
  const make = () => {
    const look = { name: "Play again", icon: /** @type {const} */ ("play") };
    const made = createButton(look, press, signal);
    row.append(made.element);
    return made;
  };
  return (possible, playing) => {
    if (!possible && !button) return;
    button ??= make();
    button.show({
      name: playing ? "Stop playing" : "Play again",
      icon: playing ? "stop" : "play",
      kind: playing ? "small bare replay it" : "small bare replay",
      hidden: !possible,
    });
  };
}

/**
 * @typedef {object} Turn
 * @property {HTMLElement} element Its row.
 * @property {Item} item What it shows.
 * @property {boolean} begun Whether its sound has been heard.
 * @property {(item: Item, end: number) => void} update Shows another state of it, with the text up to there in sight.
 * @property {(end: number) => void} reveal Brings the text up to there into sight, and never less than before.
 * @property {(state: Pick<CardState, "kernel" | "owner" | "replaying">) => void} offer Shows what can be done about it.
 */

/**
 * One turn of the conversation.
 *
 * @param {Item} first The turn as it is known at first.
 * @param {(id: string) => void} again Plays it again.
 * @param {AbortSignal} signal Ends it.
 * @returns {Turn} Nothing of its text is in sight yet.
 */
export function createTurn(first, again, signal) {
  const heard = document.createTextNode("");
  const unheard = el("s", "rt-unheard");
  const wait = el("span", "rt-wait");
  const caret = el("span", { class: "rt-caret", "aria-hidden": "true" });
  const words = el("p", { class: "rt-words", dir: "auto" }, heard);
  words.append(unheard, wait, caret);
  const mark = el("span");
  const note = el("small", "rt-mark", icon("blocked"), mark);
  const who = el("span", "rt-speaker");
  const body = el("div", "rt-said", words, note);
  const element = el("div", "rt-turn", who, body);
  const replay = createReplay(element, () => again(turn.item.id), signal);
  let shown = 0;

  const showText = () => {
    const { item } = turn;
    const parts = heardParts(item);
    grow(heard, parts.heard.slice(0, shown));
    setText(unheard, parts.unheard);
    reveal(unheard, parts.unheard !== "");
    const open = item.status === "in_progress" || shown < item.text.length;
    const empty = heard.data === "" && parts.unheard === "";
    reveal(wait, open && empty);
    reveal(caret, open && !(empty && item.role === "user"));
    reveal(words, open || item.text !== "");
    const sign = markOf(item) || (words.hidden ? "no words" : "");
    setText(mark, sign);
    reveal(note, sign !== "");
  };
  const advance = (/** @type {number} */ end) => {
    const before = shown;
    shown = Math.max(shown, Math.min(end, turn.item.text.length));
    return shown !== before;
  };
  const showState = () => {
    const { role, status } = turn.item;
    setText(who, WHO[role]);
    setAttribute(element, "data-role", role);
    setAttribute(element, "data-state", status);
    setAttribute(element, "aria-busy", status === "in_progress");
  };

  /** @type {Turn} */
  const turn = {
    element,
    item: first,
    begun: false,
    offer({ kernel, owner, replaying }) {
      const { id, replayable, status } = turn.item;
      const possible = replayable && status !== "in_progress";
      const here = kernel === "live" && owner !== "other";
      replay(possible && here, replaying === id);
    },
    update(item, end) {
      const before = turn.item;
      turn.item = item;
      const differs = (/** @type {keyof Item} */ key) =>
        item[key] !== before[key];
      // Other words than those in sight begin anew.
      if (!item.text.startsWith(heard.data)) shown = 0;
      const more = advance(end);
      if (STATE.some(differs)) showState();
      if (more || SHOWN.some(differs)) showText();
    },
    reveal(end) {
      if (advance(end)) showText();
    },
  };
  showState();
  showText();
  return turn;
}
