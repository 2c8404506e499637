import assert from "node:assert/strict";
import { test } from "node:test";
import { PROCESSING, page } from "./engine-page.js";
import { settled } from "./fake-audio.js";
import { present } from "./signals.js";

test("a device is one thing and the gate another", async () => {
  const { browser, engine, devices, samples, state, patches } = page();
  assert.equal(engine.capturing, false);
  const starting = engine.startMicrophone("usb", PROCESSING);
  assert.equal(engine.capturing, true);
  await starting;
  await settled();
  assert.deepEqual(devices, ["starting  0", "on USB Mic 48000"]);
  assert.deepEqual(browser.devices.asked, [
    {
      ...PROCESSING,
      channelCount: { ideal: 1 },
      deviceId: { exact: "usb" },
    },
  ]);
  assert.equal(state.microphone_label, "USB Mic");
  assert.deepEqual(state.microphones, [
    { value: "default", label: "Default - Built-in" },
    { value: "usb", label: "USB Mic" },
  ]);
  await browser.speak(0.5, 500);
  assert.equal(samples.length, 0);
  assert.ok(patches.every(({ microphone_level }) => !microphone_level));
  await engine.setGate(true);
  await settled();
  await browser.speak(0.25, 250);
  assert.equal(samples.length, 4800);
  const ms = await engine.setGate(false);
  assert.ok(Math.abs(ms - 250) < 3, String(ms));
  assert.equal(samples.length, ms * 24);
  await browser.speak(0.5, 500);
  assert.equal(samples.length, ms * 24);
  assert.equal(state.microphone_level, 0);
});

test("a gate that opens while the device does: sound from its first sample on", async () => {
  const { browser, engine, samples, devices } = page({ rate: 24000 });
  /** @type {() => void} */
  let allow = () => {};
  browser.devices.permission = new Promise((resolve) => {
    allow = resolve;
  });
  assert.equal(await engine.setGate(true), 0);
  const starting = engine.startMicrophone("", PROCESSING);
  await settled();
  assert.equal(browser.microphone?.hear !== null, true);
  // The device's first sound comes before the page knows that it is open.
  await browser.speak(0.5, 100);
  assert.deepEqual(samples, []);
  allow();
  await starting;
  await settled();
  assert.equal(devices.at(-1), "on Default - Built-in 24000");
  await browser.speak(0.25, 100);
  await engine.setGate(false);
  const loud = samples.filter((x) => x === 16384).length;
  assert.ok(loud >= 2300, String(loud));
  assert.ok(samples.length >= 4600, String(samples.length));
});

test("a gate that closes before the device is there: nothing came through", async () => {
  const { browser, engine, samples } = page({ rate: 24000 });
  await engine.setGate(true);
  const starting = engine.startMicrophone("", PROCESSING);
  assert.equal(await engine.setGate(false), 0);
  await starting;
  await browser.speak(0.5, 300);
  assert.deepEqual(samples, []);
  await engine.setGate(true);
  await settled();
  await browser.speak(0.25, 300);
  assert.ok(samples.length >= 4800);
  assert.ok(samples.every((x) => x === 8192));
});

test("a gate that opens while the person is still asked: nothing of before, all from then on", async () => {
  const { browser, engine, samples } = page({ rate: 24000 });
  /** @type {() => void} */
  let allow = () => {};
  browser.devices.permission = new Promise((resolve) => {
    allow = resolve;
  });
  const starting = engine.startMicrophone("", PROCESSING);
  await settled();
  await browser.speak(0.5, 100);
  await engine.setGate(true);
  allow();
  await starting;
  await settled();
  await browser.speak(0.25, 100);
  await engine.setGate(false);
  assert.ok(samples.length >= 2300);
  assert.ok(samples.every((x) => x === 8192));
});

test("another device in the middle of a turn: first all of the one, then the other", async () => {
  const { browser, engine, samples, devices } = page({ rate: 24000 });
  await engine.setGate(true);
  await engine.startMicrophone("", PROCESSING);
  await settled();
  await browser.speak(0.5, 130);
  const first = present(browser.microphone);
  await engine.startMicrophone("usb", PROCESSING);
  await settled();
  await browser.speak(0.25, 130);
  const ms = await engine.setGate(false);
  assert.deepEqual(devices, [
    "starting  0",
    "on Default - Built-in 24000",
    "starting  0",
    "on USB Mic 24000",
  ]);
  const turn = samples.findIndex((x) => x !== 16384);
  assert.ok(Math.abs(turn / 24 - 130) < 6);
  assert.ok(samples.slice(turn).every((x) => x === 8192));
  assert.equal(ms, samples.length / 24);
  assert.equal(first.state, "closed");
  assert.equal(browser.devices.streams[0]?.track.readyState, "ended");
  assert.equal(browser.devices.streams[1]?.track.readyState, "live");
});

test("another device that cannot be opened leaves the one that is open", async () => {
  const { browser, engine, samples, devices, state } = page({ rate: 24000 });
  await engine.setGate(true);
  await engine.startMicrophone("usb", PROCESSING);
  await settled();
  browser.devices.getUserMedia = async () => {
    throw new DOMException("", "NotReadableError");
  };
  await engine.startMicrophone("", PROCESSING);
  await settled();
  assert.equal(state.microphone_fault?.code, "busy");
  assert.notEqual(devices.at(-1), "off  0");
  const context = present(browser.contexts[0]);
  assert.equal(context.state, "running");
  context.hear?.([new Float32Array(2400).fill(0.5)]);
  await engine.setGate(false);
  assert.equal(samples.length, 2400);
});

