import { listen } from "../listen.js";
import { el, setText } from "./dom.js";
import { clock, minutes } from "./format.js";

/**
 * How long the session has been open: by the second while one talks, else by the minute. It goes only while it is seen.
 *
 * @param {AbortSignal} signal Stops it.
 * @returns {{element: HTMLElement, show: (since: number | null, calm: boolean) => void}} The time, and how to start or
 *   clear it.
 */
export function createClock(signal) {
  const element = el("span", { class: "rt-time", role: "timer" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {number | null} */
  let start = null;
  let calm = false;
  let seen = false;

  const run = () => {
    clearTimeout(timer);
    const age = start === null ? 0 : Date.now() - start;
    const words = calm ? minutes(age) : clock(age);
    setText(element, start === null ? "" : words);
    if (start === null || !seen || document.hidden || signal.aborted) return;
    const step = calm ? 60_000 : 1000;
    timer = setTimeout(run, step - (Math.max(0, age) % step));
  };
  const sight = new IntersectionObserver(([entry]) => {
    seen = entry?.isIntersecting ?? false;
    run();
  });
  sight.observe(element);
  listen(document, "visibilitychange", run, signal);
  listen(signal, "abort", () => {
    clearTimeout(timer);
    sight.disconnect();
  });
  return {
    element,
    show(since, quiet) {
      if (since === start && quiet === calm) return;
      start = since;
      calm = quiet;
      run();
    },
  };
}
