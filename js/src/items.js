/** @import {CaptionMark, Item} from "./types.js" */

/** Of how many items the captions are kept: those of older ones are not spoken any more. */
const CAPTIONED = 8;

/**
 * Puts new and changed items where they belong: each behind the one that it follows.
 *
 * An item whose predecessor is not here (yet) stands at the end, and moves behind it when it comes.
 *
 * @param {readonly Item[]} items In conversation order.
 * @param {readonly Item[]} changes New ones, and new states of known ones.
 * @returns {readonly Item[]} A new list in conversation order; unchanged items are the same objects.
 */
export function upsertItems(items, changes) {
  const list = [...items];
  for (const item of changes) {
    const place = list.findLastIndex(({ id }) => id === item.id);
    const known = list[place];
    if (known === undefined) {
      insert(list, item);
    } else {
      list[place] = item;
      if (known.previous_item_id !== item.previous_item_id) {
        moveBlock(list, place, 1);
      }
    }
  }
  return list;
}

/**
 * @param {readonly Item[]} items In conversation order.
 * @param {readonly string[]} ids Of items that are gone.
 * @returns {readonly Item[]} Those that stay.
 */
export function removeItems(items, ids) {
  const gone = new Set(ids);
  return items.filter(({ id }) => !gone.has(id));
}

/**
 * Appends a delta to an answer that is being given; to one that is finished nothing is added.
 *
 * @param {readonly Item[]} items In conversation order.
 * @param {string} id The answer; when it is not here it is added at the end.
 * @param {string} delta What to append.
 * @returns {readonly Item[]} A new list, or `items` when nothing changed.
 */
export function appendText(items, id, delta) {
  const place = items.findLastIndex((item) => item.id === id);
  const item = items[place];
  if (item === undefined) return [...items, answer(items, id, delta)];
  if (item.status !== "in_progress" || delta === "") return items;
  return items.with(place, { ...item, text: item.text + delta });
}

/**
 * Adds marks to an item's captions; a page that came late knows none of those before them.
 *
 * @param {ReadonlyMap<string, readonly CaptionMark[]>} captions By item, the latest last.
 * @param {{item_id: string, from: number, marks: CaptionMark[]}} news Marks of an item from number `from` on.
 * @returns {ReadonlyMap<string, readonly CaptionMark[]>} A new map, of the latest items.
 */
export function mergeCaptions(captions, { item_id, from, marks }) {
  const [first] = marks;
  const before = (captions.get(item_id) ?? [])
    .slice(0, from)
    .filter(([, ms]) => first === undefined || ms < first[1]);
  const merged = new Map(captions).set(item_id, [...before, ...marks]);
  const [oldest] = merged.keys();
  if (merged.size > CAPTIONED && oldest !== undefined) merged.delete(oldest);
  return merged;
}

/**
 * @param {readonly Item[]} items What it follows.
 * @param {string} id Its id.
 * @param {string} text What is known of it.
 * @returns {Item} An answer of which only a delta is known.
 */
function answer(items, id, text) {
  return {
    id,
    previous_item_id: items.at(-1)?.id ?? null,
    role: "assistant",
    text,
    status: "in_progress",
    audio_ms: 0,
    heard_ms: null,
    heard_end: null,
    replayable: false,
  };
}

/**
 * @param {Item[]} list Changed in place.
 * @param {Item} item Not in it.
 */
function insert(list, item) {
  list.splice(placeFor(list, item), 0, item);
  const waiting = list.findIndex(
    ({ previous_item_id }, place) =>
      previous_item_id === item.id && list[place - 1]?.id !== item.id,
  );
  if (waiting !== -1) moveBlock(list, waiting, followers(list, waiting));
}

/**
 * @param {readonly Item[]} list Where it goes.
 * @param {Item} item What goes there.
 * @returns {number} Its place.
 */
function placeFor(list, { previous_item_id }) {
  if (previous_item_id === null) return 0;
  const previous = list.findLastIndex(({ id }) => id === previous_item_id);
  return previous === -1 ? list.length : previous + 1;
}

/**
 * @param {readonly Item[]} list In order.
 * @param {number} start Of a chain.
 * @returns {number} Length of the chain in which each follows the one before.
 */
function followers(list, start) {
  let end = start + 1;
  while (end < list.length && list[end]?.previous_item_id === list[end - 1]?.id)
    end += 1;
  return end - start;
}

/**
 * @param {Item[]} list Changed in place.
 * @param {number} start First that moves.
 * @param {number} count How many move.
 */
function moveBlock(list, start, count) {
  const block = list.splice(start, count);
  const [first] = block;
  if (first) list.splice(placeFor(list, first), 0, ...block);
}
