import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { comeBack, depart, departures } from "../src/departures.js";

/** @type {Map<string, string>} */
let kept;

beforeEach(() => {
  kept = new Map();
  const value = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) =>
      kept.set(key, text),
  };
  Object.defineProperty(globalThis, "sessionStorage", {
    value,
    configurable: true,
  });
});

test("pages that go are known to those that come after them, the newest twenty", () => {
  for (let n = 0; n < 25; n += 1) depart(`page-${n}`);
  assert.equal(departures().length, 20);
  assert.equal(departures().at(-1), "page-24");
});

test("one that comes back is gone no more", () => {
  depart("a");
  depart("b");
  comeBack("a");
  assert.deepEqual(departures(), ["b"]);
});

test("what somebody else wrote there is left out", () => {
  for (const text of ["{", "{}", "7", '["a", 5, null]']) {
    kept.set("rt_widget.left", text);
    assert.deepEqual(departures(), text.startsWith("[") ? ["a"] : []);
  }
});

test("without storage nobody is known to have gone", () => {
  Object.defineProperty(globalThis, "sessionStorage", {
    get() {
      throw new DOMException("no", "SecurityError");
    },
    configurable: true,
  });
  depart("a");
  comeBack("a");
  assert.deepEqual(departures(), []);
});
