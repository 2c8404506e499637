/** @import {CardActions, CardState} from "../types.js" */

const TYPING = "input:not([type=range]), textarea, select, [contenteditable]";

/**
 * Esc stops speech anywhere in the card, M mutes outside of text fields; the notebook's own shortcuts stay out.
 *
 * @param {HTMLElement} root The card's outermost element.
 * @param {{actions: CardActions, now: () => CardState, signal: AbortSignal}} options What the keys do, and until when.
 */
export function bindKeys(root, { actions, now, signal }) {
  root.tabIndex = 0;
  root.dataset.lmSuppressShortcuts = "true";

  /** @type {Record<string, (typing: boolean) => void>} */
  const keys = {
    Escape: () => actions.stopSpeaking(),
    m: (typing) => typing || actions.setMuted(!now().muted),
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.stopPropagation();
      if (event.repeat || event.isComposing) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const typing =
        event.target instanceof Element && event.target.matches(TYPING);
      keys[name]?.(typing);
    },
    { signal },
  );
  for (const type of /** @type {const} */ (["keypress", "keyup"]))
    root.addEventListener(type, (event) => event.stopPropagation(), { signal });
}
