import assert from "node:assert/strict";
import { test } from "node:test";
import { Resampler } from "../src/audio/resampler.js";
import { amplitude, decibels, random, rms, tone } from "./signals.js";

/**
 * @param {Float32Array} input The signal.
 * @param {number} from Its rate.
 * @param {number} to The wanted rate.
 * @param {() => number} [size] Length of the next block.
 */
function resample(input, from, to, size = () => 128) {
  const resampler = new Resampler(from, to);
  const output = new Float32Array(Math.ceil((input.length * to) / from) + 1024);
  let written = 0;
  for (let at = 0; at < input.length; ) {
    const count = Math.min(size(), input.length - at);
    resampler.push(input, at, count);
    at += count;
    written += resampler.pull(output, written, output.length - written);
  }
  return output.subarray(0, written);
}

/** @param {Float32Array} samples A signal, without its beginning and end. */
const middle = (samples) =>
  samples.subarray(
    Math.floor(samples.length * 0.1),
    Math.floor(samples.length * 0.9),
  );

const RATES = [8000, 11025, 16000, 22050, 32000, 44100, 47999.5, 48000, 96000];

for (const rate of RATES) {
  test(`${rate} Hz to 24 kHz keeps duration, pitch, loudness and time`, () => {
    const input = tone(1000, rate, Math.round(rate * 2));
    const output = resample(input, rate, 24000);
    const lag = new Resampler(rate, 24000).delay / rate;
    assert.ok(Math.abs(output.length / 24000 + lag - 2) < 0.002);
    const expected = tone(1000, 24000, output.length);
    const error = middle(output.map((x, i) => x - (expected[i] ?? 0)));
    assert.ok(decibels(rms(error) / 0.35) < -60);
  });

  test(`24 kHz to ${rate} Hz is the same tone at the same time`, () => {
    const output = resample(tone(1000, 24000, 48000), 24000, rate);
    const expected = tone(1000, rate, output.length);
    const error = middle(output.map((x, i) => x - (expected[i] ?? 0)));
    assert.ok(decibels(rms(error) / 0.35) < -60);
  });
}

for (const rate of [32000, 44100, 47999.5, 48000, 96000]) {
  test(`from ${rate} Hz nothing above 12 kHz folds back`, () => {
    for (const hz of [12000, 12400, 13000, 15000, 15900]) {
      const output = middle(resample(tone(hz, rate, rate), rate, 24000));
      assert.ok(decibels(rms(output) / 0.35) < -78, `${hz} Hz`);
    }
  });

  test(`from ${rate} Hz the speech band passes unchanged`, () => {
    for (const hz of [100, 300, 3400, 7000, 10000]) {
      const output = middle(resample(tone(hz, rate, rate), rate, 24000));
      const change = decibels(amplitude(output, hz, 24000) / 0.5);
      assert.ok(Math.abs(change) < 0.1, `${hz} Hz: ${change} dB`);
    }
  });
}

for (const rate of [8000, 44100, 47999.5, 48000, 96000]) {
  test(`${rate} Hz: blocks of any size give what one size gives`, () => {
    const input = tone(777, rate, rate);
    const next = random(7);
    const whole = resample(input, rate, 24000);
    const pieces = resample(input, rate, 24000, () => 1 + next(128));
    assert.deepEqual(pieces, whole);
  });
}

test("an hour's worth of steps does not drift at a ratio without a divisor", () => {
  const rate = 47999.5;
  const resampler = new Resampler(rate, 24000, 128);
  const block = new Float32Array(128);
  const output = new Float32Array(128);
  const blocks = 100_000;
  let written = 0;
  for (let i = 0; i < blocks; i += 1) {
    resampler.push(block, 0, 128);
    written += resampler.pull(output, 0, 128);
  }
  const exact = ((blocks * 128 - resampler.delay) * 24000) / rate;
  assert.ok(Math.abs(written - exact) < 2);
});

test("needed says exactly what a pull wants", () => {
  for (const rate of [8000, 44100, 48000, 47999.5]) {
    const resampler = new Resampler(24000, rate, 512);
    const input = tone(500, 24000, 512);
    const output = new Float32Array(128);
    for (let i = 0; i < 500; i += 1) {
      const missing = resampler.needed(128);
      if (missing > 1) {
        resampler.push(input, 0, missing - 1);
        const early = resampler.pull(output, 0, 128);
        assert.ok(early < 128);
        resampler.push(input, 0, 1);
        assert.equal(early + resampler.pull(output, early, 128 - early), 128);
      } else {
        resampler.push(input, 0, missing);
        assert.equal(resampler.pull(output, 0, 128), 128);
      }
    }
  }
});
