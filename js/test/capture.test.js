/** @import {FromCapture} from "../src/audio/messages.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Capture } from "../src/audio/capture.js";
import { amplitude, countAt, decibels, rms, tone, voice } from "./signals.js";

/**
 * A capture whose messages are collected, with the buffers given back as the page does.
 *
 * @param {number} sampleRate Of the input.
 * @param {number} [chunkMs] Length of a chunk.
 * @param {boolean} [open] Whether the gate is.
 */
function listen(sampleRate, chunkMs = 100, open = true) {
  /** @type {FromCapture[]} */
  const said = [];
  /** @type {Int16Array[]} */
  const chunks = [];
  /** @type {Set<ArrayBuffer>} */
  const buffers = new Set();
  const capture = new Capture({
    sampleRate,
    chunkMs,
    open,
    post(message, transfer = []) {
      said.push(message);
      if (message.type !== "chunk") return;
      assert.ok(message.pcm.byteLength > 0);
      assert.deepEqual(transfer, [message.pcm]);
      buffers.add(message.pcm);
      chunks.push(new Int16Array(message.pcm.slice(0)));
      capture.receive({ type: "recycle", pcm: message.pcm });
    },
  });
  /** @param {Float32Array[]} channels Long ones, pushed by the quantum. */
  const hear = (channels) => {
    const length = channels[0]?.length ?? 0;
    for (let at = 0; at < length; at += 128) {
      capture.push(channels.map((channel) => channel.subarray(at, at + 128)));
    }
  };
  const all = () => Int16Array.from(chunks.flatMap((chunk) => [...chunk]));
  return { capture, hear, said, chunks, buffers, all };
}

test("at 24 kHz samples pass bit by bit, in chunks of 100 ms", () => {
  const { hear, chunks, all } = listen(24000);
  hear([Float32Array.from({ length: 24000 }, (_, i) => countAt(i) / 32768)]);
  assert.equal(chunks.length, 10);
  assert.ok(chunks.every((chunk) => chunk.length === 2400));
  assert.ok(all().every((value, i) => value === countAt(i)));
});

for (const rate of [8000, 16000, 44100, 48000, 96000]) {
  test(`a microphone at ${rate} Hz gives the same tone for the same time`, () => {
    const { hear, all } = listen(rate, 40);
    hear([tone(440, rate, rate * 3)]);
    const heard = Float32Array.from(all(), (value) => value / 32768);
    assert.ok(Math.abs(heard.length / 24000 - 3) <= 0.05);
    const level = amplitude(heard.subarray(2400), 440, 24000);
    assert.ok(Math.abs(decibels(level / 0.5)) < 0.1);
  });
}

test("channels are mixed: what is on one side only is heard at half", () => {
  const { hear, all } = listen(48000);
  hear([tone(440, 48000, 48000), new Float32Array(48000)]);
  const heard = Float32Array.from(all(), (value) => value / 32768);
  const change = decibels(rms(heard.subarray(2400)) / 0.3536);
  assert.ok(Math.abs(change + 6.02) < 0.1, String(change));
});

test("buffers that come back are used again", () => {
  const { hear, buffers } = listen(48000);
  hear([tone(440, 48000, 48000 * 20)]);
  assert.ok(buffers.size <= 5, `${buffers.size} buffers for 200 chunks`);
});

test("silence is sent, but its level is not told over and over", () => {
  const { hear, said } = listen(24000);
  hear([new Float32Array(24000)]);
  assert.equal(said.length, 10);
  assert.ok(said.every(({ type }) => type === "chunk"));
});

test("a level is told by the next chunk or after 100 ms", () => {
  const { hear, said } = listen(24000);
  hear([new Float32Array(2400), new Float32Array(2400)]);
  hear([new Float32Array(1280).fill(0.5)]);
  assert.deepEqual(said.slice(1), []);
  hear([new Float32Array(1120).fill(0.5)]);
  assert.equal(said.length, 2);
  const last = said.at(-1);
  assert.ok(last?.type === "chunk" && last.level === 0.5);
});

