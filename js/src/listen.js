/**
 * Calls `act` at each event until `signal` aborts.
 *
 * @template {string} Type
 * @param {EventTarget} target What it happens to.
 * @param {Type} type Its name.
 * @param {(event: Type extends keyof HTMLElementEventMap ? HTMLElementEventMap[Type] : Event) => void} act What is done.
 * @param {AbortSignal} [signal] Until when; without it, as long as there is the target.
 */
export function listen(target, type, act, signal) {
  const each = /** @type {EventListener} */ (act);
  target.addEventListener(type, each, signal && { signal });
}
