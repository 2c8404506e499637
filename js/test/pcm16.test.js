import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeBase64,
  decodePcm16,
  encodeBase64,
  encodePcm16,
  floatToPcm16,
} from "../src/audio/pcm16.js";
import { counter, random } from "./signals.js";

test("every PCM16 value comes back from a float unchanged", () => {
  const all = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
  const floats = Float32Array.from(all, (value) => value / 32768);
  const back = new Int16Array(65536);
  floatToPcm16(floats, 0, back, 0, 65536);
  assert.deepEqual(back, all);
});

test("too loud is clipped, not wrapped; what is not a number is silence", () => {
  const target = new Int16Array(6);
  const loud = Float32Array.of(0, 1, 1.5, -1, -7, Number.NaN);
  floatToPcm16(loud, 1, target, 1, 5);
  assert.deepEqual([...target], [0, 32767, 32767, -32768, -32768, 0]);
});

test("base64 is what everybody else's is, at every length", () => {
  const next = random(3);
  for (const length of [0, 1, 2, 3, 4, 4799, 8191, 8192, 8193, 20000]) {
    const bytes = Uint8Array.from({ length }, () => next(256));
    const text = Buffer.from(bytes).toString("base64");
    assert.equal(encodeBase64(bytes), text);
    assert.deepEqual(decodeBase64(text), bytes);
  }
});

test("PCM16 goes through base64, also from the middle of a buffer", () => {
  const pcm = counter(0, 4800);
  assert.deepEqual(decodePcm16(encodePcm16(pcm)), pcm);
  const part = pcm.subarray(100, 2500);
  assert.deepEqual([...decodePcm16(encodePcm16(part))], [...part]);
});

test("half a sample is left out, and what is not base64 is refused", () => {
  assert.equal(decodePcm16(btoa("abc")).length, 1);
  assert.throws(() => decodePcm16("%%%"));
});
