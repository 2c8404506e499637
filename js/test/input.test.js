/** @import {AudioListener} from "../src/audio/engine.js" */
/** @import {CardState, Preferences} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Input } from "../src/input.js";
import { DEFAULT_PREFERENCES } from "../src/preferences.js";
import { createStore, INITIAL_STATE } from "../src/state.js";
import { fakeEngine, settled } from "./fake-engine.js";
import { counter } from "./signals.js";

/**
 * A person's side over a device that is played by the test, and what goes to the kernel.
 *
 * @param {Partial<CardState>} [state] What the card shows.
 */
function speaking(state = {}) {
  /** @type {string[]} */
  const sent = [];
  const store = createStore({ ...INITIAL_STATE, ...state });
  /** @type {Partial<AudioListener>} */
  const listener = {};
  const device = fakeEngine(listener);
  const input = new Input({
    store,
    audio: device.audio,
    uplink: {
      begin: (label) => sent.push(`on ${label}`),
      end: () => sent.push("off"),
      push: (pcm) => sent.push(`sound ${pcm[0]}`),
    },
  });
  listener.onDevice = (...now) => input.device(...now);
  /** @param {number} first Its first sample. */
  const hears = (first) => input.chunk(counter(first, 2400), first);
  return { ...device, input, store, sent, hears };
}

/** @param {Partial<Preferences>} change What is not as usual. */
const prefer = (change) => ({
  preferences: { ...DEFAULT_PREFERENCES, ...change },
});

test("a microphone that is switched on is heard until it is switched off", async () => {
  const { input, store, sent, did, opens, hears } = speaking({
    microphone_id: "usb",
  });
  input.start();
  assert.equal(store.get().microphone, "starting");
  opens();
  assert.equal(store.get().microphone, "on");
  await settled();
  hears(1);
  await input.stop();
  await settled();
  assert.equal(store.get().microphone, "off");
  assert.deepEqual(sent, ["on Built-in", "sound 2", "off"]);
  assert.deepEqual(did, [
    "gate open",
    "microphone usb",
    "gate shut",
    "no microphone",
  ]);
});

test("sound from before the gate's closing is sent before the end is told", async () => {
  const { input, sent, audio, opens, hears } = speaking();
  /** @type {((ms: number) => void)[]} */
  const shut = [];
  audio.setGate = (open) =>
    open
      ? Promise.resolve(0)
      : new Promise((resolve) => {
          shut.push(resolve);
        });
  input.start();
  opens();
  await settled();
  void input.stop();
  await settled();
  assert.deepEqual(sent, ["on Built-in"]);
  hears(1);
  shut[0]?.(100);
  await settled();
  assert.deepEqual(sent, ["on Built-in", "sound 2", "off"]);
});

test("a key that is held opens the gate at once, and the device stays for the next press", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, store, sent, did, opens } = speaking();
  input.press();
  assert.equal(store.get().holding, true);
  opens();
  await input.letGo();
  assert.equal(store.get().holding, false);
  assert.equal(store.get().microphone, "off");
  assert.equal(store.get().hold_longer, false);
  input.press();
  assert.equal(store.get().microphone, "on");
  await input.letGo();
  await settled();
  assert.deepEqual(sent, ["on Built-in", "off", "on Built-in", "off"]);
  assert.deepEqual(did, [
    "gate open",
    "microphone any",
    "gate shut",
    "gate open",
    "gate shut",
  ]);
  t.mock.timers.tick(59_999);
  assert.equal(did.at(-1), "gate shut");
  t.mock.timers.tick(1);
  assert.equal(did.at(-1), "no microphone");
});

test("a press that is too short says so, for a while", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, store, now, opens } = speaking();
  now.captured = 50;
  input.press();
  opens();
  await input.letGo();
  assert.equal(store.get().hold_longer, true);
  t.mock.timers.tick(4000);
  assert.equal(store.get().hold_longer, false);
  await input.letGo();
  assert.equal(store.get().hold_longer, false);
});

test("the next press takes the hint away", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, store, now, opens } = speaking();
  now.captured = 50;
  input.press();
  opens();
  await input.letGo();
  input.press();
  assert.equal(store.get().hold_longer, false);
});

