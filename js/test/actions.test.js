/** @import {CardState, PageMessage} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions } from "../src/actions.js";
import { Link } from "../src/link.js";
import { createStore, INITIAL_STATE } from "../src/state.js";
import { fakeEngine, settled } from "./fake-engine.js";
import { fakeModel } from "./fake-model.js";

const POSITION = { item_id: "a", content_index: 0, played_samples: 7 };

/** @type {Partial<CardState>} */
const BY_HAND = { turn_detection: { type: "push_to_talk" } };

/**
 * Actions over a written-down speaker and microphone.
 *
 * @param {Partial<CardState>} [state] What the card shows.
 */
function acting(state = {}) {
  const { model, sent, notebook } = fakeModel();
  const store = createStore({ ...INITIAL_STATE, ...state });
  const control = new AbortController();
  const { audio, did } = fakeEngine();
  const link = new Link(model, control.signal, () => did.push("lost"));
  const heard = { positions: [POSITION] };
  const actions = createActions({
    store,
    link,
    audio,
    input: {
      start: () => did.push("start"),
      stop: async () => {
        did.push("stop");
      },
      press: () => did.push("press"),
      letGo: async () => {
        did.push("let go");
      },
      setMuted: (muted) => did.push(`muted ${muted}`),
      reopen: () => did.push("reopen"),
    },
    voice: {
      silence: async () => {
        did.push("silence");
        return heard.positions;
      },
      replay: (id) => did.push(`replay ${id}`),
    },
    probe: () => did.push("probe"),
  });
  const kinds = () => sent.map(({ type }) => type);
  /** @returns {Partial<PageMessage>[]} What was sent, without the page's name. */
  const said = () =>
    sent.map((message) => {
      const { page: _, ...rest } = /** @type {PageMessage & {page: string}} */ (
        message
      );
      return rest;
    });
  return { actions, store, said, kinds, did, heard, model, notebook };
}

test("connect begins a session, once", () => {
  const { actions, store, kinds } = acting();
  actions.connect();
  assert.deepEqual(kinds(), ["connect"]);
  store.set({ status: "connecting" });
  actions.connect();
  assert.equal(kinds().length, 1);
});

test("the microphone begins a session where there is none", () => {
  const { actions, kinds, did } = acting();
  actions.startMicrophone();
  assert.deepEqual(kinds(), ["connect"]);
  assert.deepEqual(did, ["allow sound", "probe", "start"]);
});

test("a turn by hand silences the answer first, by switch and by key; a microphone that listens on its own does not", async () => {
  for (const answering of /** @type {Partial<CardState>[]} */ ([
    { playing: true, status: "ready" },
    { status: "speaking" },
    { status: "thinking" },
  ])) {
    const switched = acting({ ...answering, ...BY_HAND });
    switched.actions.startMicrophone();
    await settled();
    assert.deepEqual(switched.kinds(), ["interrupt"]);
    const held = acting({ ...answering, ...BY_HAND });
    held.actions.beginTalk();
    assert.deepEqual(held.did.slice(2), ["silence", "press"]);
    await settled();
    assert.deepEqual(held.kinds(), ["interrupt"]);
    const open = acting(answering);
    open.actions.startMicrophone();
    await settled();
    assert.deepEqual(open.kinds(), []);
  }
});

test("a key that repeats, or is held twice, begins one turn", () => {
  const { actions, store, did } = acting({ status: "ready", ...BY_HAND });
  actions.beginTalk();
  store.set({ holding: true });
  actions.beginTalk();
  actions.endTalk();
  assert.deepEqual(did, ["allow sound", "probe", "press", "let go"]);
});

test("a page that has neither microphone nor sound opens none, and can take them over", () => {
  const { actions, kinds, did } = acting({ owner: "other", status: "ready" });
  actions.startMicrophone();
  actions.beginTalk();
  actions.replay("old");
  assert.deepEqual(did, []);
  actions.takeOver();
  assert.deepEqual(kinds(), ["take_over"]);
  assert.deepEqual(did, ["allow sound", "probe"]);
});

