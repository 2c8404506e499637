import { adviceFor } from "./advice.js";
import { createButton } from "./button.js";
import { el, keepFocus, sentence } from "./dom.js";
import { icon } from "./icons.js";
import { createProgress } from "./progress.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Notice} from "./advice.js" */
/** @import {Part} from "./card.js" */

/**
 * @param {Notice} notice What it says.
 * @param {object} options
 * @param {CardActions} options.actions What its button does.
 * @param {() => void} options.dismiss Puts it away.
 * @param {AbortSignal} options.signal Takes the handlers away.
 * @returns {HTMLElement} Its line.
 */
function createLine(notice, { actions, dismiss, signal }) {
  const { kind, text, hint, press, cause } = notice;
  const words = el("div", "rt-notice-text");
  words.append(el("span", "rt-message", ...sentence(text)));
  if (hint) words.append(" ", el("span", "rt-hint", ...sentence(hint)));
  const line = el("div", `rt-notice ${kind}`, icon(notice.icon), words);
  if (kind === "error") words.setAttribute("role", "alert");
  if (press) {
    const look = { name: press.name, icon: press.icon, kind: "primary" };
    line.append(createButton(look, () => press.run(actions), signal).element);
  }
  if (cause) {
    const look = {
      name: "Dismiss",
      icon: /** @type {const} */ ("close"),
      kind: "small bare",
    };
    line.append(createButton(look, dismiss, signal).element);
  }
  return line;
}

/**
 * What went wrong, what is missing, and what to do about it.
 *
 * @param {object} options
 * @param {CardActions} options.actions What the buttons do.
 * @param {() => CardState} options.now The state at the time of a click.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} A place that is empty while all is well.
 */
export function createNotices({ actions, now, signal }) {
  const lines = el("div");
  const bar = createProgress();
  /** @type {Map<string, {line: HTMLElement, words: string}>} */
  let shown = new Map();
  /** @type {Set<unknown>} */
  let away = new Set();

  /**
   * @param {Notice} notice What shall be in sight.
   * @returns {{line: HTMLElement, words: string}} The line that is there already, or a new one.
   */
  const lineOf = (notice) => {
    const words = JSON.stringify([notice.kind, notice.text, notice.hint]);
    const old = shown.get(notice.key);
    if (old?.words === words) return old;
    const dismiss = () => {
      const { cause } =
        adviceFor(now()).find(({ key }) => key === notice.key) ?? {};
      if (cause) away.add(cause);
      update(now());
    };
    return { words, line: createLine(notice, { actions, dismiss, signal }) };
  };
  const update = (/** @type {CardState} */ state) => {
    const advice = adviceFor(state);
    away = new Set(
      advice.map(({ cause }) => cause).filter((cause) => away.has(cause)),
    );
    const open = advice.filter(({ cause }) => !away.has(cause));
    const next = new Map(open.map((notice) => [notice.key, lineOf(notice)]));
    for (const [key, { line }] of shown) {
      if (next.get(key)?.line === line) continue;
      keepFocus(line);
      line.remove();
    }
    let place = lines.firstElementChild;
    for (const { line } of next.values()) {
      if (line === place) place = place.nextElementSibling;
      else lines.insertBefore(line, place);
    }
    shown = next;
    bar.show(state.kernel === "live" ? state.local_voice : {});
  };
  return {
    element: el("div", "rt-notices", lines, bar.element),
    reads: [
      "error",
      "notice",
      "microphone_fault",
      "microphone",
      "microphone_silent",
      "muted",
      "owner",
      "playing",
      "preferences",
      "sound_blocked",
      "kernel",
      "local_voice",
    ],
    update,
  };
}
