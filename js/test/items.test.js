/** @import {CaptionMark, Item} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  appendText,
  mergeCaptions,
  removeItems,
  upsertItems,
} from "../src/items.js";

/**
 * @param {string} id Its id.
 * @param {string | null} previous What it follows.
 * @param {Partial<Item>} [rest] Other values.
 * @returns {Item} An item.
 */
const item = (id, previous, rest = {}) => ({
  id,
  previous_item_id: previous,
  role: "user",
  text: id,
  status: "completed",
  audio_ms: 0,
  heard_ms: null,
  heard_end: null,
  replayable: false,
  ...rest,
});

/** @param {readonly Item[]} items Any. */
const ids = (items) => items.map(({ id }) => id).join("");

const ABC = [item("a", null), item("b", "a"), item("c", "b")];

test("items that come in order stand in order", () => {
  assert.equal(ids(upsertItems([], ABC)), "abc");
});

test("the question that comes after its answer stands before it", () => {
  const early = upsertItems([], [item("a", null), item("c", "b")]);
  assert.equal(ids(early), "ac");
  assert.equal(ids(upsertItems(early, [item("b", "a")])), "abc");
});

test("a chain that waits for its beginning moves as one", () => {
  const early = upsertItems(
    [],
    [item("c", "b"), item("d", "c"), item("a", null), item("e", "d")],
  );
  assert.equal(ids(upsertItems(early, [item("b", "a")])), "abcde");
});

test("every order of arrival gives the same conversation", () => {
  const all = [...ABC, item("d", "c")];
  /** @param {Item[]} rest Not yet placed. @returns {Item[][]} All orders. */
  const orders = (rest) =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((first) =>
          orders(rest.filter((other) => other !== first)).map((tail) => [
            first,
            ...tail,
          ]),
        );
  for (const order of orders(all)) {
    const items = order.reduce(
      (list, next) => upsertItems(list, [next]),
      /** @type {readonly Item[]} */ ([]),
    );
    assert.equal(ids(items), "abcd", ids(order));
  }
});

test("an item put between two others pushes the second one on", () => {
  assert.equal(ids(upsertItems(ABC, [item("x", "a")])), "axbc");
});

test("a change keeps the place, and the other items are the same objects", () => {
  const changed = upsertItems(ABC, [item("b", "a", { text: "new" })]);
  assert.equal(ids(changed), "abc");
  assert.equal(changed[1]?.text, "new");
  assert.equal(changed[0], ABC[0]);
  assert.notEqual(changed, ABC);
});

test("an item whose place becomes known moves there", () => {
  const guessed = appendText(ABC, "x", "Hi");
  assert.equal(ids(guessed), "abcx");
  assert.equal(ids(upsertItems(guessed, [item("x", "b")])), "abxc");
});

test("removed items are gone, and the others stay where they are", () => {
  const rest = removeItems(ABC, ["b"]);
  assert.equal(ids(rest), "ac");
  assert.equal(ids(upsertItems(rest, [item("c", "b"), item("d", "c")])), "acd");
});

test("deltas grow an answer, until it is finished", () => {
  let items = appendText(ABC, "x", "Hel");
  items = appendText(items, "x", "lo");
  assert.deepEqual(items.at(-1), {
    id: "x",
    previous_item_id: "c",
    role: "assistant",
    text: "Hello",
    status: "in_progress",
    audio_ms: 0,
    heard_ms: null,
    heard_end: null,
    replayable: false,
  });
  const done = item("x", "c", { text: "Hello.", status: "interrupted" });
  items = upsertItems(items, [done]);
  assert.equal(appendText(items, "x", " there"), items);
});

/** @type {ReadonlyMap<string, readonly CaptionMark[]>} */
const NONE = new Map();

test("captions grow, and are corrected from where they change", () => {
  const one = mergeCaptions(NONE, {
    item_id: "a",
    from: 0,
    marks: [
      [5, 300],
      [9, 700],
    ],
  });
  const two = mergeCaptions(one, {
    item_id: "a",
    from: 1,
    marks: [
      [10, 650],
      [14, 900],
    ],
  });
  assert.deepEqual(two.get("a"), [
    [5, 300],
    [10, 650],
    [14, 900],
  ]);
  assert.equal(one.get("a")?.length, 2);
});

test("a page that missed the beginning has marks that grow all the same", () => {
  const late = mergeCaptions(NONE, {
    item_id: "a",
    from: 7,
    marks: [
      [40, 3000],
      [45, 3300],
    ],
  });
  const next = mergeCaptions(late, {
    item_id: "a",
    from: 8,
    marks: [[46, 3250]],
  });
  assert.deepEqual(next.get("a"), [
    [40, 3000],
    [46, 3250],
  ]);
});

test("captions of old items are forgotten", () => {
  let captions = NONE;
  for (let i = 0; i < 100; i += 1) {
    captions = mergeCaptions(captions, {
      item_id: `${i}`,
      from: 0,
      marks: [[1, 1]],
    });
  }
  assert.deepEqual(
    [...captions.keys()],
    ["92", "93", "94", "95", "96", "97", "98", "99"],
  );
});
