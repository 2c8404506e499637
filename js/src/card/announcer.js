import { el } from "./dom.js";

/** @import {Item} from "../types.js" */

/**
 * Reads finished answers to those who do not see them. The conversation itself is no live region: its words grow while
 * they are spoken, and a screen reader would talk over the voice.
 *
 * @returns {{element: HTMLElement, told: (before: Item | undefined, item: Item) => void}} The region, and what hears of
 *   each change of an item.
 */
export function createAnnouncer() {
  const element = el("div", { class: "rt-unseen", "aria-live": "polite" });
  return {
    element,
    told(before, item) {
      const ends =
        before?.status === "in_progress" && item.status !== "in_progress";
      if (ends && item.role === "assistant" && item.text)
        element.replaceChildren(el("p", {}, item.text));
    },
  };
}
