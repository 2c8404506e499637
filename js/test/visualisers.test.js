import assert from "node:assert/strict";
import { test } from "node:test";
import { VISUALISERS } from "../src/visualisers/index.js";

/** @import {Levels} from "../src/visualisers/index.js" */

/** Notes every number that is drawn with. */
function fakePen() {
  /** @type {number[]} */
  const numbers = [];
  /** @type {string[]} */
  const calls = [];
  const gradient = { addColorStop() {} };
  const pen = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (/** @type {number[]} */ ...values) => {
          calls.push(String(name));
          numbers.push(...values);
          return gradient;
        },
      set: () => true,
    },
  );
  return {
    pen: /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (pen)),
    numbers,
    calls,
  };
}

const colours = { you: "green", it: "blue", quiet: "grey" };

for (const [name, draw] of Object.entries(VISUALISERS)) {
  const show = (
    /** @type {readonly Levels[]} */ samples,
    width = 700,
    height = 34,
  ) => {
    const fake = fakePen();
    draw(fake.pen, { width, height, samples, colours });
    return fake;
  };

  test(`${name} draws any levels on any strip with finite numbers`, () => {
    const loud = Array.from({ length: 300 }, (_, n) => ({
      you: (n % 11) / 10,
      it: (n % 7) / 6,
    }));
    for (const samples of [[], loud.slice(0, 1), loud])
      for (const width of [1, 40, 360, 1000])
        for (const value of show(samples, width, 116).numbers)
          assert.ok(typeof value !== "number" || Number.isFinite(value));
  });

  test(`${name} looks at no more than the strip has room for`, () => {
    const many = Array.from({ length: 300 }, () => ({ you: 0.5, it: 0 }));
    const more = [...many, ...many, ...many];
    assert.equal(show(more, 700).calls.length, show(many, 700).calls.length);
  });
}
