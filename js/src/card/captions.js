/** @import {CaptionMark, CardState, Item} from "../types.js" */

const SAMPLES_PER_MS = 24;
/** Captions that have not come after so much of the sound do not come at all. */
const PATIENCE_MS = 1000;

/** What decides how much of an answer is in sight. */
export const CAPTION_KEYS = /** @type {const} */ ([
  "captions",
  "playhead",
  "playing",
  "preferences",
  "owner",
  "sound_blocked",
  "voice",
  "status",
  "kernel",
]);

/** @typedef {Pick<CardState, typeof CAPTION_KEYS[number]>} CaptionState */

/**
 * @param {readonly CaptionMark[]} marks Of an item, at least one.
 * @param {number} ms How much of its sound was heard.
 * @returns {number} Where the word ends that is being said, in UTF-16 units.
 */
export function spokenTo(marks, ms) {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.[1] ?? 0) > ms) high = middle;
    else low = middle + 1;
  }
  return marks[low]?.[0] ?? 0;
}

/**
 * Whether words of an item wait for the voice at all: only where it can be heard on this page.
 *
 * @param {Pick<Item, "role" | "status">} item A turn.
 * @param {CaptionState} state The card's state.
 */
function isPaced({ role, status }, state) {
  const spoken = role === "assistant" && state.voice !== "none";
  const open = status === "in_progress" || status === "completed";
  const here = state.owner !== "other" && !state.sound_blocked;
  const live = state.kernel === "live" && state.status !== "disconnected";
  return (
    state.preferences.captions === "voice" && spoken && open && here && live
  );
}

/**
 * How much of an answer's text may be in sight, as far as the voice has come.
 *
 * @param {Pick<Item, "id" | "role" | "status">} item A turn.
 * @param {CaptionState} state The card's state.
 * @param {boolean} begun Whether its sound has been heard before.
 * @returns {number} A position in UTF-16 units: 0 for no more than is in sight already, Infinity for everything.
 */
export function revealTo(item, state, begun) {
  if (!isPaced(item, state)) return Infinity;
  const { captions, playhead, playing } = state;
  const marks = captions.get(item.id) ?? [];
  const open = item.status === "in_progress";
  const here = playhead?.item_id === item.id;
  const heardMs = here ? playhead.played_samples / SAMPLES_PER_MS : 0;
  if (marks.length === 0) return open && heardMs < PATIENCE_MS ? 0 : Infinity;
  if (here) return spokenTo(marks, heardMs);
  const waits = playing && (!begun || playhead === null);
  return open || waits ? 0 : Infinity;
}
