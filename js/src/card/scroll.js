import { listen } from "../listen.js";

/** @typedef {{toEnd: () => void, hold: () => void}} Stick */

/** How near the end, in px, still counts as the end. */
const NEAR = 24;

/**
 * Keeps a scrolling box at its end until the person scrolls up.
 *
 * @param {HTMLElement} box What scrolls.
 * @param {HTMLElement} content What grows inside it.
 * @param {(stuck: boolean) => void} told Hears whether the end is kept in sight.
 * @param {AbortSignal} signal Ends it.
 * @returns {Stick} `toEnd` goes to the end and stays there; `hold` leaves the box where it is when it grows the next
 *   time, because the person unfolds something.
 */
export function stickToEnd(box, content, told, signal) {
  let stuck = true;
  let held = false;
  let last = 0;
  const set = (/** @type {boolean} */ value) => {
    if (value === stuck) return;
    stuck = value;
    told(value);
  };
  const below = () => box.scrollHeight - box.clientHeight - box.scrollTop;
  const follow = () => {
    if (held) set(below() <= NEAR);
    else if (stuck) box.scrollTop = box.scrollHeight;
    held = false;
  };
  listen(
    box,
    "scroll",
    () => {
      if (below() <= NEAR) set(true);
      else if (box.scrollTop < last) set(false);
      last = box.scrollTop;
    },
    signal,
  );
  const sizes = new ResizeObserver(follow);
  sizes.observe(content);
  sizes.observe(box);
  listen(signal, "abort", () => sizes.disconnect());
  return {
    toEnd() {
      held = false;
      set(true);
      follow();
    },
    hold() {
      held = stuck;
    },
  };
}
