import assert from "node:assert/strict";
import { test } from "node:test";
import { revealTo, spokenTo } from "../src/card/captions.js";
import { INITIAL_STATE } from "../src/state.js";

/** @import {CaptionMark, CardState, Item} from "../src/types.js" */

/** "one two three": each word ends after its time. @type {CaptionMark[]} */
const MARKS = [
  [4, 300],
  [8, 600],
  [13, 1100],
];

/** @type {Pick<Item, "id" | "role" | "status">} */
const ITEM = { id: "a", role: "assistant", status: "in_progress" };
const DONE = { ...ITEM, status: /** @type {const} */ ("completed") };

/** @type {CardState} */
const SPEAKING = {
  ...INITIAL_STATE,
  status: "speaking",
  voice: "alloy",
  owner: "me",
  playing: true,
  captions: new Map([["a", MARKS]]),
  playhead: { item_id: "a", content_index: 0, played_samples: 0 },
};

/** @param {number} ms How much of the item was heard. @param {string} [item_id] Of which item. */
const at = (ms, item_id = "a") => ({
  ...SPEAKING,
  playhead: { item_id, content_index: 0, played_samples: ms * 24 },
});

test("a word appears when the voice begins it", () => {
  assert.equal(revealTo(ITEM, at(0), true), 4);
  assert.equal(revealTo(ITEM, at(299), true), 4);
  assert.equal(revealTo(ITEM, at(300), true), 8);
  assert.equal(revealTo(ITEM, at(1099), true), 13);
  assert.equal(revealTo(ITEM, at(5000), true), 13);
});

test("the place among many marks is the first that is not over", () => {
  const marks = Array.from(
    { length: 1000 },
    (_, n) => /** @type {CaptionMark} */ ([n + 1, (n + 1) * 10]),
  );
  for (let ms = 0; ms < 9990; ms += 7)
    assert.equal(spokenTo(marks, ms), Math.floor(ms / 10) + 1);
  assert.equal(spokenTo(marks, 1e6), 1000);
});

test("words wait for the voice until it has begun, and stay while it pauses", () => {
  const silent = { ...SPEAKING, playhead: null };
  assert.equal(revealTo(ITEM, { ...silent, captions: new Map() }, false), 0);
  assert.equal(revealTo(ITEM, silent, false), 0);
  assert.equal(revealTo(DONE, silent, false), 0);
  assert.equal(revealTo(DONE, silent, true), 0, "a gap shows nothing more");
  assert.equal(
    revealTo(DONE, at(100, "before"), false),
    0,
    "it is not its turn",
  );
});

test("a voice without captions does not keep its words back for long", () => {
  const captions = new Map();
  assert.equal(revealTo(ITEM, { ...at(900), captions }, true), 0);
  assert.equal(revealTo(ITEM, { ...at(1100), captions }, true), Infinity);
});

test("what was heard to its end is shown to its end", () => {
  const over = { ...SPEAKING, playhead: null, playing: false };
  assert.equal(revealTo(DONE, over, true), Infinity);
  assert.equal(revealTo(DONE, at(100, "next"), true), Infinity);
  assert.equal(
    revealTo(DONE, { ...over, captions: new Map() }, false),
    Infinity,
  );
});

test("words that no voice says here appear at once", () => {
  const all = (
    /** @type {Partial<CardState>} */ patch,
    /** @type {Partial<Item>} */ item = {},
  ) => revealTo({ ...ITEM, ...item }, { ...SPEAKING, ...patch }, false);
  const preferences = { ...SPEAKING.preferences, captions: "at_once" };
  assert.equal(all({}), 4);
  assert.equal(
    all({ preferences: /** @type {CardState["preferences"]} */ (preferences) }),
    Infinity,
  );
  assert.equal(all({ voice: "none" }), Infinity);
  assert.equal(all({ owner: "other" }), Infinity);
  assert.equal(all({ sound_blocked: true }), Infinity);
  assert.equal(all({ status: "disconnected" }), Infinity);
  assert.equal(all({ kernel: "restarted" }), Infinity);
  assert.equal(all({}, { role: "user" }), Infinity);
  assert.equal(all({}, { status: "interrupted" }), Infinity);
});
