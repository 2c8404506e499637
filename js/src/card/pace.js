import { listen } from "../listen.js";

/**
 * Lets values through at most once per `gap`, the first at once and the last always.
 *
 * @template T
 * @param {(value: T) => void} send Gets the values that come through.
 * @param {number} gap Milliseconds between two of them.
 * @param {AbortSignal} signal Drops what still waits.
 * @returns {{push: (value: T) => void, flush: () => void}} `push` offers a value, `flush` sends a waiting one now.
 */
export function pace(send, gap, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {{value: T} | null} */
  let waiting = null;

  const release = () => {
    if (!waiting) return;
    const { value } = waiting;
    waiting = null;
    send(value);
  };
  const tick = () => {
    timer = undefined;
    if (!waiting) return;
    timer = setTimeout(tick, gap);
    release();
  };
  listen(signal, "abort", () => {
    clearTimeout(timer);
    waiting = null;
  });
  return {
    push(value) {
      if (signal.aborted) return;
      waiting = { value };
      if (timer !== undefined) return;
      timer = setTimeout(tick, gap);
      release();
    },
    flush: release,
  };
}