test("stop speaking is silent first, and then says where", async () => {
  const { actions, said, did } = acting({ status: "speaking" });
  actions.stopSpeaking();
  assert.deepEqual(did, ["silence"]);
  assert.deepEqual(said(), []);
  await settled();
  assert.deepEqual(said(), [
    { type: "interrupt", response_id: null, positions: [POSITION] },
  ]);
});

test("stop speaking also ends a replay", async () => {
  const { actions, said } = acting({ replaying: "old" });
  actions.stopSpeaking();
  await settled();
  assert.deepEqual(said()[0], { type: "replay", item_id: "" });
  assert.equal(said()[1]?.type, "interrupt");
});

test("disconnect ends the microphone and the sound, and says first what was heard", async () => {
  const { actions, said, did, heard } = acting({ status: "ready" });
  actions.disconnect();
  await settled();
  assert.deepEqual(did, ["stop", "silence"]);
  const cut = { type: "cut", positions: [POSITION] };
  assert.deepEqual(said(), [cut, { type: "disconnect" }]);
  heard.positions = [];
  actions.disconnect();
  await settled();
  assert.deepEqual(said().slice(2), [{ type: "disconnect" }]);
});

test("a message is sent to the session, which it begins where there is none", () => {
  const { actions, said } = acting();
  actions.send("Hello");
  assert.deepEqual(said(), [
    { type: "connect" },
    { type: "text", text: "Hello" },
  ]);
});

test("muting is of the microphone, and this page's own affair", () => {
  const { actions, said, did } = acting({ status: "ready" });
  actions.setMuted(true);
  assert.deepEqual(did, ["muted true"]);
  assert.deepEqual(said(), []);
});

test("a setting is shown and written at once", () => {
  const { actions, store, model, notebook } = acting();
  actions.set("speed", 1.25);
  actions.set("turn_detection", { type: "semantic_vad", eagerness: "low" });
  assert.equal(store.get().speed, 1.25);
  assert.equal(model.get("speed"), 1.25);
  assert.equal(model.get("turn_detection").eagerness, "low");
  assert.equal(notebook.saves, 2);
});

test("another microphone is shown, and takes over", () => {
  const { actions, store, did } = acting();
  actions.chooseMicrophone("usb");
  assert.equal(store.get().microphone_id, "usb");
  assert.deepEqual(did, ["reopen"]);
});

test("a preference takes effect at once; only what the browser does to the sound opens the microphone anew", () => {
  const { actions, store, did } = acting();
  actions.prefer({ volume: 0.5 });
  actions.prefer({ captions: "at_once" });
  assert.deepEqual(did, ["volume 0.5", "volume 0.5"]);
  assert.equal(store.get().preferences.captions, "at_once");
  actions.prefer({ echo_cancellation: false });
  assert.equal(did.at(-1), "reopen");
});

test("an answer is replayed, and a second press stops it", () => {
  const { actions, store, said, did } = acting();
  actions.replay("a");
  store.set({ replaying: "a" });
  actions.replay("a");
  actions.replay("b");
  assert.deepEqual(
    did.filter((what) => what.startsWith("replay")),
    ["replay a", "replay ", "replay b"],
  );
  assert.deepEqual(
    said().map((message) => "item_id" in message && message.item_id),
    ["a", "", "b"],
  );
});

test("what the person says of a call goes to the kernel, in a gesture that lets sound out", () => {
  const { actions, said, did } = acting({ status: "thinking" });
  actions.confirm("call-1", true);
  actions.confirm("call-2", false);
  assert.deepEqual(said(), [
    { type: "confirm", call_id: "call-1", allow: true },
    { type: "confirm", call_id: "call-2", allow: false },
  ]);
  assert.ok(did.includes("allow sound"));
});
