import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOPE_SAMPLES, Slopes } from "../src/audio/fade.js";
import { PcmQueue } from "../src/audio/queue.js";

test("slopes touch 5 ms, and no sample becomes zero", () => {
  const slopes = new Slopes();
  const queue = new PcmQueue();
  queue.push("a", new Int16Array(1000).fill(1));
  assert.equal(slopes.cut(queue), SLOPE_SAMPLES);
  assert.equal(slopes.cut(queue), 0);
  const target = new Float32Array(300);
  assert.equal(slopes.rest(target, 0, 300), SLOPE_SAMPLES);
  slopes.rise();
  slopes.read(queue, target, SLOPE_SAMPLES, 180);
  assert.ok(target.every((x) => x > 0));
  assert.equal(target[299], 1 / 32768);
});