test("a key that is let go before the device is there says nothing to the kernel", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, store, sent, now, opens } = speaking();
  now.captured = 0;
  input.press();
  await input.letGo();
  assert.equal(store.get().hold_longer, true);
  opens();
  await settled();
  assert.equal(store.get().microphone, "off");
  assert.deepEqual(sent, []);
});

test("the device that opens while the key is held is heard", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, sent, opens, hears } = speaking();
  input.press();
  await settled();
  opens();
  await settled();
  hears(1);
  await input.letGo();
  await settled();
  assert.deepEqual(sent, ["on Built-in", "sound 2", "off"]);
});

test("quick presses each have a beginning and an end, in order", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, sent, opens } = speaking();
  input.press();
  opens();
  void input.letGo();
  input.press();
  void input.letGo();
  input.press();
  await settled();
  assert.deepEqual(sent, [
    "on Built-in",
    "off",
    "on Built-in",
    "off",
    "on Built-in",
  ]);
});

test("a key that is held while the microphone is on changes nothing when it goes up", async () => {
  const { input, store, sent, now, opens } = speaking();
  now.captured = 0;
  input.start();
  opens();
  input.press();
  await input.letGo();
  await settled();
  assert.equal(store.get().microphone, "on");
  assert.equal(store.get().hold_longer, false);
  assert.deepEqual(sent, ["on Built-in"]);
});

test("a muted microphone sends nothing, and goes on when it is not", async () => {
  const { input, store, sent, did, opens } = speaking();
  input.start();
  opens();
  input.setMuted(true);
  await settled();
  assert.equal(store.get().microphone, "on");
  assert.deepEqual(sent, ["on Built-in", "off"]);
  assert.equal(did.at(-1), "gate shut");
  input.setMuted(false);
  await settled();
  assert.deepEqual(sent, ["on Built-in", "off", "on Built-in"]);
});

test("a key that is held while muted opens nothing, and asks for no longer press", async () => {
  const { input, store, sent, did, now, opens } = speaking({ muted: true });
  now.captured = 0;
  input.press();
  opens();
  await input.letGo();
  assert.equal(store.get().hold_longer, false);
  assert.deepEqual(sent, []);
  assert.ok(!did.includes("gate open"));
});

test("a half-duplex microphone sends nothing while the assistant is heard, nor of the room just after", () => {
  const { input, store, sent, hears } = speaking(prefer({ half_duplex: true }));
  hears(1);
  store.set({ playing: true });
  hears(2);
  store.set({ playing: false, replaying: "old" });
  hears(3);
  store.set({ replaying: null });
  for (const chunk of [4, 5, 6, 7]) hears(chunk);
  assert.deepEqual(sent, ["sound 2", "sound 7", "sound 8"]);
  store.set({ playing: true, turn_detection: { type: "push_to_talk" } });
  hears(8);
  assert.equal(sent.at(-1), "sound 9");
  assert.ok(input);
});

test("a device that is lost ends the turn, also one that a key holds", async () => {
  const { input, store, sent, opens, fails } = speaking();
  input.press();
  opens();
  fails();
  await settled();
  assert.equal(store.get().holding, false);
  assert.equal(store.get().microphone, "off");
  assert.deepEqual(sent, ["on Built-in", "off"]);
  await input.letGo();
  assert.equal(store.get().hold_longer, false);
});

test("the end of the old device does not end the press that waits for a new one", async () => {
  const { input, store, sent, audio, opens, now } = speaking();
  let ended = () => {};
  input.start();
  opens();
  audio.stopMicrophone = async () => {
    now.capturing = false;
    await new Promise((resolve) => {
      ended = () => resolve(undefined);
    });
    input.device("off", "", 0);
  };
  void input.stop();
  input.press();
  ended();
  await settled();
  assert.equal(store.get().holding, true);
  assert.equal(store.get().microphone, "starting");
  opens("USB");
  await settled();
  assert.deepEqual(sent, ["on Built-in", "off", "on USB"]);
});

test("another device or other processing is asked for only while one is open", () => {
  const { input, did, opens } = speaking();
  input.reopen();
  assert.deepEqual(did, []);
  input.start();
  opens();
  input.reopen();
  assert.deepEqual(did, ["gate open", "microphone any", "microphone any"]);
});
