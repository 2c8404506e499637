/** How near the end, in px, still counts as the end. */
const NEAR = 24;

/**
 * Keeps a scrolling box at its end until the person scrolls up.
 *
 * @param {HTMLElement} box What scrolls.
 * @param {HTMLElement} content What grows inside it.
 * @param {(stuck: boolean) => void} told Hears whether the end is kept in sight.
 * @param {AbortSignal} signal Ends it.
 * @returns {{toEnd: () => void}} `toEnd` goes to the end and stays there.
 */
export function stickToEnd(box, content, told, signal) {
  let stuck = true;
  let last = 0;
  const set = (/** @type {boolean} */ value) => {
    if (value === stuck) return;
    stuck = value;
    told(value);
  };
  const follow = () => {
    if (stuck) box.scrollTop = box.scrollHeight;
  };
  box.addEventListener(
    "scroll",
    () => {
      const below = box.scrollHeight - box.clientHeight - box.scrollTop;
      if (below <= NEAR) set(true);
      else if (box.scrollTop < last) set(false);
      last = box.scrollTop;
    },
    { signal, passive: true },
  );
  const sizes = new ResizeObserver(follow);
  sizes.observe(content);
  sizes.observe(box);
  signal.addEventListener("abort", () => sizes.disconnect());
  return {
    toEnd() {
      set(true);
      follow();
    },
  };
}
