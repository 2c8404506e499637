import { createButton } from "./button.js";
import { el } from "./dom.js";
import { createInvitation } from "./invitation.js";
import { createTurn } from "./turn.js";

/** @import {CardActions, Item} from "../types.js" */
/** @import {Part} from "./card.js" */

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
function stickToEnd(box, content, told, signal) {
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

/**
 * Brings the rows into the order of the items; only rows of new or changed items are touched.
 *
 * @param {HTMLElement} list Where the rows stand.
 * @param {Map<string, ReturnType<typeof createTurn>>} turns The rows by item id.
 * @param {readonly Item[]} items The conversation.
 */
function arrange(list, turns, items) {
  const gone = new Set(turns.keys());
  let place = list.firstElementChild;
  for (const item of items) {
    gone.delete(item.id);
    const turn = turns.get(item.id) ?? createTurn(item);
    turns.set(item.id, turn);
    turn.update(item);
    if (turn.element === place) place = place.nextElementSibling;
    else list.insertBefore(turn.element, place);
  }
  for (const id of gone) {
    turns.get(id)?.element.remove();
    turns.delete(id);
  }
}

/**
 * The conversation as it happens, and an invitation where there is none yet.
 *
 * @param {object} options
 * @param {CardActions} options.actions What the suggestions do.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} The middle of the card.
 */
export function createTranscript({ actions, signal }) {
  const list = el("div", { class: "rt-turns" });
  const log = el(
    "div",
    { class: "rt-log", role: "log", "aria-label": "Conversation", tabindex: 0 },
    list,
  );
  const invitation = createInvitation({ actions, signal });
  const latest = createButton(
    { name: "Latest", icon: "arrowDown", kind: "latest", hidden: true },
    () => stick.toEnd(),
    signal,
  );
  const stick = stickToEnd(
    log,
    list,
    (stuck) => latest.show({ hidden: stuck }),
    signal,
  );
  /** @type {Map<string, ReturnType<typeof createTurn>>} */
  const turns = new Map();
  const element = el(
    "div",
    { class: "rt-talk" },
    log,
    invitation.element,
    latest.element,
  );
  return {
    element,
    reads: ["items", ...invitation.reads],
    update(state, changed) {
      if (changed.has("items")) arrange(list, turns, state.items);
      invitation.element.hidden = state.items.length > 0;
      invitation.update(state, changed);
    },
  };
}
