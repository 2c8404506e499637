import assert from "node:assert/strict";
import { test } from "node:test";
import { Ear } from "../src/audio/ear.js";
import { noise, sum, tone, voice } from "./signals.js";

/** -26 dBFS, as a browser's automatic gain gives it. */
const SPOKEN = 0.05;
/** -54 dBFS: a quiet room. */
const ROOM = 0.002;

/**
 * An ear, and what it tells with the millisecond of it.
 *
 * @param {Ear} [ear] One that has heard something already.
 */
function listen(ear = new Ear()) {
  /** @type {{ms: number, speaking: boolean}[]} */
  const told = [];
  let heard = 0;
  /** @param {Float32Array} samples Pushed by the quantum. */
  const hear = (samples) => {
    for (let at = 0; at < samples.length; at += 128) {
      const part = samples.subarray(at, at + 128);
      heard += part.length;
      if (ear.push(part, part.length)) {
        told.push({ ms: heard / 24, speaking: ear.speaking });
      }
    }
  };
  const began = () => told.find(({ speaking }) => speaking)?.ms ?? Number.NaN;
  return { ear, hear, told, began };
}

/**
 * @param {number} hz Of the mains.
 * @param {number} level Its amplitude.
 * @param {number} seconds How long.
 */
const hum = (hz, level, seconds) =>
  sum(
    ...[1, 2, 3].map((k) =>
      tone(hz * k, 24000, 24000 * seconds).map((x) => (2 * level * x) / k),
    ),
  );

test("a voice is heard within 60 ms of its first sound", () => {
  for (const level of [0.02, SPOKEN, 0.2]) {
    for (let offset = 0; offset < 240; offset += 37) {
      const { hear, began } = listen();
      hear(noise(1, ROOM));
      hear(noise(offset / 24000, ROOM));
      hear(sum(voice(1, level), noise(1, ROOM, 2)));
      const after = began() - 1000 - offset / 24;
      assert.ok(after > 0 && after <= 60, `${level}: ${after} ms`);
    }
  }
});

test("a loud one is heard within 45 ms", () => {
  const { hear, began } = listen();
  hear(noise(1, ROOM));
  hear(voice(1, 0.2));
  assert.ok(began() - 1000 <= 45, `${began() - 1000} ms`);
});

test("a voice is heard that begins in digital silence, and one that begins at once", () => {
  const { hear, began } = listen();
  hear(new Float32Array(24000));
  hear(voice(1, SPOKEN));
  assert.ok(began() - 1000 <= 60);
});

test("while somebody speaks it is told five times a second, then once more, then nothing", () => {
  const { hear, told } = listen();
  hear(noise(1, ROOM));
  hear(sum(voice(2, SPOKEN), noise(2, ROOM)));
  hear(noise(5, ROOM));
  const last = told.at(-1);
  assert.equal(last?.speaking, false);
  assert.ok(told.slice(0, -1).every(({ speaking }) => speaking));
  assert.ok(told.length >= 10 && told.length <= 14, String(told.length));
  assert.ok(Math.abs(Number(last?.ms) - 3000 - 200) < 150, String(last?.ms));
});

test("the gaps between syllables do not end it", () => {
  const { hear, told } = listen();
  hear(noise(1, ROOM));
  hear(sum(voice(3, SPOKEN), noise(3, ROOM)));
  assert.ok(told.every(({ speaking }) => speaking));
});

test("steady noise and hum are not speech, however loud", () => {
  for (const sound of [
    noise(10, 0.0005),
    noise(10, ROOM),
    noise(10, 0.02),
    noise(10, 0.1),
    hum(50, 0.2, 10),
    hum(60, 0.05, 10),
    sum(hum(50, 0.1, 10), noise(10, 0.01)),
  ]) {
    const { hear, told } = listen();
    hear(sound);
    assert.deepEqual(told, []);
  }
});

test("a fan that starts is taken for speech for 2 s at most", () => {
  const { hear, told } = listen();
  hear(noise(2, ROOM));
  hear(noise(6, 0.02, 5));
  assert.equal(told.at(-1)?.speaking, false);
  assert.ok(Number(told.at(-1)?.ms) < 4000);
});

test("in noise a voice is heard that stands out of it", () => {
  const { hear, began } = listen();
  hear(noise(3, 0.01));
  hear(sum(voice(1, 0.1), noise(1, 0.01, 9)));
  assert.ok(began() - 3000 <= 60, `${began() - 3000} ms`);
});

test("a click is no voice", () => {
  for (let offset = 0; offset < 240; offset += 40) {
    const { hear, told } = listen();
    hear(noise(1, ROOM));
    hear(noise(offset / 24000, ROOM));
    hear(noise(0.008, 0.5));
    hear(noise(1, ROOM));
    assert.deepEqual(told, []);
  }
});

test("what the speaker leaves in the microphone is no voice; a person over it is", () => {
  const { ear, hear, told, began } = listen();
  const echo = voice(3, 0.006);
  hear(noise(1, ROOM));
  ear.speaker(0.9);
  hear(sum(echo, noise(3, ROOM, 2)));
  assert.deepEqual(told, []);
  hear(sum(voice(1, 0.1), noise(1, ROOM)));
  assert.ok(began() - 4000 <= 60, `${began() - 4000} ms`);
});

test("the same is a voice when the speaker has been silent for a while", () => {
  const { ear, hear, told } = listen();
  ear.speaker(0.9);
  hear(noise(1, ROOM));
  ear.speaker(0);
  hear(noise(1, ROOM));
  hear(sum(voice(1, 0.006), noise(1, ROOM)));
  assert.equal(told[0]?.speaking, true);
});

test("after a false alarm it is less keen, for some seconds", () => {
  const faint = () => sum(voice(1, 0.007), noise(1, ROOM, 3));
  const before = listen();
  before.hear(noise(1, ROOM));
  before.hear(faint());
  assert.ok(before.told.length > 0);

  const after = listen();
  after.hear(noise(1, ROOM));
  after.ear.falseAlarm();
  after.ear.falseAlarm();
  after.hear(faint());
  assert.deepEqual(after.told, []);
  after.hear(noise(10, ROOM, 4));
  after.hear(faint());
  assert.ok(after.told.length > 0);
});
