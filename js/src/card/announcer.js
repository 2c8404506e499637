import { callNews } from "./call-words.js";
import { el } from "./dom.js";

/** @import {Item} from "../types.js" */

/** How many announcements stay: those that came at once are all read. */
const KEPT = 4;

/**
 * @param {Item | undefined} before An item as it was.
 * @param {Item} item As it is.
 * @returns {string} The answer that has just become whole; else empty.
 */
function wholeAnswer(before, item) {
  const ends =
    before?.status === "in_progress" && item.status !== "in_progress";
  return ends && item.role === "assistant" ? item.text : "";
}

/**
 * Reads to those who do not see them what becomes of calls, and finished answers where that is wished. The conversation
 * itself is no live region: its words grow while they are spoken, and a screen reader would talk over the voice.
 *
 * @returns {{element: HTMLElement, told: (before: Item | undefined, item: Item, answers: boolean) => void}} The region,
 *   and what hears of each change of an item, and whether answers are to be read.
 */
export function createAnnouncer() {
  const element = el("div", { class: "rt-unseen", "aria-live": "polite" });
  return {
    element,
    told(before, item, answers) {
      const words =
        callNews(before?.call, item.call) ||
        (answers ? wholeAnswer(before, item) : "");
      if (!words) return;
      element.append(el("p", {}, words));
      while (element.childElementCount > KEPT) element.firstChild?.remove();
    },
  };
}
