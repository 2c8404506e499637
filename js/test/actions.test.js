/** @import {AudioEngine} from "../src/audio/engine.js" */
/** @import {CardState, PageMessage, PlaybackPosition} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions, rememberedMicrophone } from "../src/actions.js";
import { Inbox } from "../src/inbox.js";
import { Link } from "../src/link.js";
import { createStore, INITIAL_STATE } from "../src/state.js";
import { fakeModel } from "./fake-model.js";

const POSITION = { item_id: "a", content_index: 0, played_samples: 7 };

/**
 * Actions over a written-down speaker and microphone.
 *
 * @param {Partial<CardState>} [state] What the card shows.
 */
function acting(state = {}) {
  /** @type {string[]} */
  const done = [];
  const { model, sent, notebook } = fakeModel();
  const store = createStore({ ...INITIAL_STATE, ...state });
  const control = new AbortController();
  const link = new Link(model, control.signal, () => done.push("lost"));
  const parts = {
    capturing: state.microphone === "on",
    allowSound: () => done.push("allow sound"),
    enqueue: () => {},
    endSpeech: () => {},
    flush: async () => {
      done.push("flush");
      return /** @type {PlaybackPosition | null} */ (POSITION);
    },
    startMicrophone: async (/** @type {string} */ id) => {
      done.push(`microphone ${id || "any"}`);
    },
    stopMicrophone: async () => {
      done.push("no microphone");
    },
    setMuted: (/** @type {boolean} */ muted) => done.push(`muted ${muted}`),
  };
  const audio = /** @type {AudioEngine} */ (/** @type {unknown} */ (parts));
  const inbox = new Inbox({
    store,
    audio,
    send: (message) => link.send(message),
    resend: () => {},
  });
  const actions = createActions({
    store,
    link,
    audio,
    inbox,
    probe: () => done.push("probe"),
  });
  const kinds = () => sent.map((/** @type {PageMessage} */ { type }) => type);
  return { actions, store, sent, kinds, done, model, notebook };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("connect begins a session, once", () => {
  const { actions, store, kinds } = acting();
  actions.connect();
  assert.deepEqual(kinds(), ["connect"]);
  store.set({ status: "connecting" });
  actions.connect();
  assert.equal(kinds().length, 1);
});

test("the microphone begins a session where there is none", () => {
  const { actions, kinds, done } = acting({ microphone_id: "usb" });
  actions.startMicrophone();
  assert.deepEqual(kinds(), ["connect"]);
  assert.deepEqual(done, ["allow sound", "probe", "microphone usb"]);
});

test("holding to talk stops the answer that is being spoken; an open microphone does not", async () => {
  const playing = { playing: true, status: /** @type {const} */ ("speaking") };
  const held = acting({ ...playing, turn_detection: "push_to_talk" });
  held.actions.startMicrophone();
  await settled();
  assert.deepEqual(held.kinds(), ["interrupt"]);
  const open = acting(playing);
  open.actions.startMicrophone();
  await settled();
  assert.deepEqual(open.kinds(), []);
});

test("stop speaking is silent first, and then says where", async () => {
  const { actions, sent, done } = acting({ status: "speaking" });
  actions.stopSpeaking();
  assert.deepEqual(done, ["flush"]);
  assert.equal(sent.length, 0);
  await settled();
  assert.deepEqual(sent, [{ type: "interrupt", position: POSITION }]);
});

test("disconnect ends the microphone and the sound too", () => {
  const { actions, kinds, done } = acting({ status: "ready" });
  actions.disconnect();
  assert.deepEqual(kinds(), ["disconnect"]);
  assert.deepEqual(done, ["no microphone", "flush"]);
});

test("a message is sent to the session, which it begins where there is none", () => {
  const { actions, sent } = acting();
  actions.send("Hello");
  assert.deepEqual(sent, [
    { type: "connect" },
    { type: "text", text: "Hello" },
  ]);
});

test("muting is this page's own affair", () => {
  const { actions, store, sent, done } = acting({ status: "ready" });
  actions.setMuted(true);
  assert.equal(store.get().muted, true);
  assert.deepEqual(done, ["muted true"]);
  assert.equal(sent.length, 0);
});

test("a setting is shown and written at once", () => {
  const { actions, store, model, notebook } = acting();
  actions.set("speed", 1.25);
  assert.equal(store.get().speed, 1.25);
  assert.equal(model.get("speed"), 1.25);
  assert.equal(notebook.saves, 1);
});

test("another microphone takes over at once when one is on", () => {
  const on = acting({ microphone: "on" });
  on.actions.chooseMicrophone("usb");
  assert.equal(on.store.get().microphone_id, "usb");
  assert.deepEqual(on.done, ["microphone usb"]);
  const off = acting();
  off.actions.chooseMicrophone("usb");
  assert.deepEqual(off.done, []);
});

test("where a host gives no storage the choice is simply not remembered", () => {
  assert.equal(rememberedMicrophone(), "");
});
