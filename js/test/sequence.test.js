/** @import {Gap} from "../src/sequence.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SentWindow, Sequence } from "../src/sequence.js";
import { random } from "./signals.js";

/** @param {{patience?: number, limit?: number}} [options] As of `Sequence`. */
function collect(options = {}) {
  /** @type {string[]} */
  const ready = [];
  /** @type {Gap[]} */
  const gaps = [];
  /** @type {number[]} */
  const lost = [];
  const sequence = new Sequence({
    onReady: (/** @type {string} */ piece) => ready.push(piece),
    onGap: (gap) => gaps.push(gap),
    onLost: (count) => lost.push(count),
    ...options,
  });
  /** @param {number[]} numbers Pushed in this order, in epoch e. */
  const push = (...numbers) => {
    for (const seq of numbers) sequence.push("e", seq, `e${seq}`);
  };
  return { sequence, push, ready, gaps, lost };
}

test("pieces in order are delivered at once", () => {
  const { push, ready, gaps } = collect();
  push(0, 1, 2);
  assert.deepEqual(ready, ["e0", "e1", "e2"]);
  assert.deepEqual(gaps, []);
});

test("a hole is told once, and delivery goes on in order when it is filled", () => {
  const { push, ready, gaps, lost } = collect();
  push(0, 3, 4);
  assert.deepEqual(ready, ["e0"]);
  assert.deepEqual(gaps, [{ epoch: "e", from: 1, to: 2 }]);
  push(2, 1);
  assert.deepEqual(ready, ["e0", "e1", "e2", "e3", "e4"]);
  assert.equal(gaps.length, 1);
  assert.deepEqual(lost, []);
});

test("each of several holes is told", () => {
  const { push, gaps } = collect();
  push(0, 2, 5);
  assert.deepEqual(gaps, [
    { epoch: "e", from: 1, to: 1 },
    { epoch: "e", from: 3, to: 4 },
  ]);
});

test("a hole that stays open is told again", () => {
  const { push, gaps } = collect({ patience: 3 });
  push(0, 2, 3, 4, 5, 6, 7);
  assert.deepEqual(gaps, Array(2).fill({ epoch: "e", from: 1, to: 1 }));
});

test("a hole that is never filled is given up, and its size told", () => {
  const { push, ready, lost } = collect({ limit: 4 });
  push(0, 3, 4, 5);
  assert.deepEqual(ready, ["e0"]);
  push(6);
  assert.deepEqual(ready, ["e0", "e3", "e4", "e5", "e6"]);
  assert.deepEqual(lost, [2]);
  push(1, 2, 7);
  assert.equal(ready.at(-1), "e7");
  assert.equal(ready.length, 6);
});

test("what was seen is left out", () => {
  const { push, ready } = collect();
  push(0, 0, 2, 2, 1, 1, 0);
  assert.deepEqual(ready, ["e0", "e1", "e2"]);
});

test("in any order with any repeats all arrive once and in order", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const next = random(seed);
    const { push, ready, lost } = collect({ limit: 1000 });
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    const shuffled = numbers
      .flatMap((seq) => (next(4) === 0 ? [seq, seq] : [seq]))
      .map((seq) => ({ seq, key: seq + next(12) }))
      .sort((a, b) => a.key - b.key)
      .map(({ seq }) => seq);
    push(0, ...shuffled);
    assert.deepEqual(
      ready,
      numbers.map((seq) => `e${seq}`),
    );
    assert.deepEqual(lost, []);
  }
});

test("the first piece of all begins where it stands", () => {
  const { push, ready, gaps } = collect();
  push(17, 18);
  assert.deepEqual(ready, ["e17", "e18"]);
  assert.deepEqual(gaps, []);
});

test("a new epoch begins at 0; what still comes of the old one is left out", () => {
  const { sequence, push, ready, gaps } = collect();
  push(4, 6);
  sequence.push("f", 1, "f1");
  sequence.push("e", 5, "e5");
  sequence.push("f", 0, "f0");
  assert.deepEqual(ready, ["e4", "f0", "f1"]);
  assert.deepEqual(gaps.at(-1), { epoch: "f", from: 0, to: 0 });
});

test("who joins hears what comes from there on", () => {
  const { sequence, push, ready, gaps } = collect();
  sequence.join("e", 5);
  push(4, 5);
  assert.deepEqual(ready, ["e5"]);
  assert.deepEqual(gaps, []);
});

test("joining again tells what was missed, also at the very end", () => {
  const { sequence, push, ready, gaps } = collect();
  push(5, 6);
  sequence.join("e", 7);
  sequence.join("e", 2);
  assert.deepEqual(gaps, []);
  sequence.join("e", 9);
  assert.deepEqual(gaps, [{ epoch: "e", from: 7, to: 8 }]);
  push(9, 7, 8);
  assert.deepEqual(ready.slice(2), ["e7", "e8", "e9"]);
  assert.equal(gaps.length, 1);
});

test("the window keeps the last pieces, and gives a range of them", () => {
  const window = new SentWindow(3);
  for (let seq = 0; seq < 6; seq += 1) window.add(seq, `p${seq}`);
  assert.deepEqual(window.range(0, 4), ["p3", "p4"]);
  assert.deepEqual(window.range(9, 10), []);
  window.clear();
  assert.deepEqual(window.range(0, 9), []);
});
