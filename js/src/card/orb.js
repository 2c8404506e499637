import { el, setAttribute } from "./dom.js";
import { shownStatus } from "./format.js";
import { STATUS_KEYS } from "./status.js";

/** @import {Levels} from "../visualisers/index.js" */
/** @import {Part} from "./card.js" */

/**
 * @param {HTMLElement} ring One side's ring.
 * @returns {(level: number, calm: boolean) => void} Shows a level, 0 to 1: by size, or where motion is unwelcome by
 *   presence alone. Only what a compositor does by itself is touched.
 */
function moves({ style }) {
  let shown = -1;
  return (level, calm) => {
    const step = Math.round(Math.sqrt(level) * (calm ? 1 : 12));
    if (step === shown) return;
    shown = step;
    const size = calm ? 0 : step / 12;
    style.transform = `scale(${(1.15 + 0.22 * size).toFixed(3)})`;
    style.opacity = step === 0 ? "var(--rest)" : "0.9";
  };
}

/**
 * The ball whose colour says whose turn it is, with a ring for each side's level.
 *
 * @returns {Part & {beat: (levels: Levels, calm: boolean) => void}} A drawing; the same is said in words beside it.
 */
export function createOrb() {
  const you = el("i", "rt-ring you");
  const it = el("i", "rt-ring it");
  const element = el(
    "div",
    { class: "rt-orb", "aria-hidden": "true" },
    you,
    it,
    el("i", "rt-ball"),
  );
  const moveYou = moves(you);
  const moveIt = moves(it);
  return {
    element,
    reads: STATUS_KEYS,
    update(state) {
      const live = state.kernel === "live";
      setAttribute(
        element,
        "data-status",
        live ? shownStatus(state) : "disconnected",
      );
    },
    beat(levels, calm) {
      moveYou(levels.you, calm);
      moveIt(levels.it, calm);
    },
  };
}
