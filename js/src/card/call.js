import { createButton } from "./button.js";
import {
  argumentsBlock,
  argumentsLine,
  callSign,
  callStatus,
  resultLine,
} from "./call-words.js";
import { el, reveal, setAttribute, setText } from "./dom.js";
import { icon, setIcon } from "./icons.js";
import { createShown, scrolling } from "./shown.js";
import { WHO } from "./turn.js";

/** @import {Call, CardState, Item} from "../types.js" */
/** @import {Sign} from "./status.js" */
/** @import {Turn} from "./turn.js" */

/** @typedef {Item & {call: Call}} CallItem */

/**
 * The line that is always in sight: which function, with what, and what came of it.
 *
 * @returns {{element: HTMLElement, show: (call: Call, sign: Sign) => void}} The line.
 */
function createHead() {
  const name = el("b");
  const given = el("span");
  const result = el("span", { class: "rt-result", dir: "auto" });
  const drawing = icon("link");
  const word = el("span");
  const state = el("span", "rt-call-state", drawing, word);
  const what = el("span", { class: "rt-call-name", dir: "ltr" }, name, given);
  const element = el("summary", {}, icon("chevron"), what, result, state);
  return {
    element,
    show(call, sign) {
      setText(name, call.name);
      setText(given, argumentsLine(call.arguments));
      setText(result, resultLine(call));
      setIcon(drawing, sign.icon);
      setText(word, sign.word);
    },
  };
}

/**
 * What one has to unfold: each text of it under a head of its own.
 *
 * @returns {{element: HTMLElement, show: (call: Call) => void}} The inside of the fold.
 */
function createDetails() {
  const element = el("div", "rt-inside");
  const parts = ["Arguments", "For the model", "Printed"].map((name) => {
    const text = el("pre", { dir: "auto" });
    const part = el("div", {}, el("small", {}, name), scrolling(name, text));
    element.append(part);
    return { part, text };
  });
  return {
    element,
    show(call) {
      const texts = [argumentsBlock(call.arguments), call.output, call.printed];
      for (const [place, { part, text }] of parts.entries()) {
        setText(text, texts[place] ?? "");
        reveal(part, text.textContent !== "");
      }
    },
  };
}

/**
 * The question whether a call may run.
 *
 * @param {(allow: boolean) => void} answer What the person says.
 * @param {AbortSignal} signal Takes the handlers away.
 * @returns {{element: HTMLElement, show: (name: string) => void}} The two buttons.
 */
function createQuestion(answer, signal) {
  const allow = createButton(
    { name: "Allow", icon: "check", kind: "primary" },
    () => answer(true),
    signal,
  );
  const decline = createButton(
    { name: "Decline", icon: "close" },
    () => answer(false),
    signal,
  );
  const element = el("div", "rt-question");
  element.append(allow.element, decline.element);
  return {
    element,
    show(name) {
      for (const { element, show } of [allow, decline]) {
        const tip = `${element.textContent} ${name}`;
        show({ tip });
        setAttribute(element, "aria-label", tip);
      }
    },
  };
}

/**
 * A call of a function as a row of the conversation: a line that unfolds, the question whether it may run, and what it
 * shows.
 *
 * @param {CallItem} first The item as it is known at first.
 * @param {(callId: string, allow: boolean) => void} confirm Lets it run, or declines it.
 * @param {AbortSignal} signal Ends it.
 * @returns {Turn} Its row.
 */
export function createCallTurn(first, confirm, signal) {
  const head = createHead();
  const details = createDetails();
  const fold = el("details", {}, head.element, details.element);
  const question = createQuestion((allow) => {
    show(question.element, false);
    confirm(call.call_id, allow);
  }, signal);
  const box = el("div", "rt-call", fold, question.element);
  const things = el("div", { class: "rt-shown", hidden: true });
  const who = el("span", "rt-speaker", WHO.tool);
  const body = el("div", "rt-said", box, things);
  const element = el("div", { class: "rt-turn", "data-role": "tool" });
  element.append(who, body);
  /** @type {CardState["kernel"]} */
  let kernel = "live";
  /** @type {Call["shown"]} */
  let drawn = [];
  let { call } = first;

  /** The focus stays at the call. */
  const show = (/** @type {HTMLElement} */ part, /** @type {boolean} */ on) => {
    if (!on && part.matches(":focus-within")) head.element.focus();
    reveal(part, on);
  };
  const draw = (/** @type {Call} */ { name, shown }) => {
    const same =
      shown === drawn || JSON.stringify(shown) === JSON.stringify(drawn);
    drawn = shown;
    if (same) return;
    if (things.matches(":focus-within")) head.element.focus();
    things.replaceChildren(...shown.map((one) => createShown(one, name)));
    reveal(things, shown.length > 0);
  };
  const update = () => {
    const status = callStatus(call, kernel);
    setAttribute(element, "data-state", status);
    setAttribute(element, "aria-busy", status === "running");
    head.show(call, callSign(turn.item, status));
    details.show(call);
    question.show(call.name);
    show(question.element, status === "asking");
    draw(call);
  };

  /** @type {Turn} */
  const turn = {
    element,
    item: first,
    begun: false,
    reveal() {},
    offer(state) {
      if (state.kernel === kernel) return;
      kernel = state.kernel;
      update();
    },
    update(item) {
      turn.item = item;
      call = item.call ?? call;
      update();
    },
  };
  update();
  return turn;
}
