import { el } from "./dom.js";
import { shownStatus } from "./format.js";

/** @import {Part} from "./card.js" */

/**
 * The ball whose colour says whose turn it is, with a ring for each side's level.
 *
 * @returns {Part} A drawing; the same is said in words beside it.
 */
export function createOrb() {
  const element = el(
    "div",
    { class: "rt-orb", "aria-hidden": "true" },
    el("i", { class: "rt-ring you" }),
    el("i", { class: "rt-ring it" }),
    el("i", { class: "rt-ball" }),
  );
  return {
    element,
    reads: [
      "kernel",
      "status",
      "microphone",
      "microphone_level",
      "muted",
      "playing",
      "speaker_level",
    ],
    update(state) {
      const you = state.microphone === "on" ? state.microphone_level : 0;
      const it = state.playing && !state.muted ? state.speaker_level : 0;
      element.dataset.status =
        state.kernel === "live" ? shownStatus(state) : "disconnected";
      element.style.setProperty("--you-level", Math.sqrt(you).toFixed(2));
      element.style.setProperty("--it-level", Math.sqrt(it).toFixed(2));
    },
  };
}