test("finish gives what is there of the last chunk, then ends", () => {
  const { capture, hear, said, all } = listen(24000);
  hear([new Float32Array(1280).fill(0.25)]);
  capture.receive({ type: "finish" });
  hear([new Float32Array(24064).fill(0.5)]);
  assert.equal(said.at(-1)?.type, "finished");
  assert.deepEqual([...all()], Array(1280).fill(8192));
});

for (const rate of [8000, 16000, 44100, 48000, 96000]) {
  test(`20 s at ${rate} Hz are 20 s, to a thousandth`, () => {
    const { capture, hear, all } = listen(rate);
    hear([new Float32Array(rate * 20).fill(0.1)]);
    capture.receive({ type: "gate", open: false });
    assert.ok(Math.abs(all().length / 24000 - 20) < 0.02);
  });
}

test("while the gate is shut nothing is said", () => {
  const { hear, said } = listen(48000, 100, false);
  hear([voice(2, 0.2)]);
  assert.deepEqual(said, []);
});

test("a gate that opens gives what comes then, and closing gives the rest first", () => {
  const { capture, hear, said, all } = listen(24000, 100, false);
  hear([new Float32Array(1280).fill(0.5)]);
  capture.receive({ type: "gate", open: true });
  hear([new Float32Array(3840).fill(0.25)]);
  capture.receive({ type: "gate", open: false });
  hear([new Float32Array(1280).fill(0.5)]);
  assert.deepEqual([...all()], Array(3840).fill(8192));
  assert.deepEqual(
    said.filter(({ type }) => type !== "level").map(({ type }) => type),
    ["chunk", "chunk", "shut"],
  );
  capture.receive({ type: "gate", open: true });
  hear([new Float32Array(2432).fill(0.125)]);
  assert.equal(all().length, 3840 + 2400);
});

test("a level that was told is taken back when the gate closes", () => {
  const { capture, hear, said } = listen(24000);
  hear([new Float32Array(2432).fill(0.25)]);
  capture.receive({ type: "gate", open: false });
  assert.deepEqual(said.slice(-2), [
    { type: "level", level: 0 },
    { type: "shut" },
  ]);
});

test("a closed gate and an ended capture still answer", () => {
  const { capture, said } = listen(24000);
  capture.receive({ type: "finish" });
  capture.receive({ type: "gate", open: false });
  assert.deepEqual(
    said.map(({ type }) => type),
    ["shut", "finished", "shut"],
  );
});

test("the ear is told of, with the gate open only, and closing ends it", () => {
  const { capture, hear, said } = listen(24000);
  const ears = () =>
    said.flatMap((m) => (m.type === "ear" ? [m.speaking] : []));
  hear([new Float32Array(24000).map((_, i) => (i % 2 ? 1e-4 : -1e-4))]);
  assert.deepEqual(ears(), []);
  hear([voice(1, 0.2)]);
  const during = ears();
  assert.ok(during.length >= 5 && during.length <= 7, String(during.length));
  capture.receive({ type: "gate", open: false });
  assert.equal(ears().at(-1), false);
  const count = ears().length;
  hear([voice(1, 0.2)]);
  assert.equal(ears().length, count);
});

for (const open of [true, false]) {
  test(`3 s of zeros are told once, gate ${open ? "open" : "shut"}, and their end too`, () => {
    const { hear, said } = listen(48000, 100, open);
    const silences = () =>
      said.flatMap((m) => (m.type === "silent" ? [m.silent] : []));
    hear([new Float32Array(48000 * 2.9), new Float32Array(48000 * 2.9)]);
    assert.deepEqual(silences(), []);
    hear([new Float32Array(48000), new Float32Array(48000)]);
    assert.deepEqual(silences(), [true]);
    hear([new Float32Array(128), new Float32Array(128).fill(1e-5)]);
    assert.deepEqual(silences(), [true, false]);
  });
}