test("a microphone that is pulled out in mid-turn: the browser's choice goes on, and it is said", async () => {
  const { browser, engine, samples, devices, state } = page({ rate: 24000 });
  await engine.setGate(true);
  await engine.startMicrophone("usb", PROCESSING);
  await settled();
  await browser.speak(0.5, 130);
  browser.devices.list = browser.devices.list.slice(0, 1);
  present(browser.devices.streams[0]).track.end();
  browser.devices.change(browser.devices.list);
  await settled();
  await browser.speak(0.25, 130);
  await engine.setGate(false);
  assert.deepEqual(devices.slice(2), [
    "starting  0",
    "on Default - Built-in 24000",
  ]);
  assert.match(
    String(state.microphone_fault?.message),
    /“USB Mic” is gone; “Default - Built-in” is used/,
  );
  assert.equal(samples.filter((x) => x === 16384).length, 24 * 128);
  assert.equal(samples.filter((x) => x === 8192).length, 24 * 128);
  assert.equal(browser.devices.asked.length, 2);
  assert.deepEqual(browser.devices.asked[1], {
    ...PROCESSING,
    channelCount: { ideal: 1 },
  });
});

test("the last microphone is pulled out: what was said is kept, and it is off", async () => {
  const { browser, engine, samples, devices, state } = page({ rate: 24000 });
  await engine.setGate(true);
  await engine.startMicrophone("usb", PROCESSING);
  await settled();
  await browser.speak(0.5, 130);
  browser.devices.list = [];
  present(browser.devices.streams[0]).track.end();
  await settled();
  assert.equal(samples.length, 24 * 128);
  assert.equal(state.microphone_fault?.code, "lost");
  assert.match(String(state.microphone_fault?.message), /USB Mic/);
  assert.equal(devices.at(-1), "off  0");
  assert.equal(engine.capturing, false);
  assert.equal(await engine.setGate(false), 128);
  assert.ok(browser.contexts.every(({ state }) => state === "closed"));
});

test("a device that is gone from the list, or another default, is followed", async () => {
  const { browser, engine, devices, state } = page();
  await engine.startMicrophone("", PROCESSING);
  await settled();
  const usb = { deviceId: "usb", label: "USB Mic" };
  browser.devices.change([
    { deviceId: "default", label: "Default - USB" },
    usb,
  ]);
  await settled();
  assert.equal(devices.at(-1), "on Default - USB 48000");
  assert.equal(state.microphone_fault?.code, undefined);
  await engine.startMicrophone("usb", PROCESSING);
  await settled();
  browser.devices.change([{ deviceId: "other", label: "Other" }]);
  await settled();
  assert.equal(devices.at(-1), "on Other 48000");
  assert.match(String(state.microphone_fault?.message), /“USB Mic” is gone/);
  assert.deepEqual(state.microphones, [{ value: "other", label: "Other" }]);
});

test("a device that was chosen once and is not there: another is used, and it is said", async () => {
  const { engine, devices, state } = page();
  await engine.startMicrophone("old", PROCESSING);
  await settled();
  assert.equal(devices.at(-1), "on Default - Built-in 48000");
  assert.equal(state.microphone_fault?.code, "absent");
  assert.match(String(state.microphone_fault?.message), /not found.*Built-in/);
});

test("no microphone at all is said, and it is off", async () => {
  const { browser, engine, devices, state } = page();
  browser.devices.list = [];
  await engine.startMicrophone("", PROCESSING);
  assert.equal(state.microphone_fault?.code, "absent");
  assert.deepEqual(devices, ["starting  0", "off  0"]);
  await settled();
  assert.ok(browser.contexts.every((context) => context.state === "closed"));
});

test("stopped gives its last sound; stopped while it opens never opens", async () => {
  const { browser, engine, samples, devices } = page({ rate: 24000 });
  await engine.setGate(true);
  await engine.startMicrophone("", PROCESSING);
  await settled();
  await browser.speak(0.5, 30);
  await engine.stopMicrophone();
  assert.ok(samples.length > 600);
  assert.equal(devices.at(-1), "off  0");
  const starting = engine.startMicrophone("", PROCESSING);
  void engine.stopMicrophone();
  await starting;
  await settled();
  assert.equal(devices.filter((told) => told.startsWith("on")).length, 1);
  assert.ok(browser.contexts.every(({ state }) => state === "closed"));
  const tracks = browser.devices.streams.map(({ track }) => track);
  assert.ok(tracks.every(({ readyState }) => readyState === "ended"));
});

test("a microphone that some switch has turned off is noticed", async () => {
  const { browser, engine, state } = page();
  await engine.startMicrophone("", PROCESSING);
  await settled();
  const { track } = present(browser.devices.streams[0]);
  track.mute(true);
  assert.equal(state.microphone_silent, true);
  track.mute(false);
  assert.equal(state.microphone_silent, false);
  await browser.speak(0, 3100);
  assert.equal(state.microphone_silent, true);
  await browser.speak(0.01, 10);
  assert.equal(state.microphone_silent, false);
  await browser.speak(0, 3100);
  await engine.stopMicrophone();
  assert.equal(state.microphone_silent, false);
});

test("the ear hears while the gate is open", async () => {
  const { browser, engine, ears } = page({ rate: 24000 });
  await engine.startMicrophone("", PROCESSING);
  const { hear } = present(browser.microphone);
  const loud = Float32Array.from({ length: 2400 }, (_, i) =>
    Math.sin(i / 6) > 0 ? 0.2 : -0.2,
  );
  hear?.([loud]);
  await settled();
  assert.deepEqual(ears, []);
  await engine.setGate(true);
  await settled();
  hear?.([new Float32Array(2400)]);
  hear?.([loud]);
  await settled();
  assert.deepEqual(ears, [true]);
  await engine.setGate(false);
  assert.deepEqual(ears, [true, false]);
});
