/** @import {AudioListener} from "../src/audio/engine.js" */
/** @import {Chunk, PageMessage, Traits} from "../src/types.js" */
import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import { encodePcm16 } from "../src/audio/pcm16.js";
import { Page } from "../src/page.js";
import { fakeEngine, settled } from "./fake-engine.js";
import { fakeModel } from "./fake-model.js";
import { present } from "./signals.js";

const POSITION = { item_id: "a", content_index: 0, played_samples: 7 };
const CUT = [POSITION, { item_id: "b", content_index: 0, played_samples: 0 }];

/** When the person begins to speak. */
let begun = 0;
/** @type {AbortController} */
let whole;
/** @type {EventTarget} */
let browser;

beforeEach(() => {
  browser = new EventTarget();
  begun = Date.now();
  whole = new AbortController();
  setMaxListeners(0, whole.signal);
  const put = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(globalThis, name, { value, configurable: true });
  put("addEventListener", browser.addEventListener.bind(browser));
  put("navigator", { userActivation: { hasBeenActive: true } });
  put("reportError", (/** @type {unknown} */ error) => {
    throw error;
  });
});

afterEach(() => whole.abort());

/**
 * A page with one view, in a notebook and with a device and a speaker that are played by the test.
 *
 * @param {Partial<Traits>} [traits] Of the model.
 */
function opened(traits = {}) {
  const known = {
    status: /** @type {const} */ ("ready"),
    turn_detection: /** @type {const} */ ({
      type: "server_vad",
      false_alarm_ms: 500,
    }),
  };
  const notebook = fakeModel({ ...known, ...traits });
  const { model, sent, tell } = notebook;
  /** @type {Partial<AudioListener>} */
  const listener = {};
  const device = fakeEngine(listener);
  const page = new Page(model, whole.signal, (told) => {
    Object.assign(listener, told);
    return device.audio;
  });
  const hear = /** @type {AudioListener} */ (listener);
  /** @type {AbortController[]} */
  const views = [];
  const show = () => {
    const view = new AbortController();
    views.push(view);
    page.show(view.signal);
  };
  const kinds = () => sent.map(({ type }) => type);
  const name = () =>
    /** @type {PageMessage & {page: string}} */ (present(sent[0])).page;
  /** @param {string | null} owner Has microphone and sound. @param {number} [next_seq] Comes next. */
  const snapshot = (owner, next_seq = 0) =>
    tell({ type: "snapshot", epoch: "e", next_seq, items: [], owner });
  /** The microphone is on, and an answer is heard. */
  const conversing = async () => {
    show();
    snapshot(name());
    page.actions.startMicrophone();
    device.opens();
    say(0);
    hear.onState({ playing: true });
    await settled();
    device.did.length = 0;
    sent.length = 0;
  };
  /** @param {number} seq Its number. */
  const say = (seq) => model.set("output_chunk", chunk(seq));
  return {
    ...notebook,
    ...device,
    page,
    hear,
    show,
    views,
    kinds,
    name,
    snapshot,
    conversing,
    say,
  };
}

/**
 * @param {number} seq Its number, and its first sample.
 * @returns {Chunk} Sound.
 */
const chunk = (seq) => ({
  type: "chunk",
  node_id: null,
  content_type: "audio",
  content: encodePcm16(Int16Array.of(seq)),
  content_metadata: { seq, epoch: "e", response_id: "r", item_id: "a" },
  done: false,
});

test("a page says hello with its first view, leave with its last, and hello again", () => {
  const { kinds, show, views } = opened();
  assert.deepEqual(kinds(), []);
  show();
  show();
  assert.deepEqual(kinds(), ["hello"]);
  views[0]?.abort();
  assert.deepEqual(kinds(), ["hello"]);
  views[1]?.abort();
  assert.deepEqual(kinds(), ["hello", "leave"]);
  show();
  assert.deepEqual(kinds(), ["hello", "leave", "hello"]);
});

test("showing the card opens neither microphone nor sound", async () => {
  const { show, did, snapshot, name } = opened();
  show();
  snapshot(name());
  await settled();
  assert.deepEqual(did, ["volume 1"]);
});

test("a page that is left says so at once, closes the microphone, and is silent", async () => {
  const { conversing, kinds, did, say, tell, now } = opened();
  await conversing();
  browser.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(kinds(), ["leave"]);
  assert.equal(now.capturing, false);
  assert.deepEqual(did, ["gate shut", "no microphone", "flush"]);
  await settled();
  assert.deepEqual(kinds(), ["leave", "microphone"]);
  say(1);
  tell({ type: "ping" });
  assert.deepEqual(did.slice(-2), ["flush", "sound closed"]);
  browser.dispatchEvent(new Event("pageshow"));
  tell({ type: "ping" });
  assert.deepEqual(kinds().slice(2), ["hello", "pong"]);
});

test("when speech lasts the answer is silenced before the kernel knows, and told once where", async () => {
  const { conversing, hear, did, sent, now, tell, say } = opened();
  await conversing();
  now.positions = CUT;
  hear.onEar(begun, true);
  assert.deepEqual(did, ["hold"]);
  assert.deepEqual(sent, []);
  hear.onEar(begun + 800, true);
  assert.deepEqual(did, ["hold", "flush"]);
  tell({ type: "flush", response_id: "r" });
  say(1);
  await settled();
  assert.equal(sent.length, 1);
  const { page: _, ...told } = /** @type {{page: string}} */ (
    /** @type {unknown} */ (sent[0])
  );
  assert.deepEqual(told, {
    type: "interrupt",
    response_id: "r",
    positions: CUT,
  });
  assert.deepEqual(did, ["hold", "flush", "flush"]);
});

test("where the kernel's flush comes first, it gets the positions, and the ear's word adds nothing", async () => {
  const { conversing, hear, kinds, sent, now, tell } = opened();
  await conversing();
  now.positions = CUT;
  hear.onEar(begun, true);
  tell({ type: "flush", response_id: "r" });
  hear.onEar(begun + 800, true);
  await settled();
  assert.deepEqual(kinds(), ["cut"]);
  assert.deepEqual(sent[0]?.type === "cut" && sent[0].positions, CUT);
});

test("a cough pauses the answer, which goes on; the ear is less keen then", async () => {
  const { conversing, hear, did, kinds } = opened();
  await conversing();
  hear.onEar(begun, true);
  hear.onEar(begun + 300, false);
  assert.deepEqual(did, ["hold", "false alarm", "release"]);
  assert.deepEqual(kinds(), []);
});

test("what only the server hears pauses the answer, and not for ever", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { conversing, did, tell, kinds } = opened();
  await conversing();
  tell({ type: "hold" });
  assert.deepEqual(did, ["hold"]);
  t.mock.timers.tick(2000);
  assert.deepEqual(did, ["hold", "release"]);
  assert.deepEqual(kinds(), []);
});

test("a server that hears nothing more lets the answer go on", async () => {
  const { conversing, did, model, tell } = opened();
  await conversing();
  model.set("status", "listening");
  tell({ type: "hold" });
  model.set("status", "speaking");
  assert.deepEqual(did, ["hold", "wake", "release", "wake"]);
});

test("a person who speaks is not spoken over by an old answer", async () => {
  const { conversing, did, model, page, kinds } = opened();
  await conversing();
  page.actions.replay("old");
  model.set("status", "listening");
  assert.equal(page.store.get().replaying, null);
  assert.equal(did.filter((what) => what === "no replay").length, 1);
  assert.deepEqual(kinds(), ["replay", "replay"]);
  model.set("status", "ready");
  model.set("status", "listening");
  assert.deepEqual(kinds(), ["replay", "replay"]);
});

/** @type {[string, (all: ReturnType<typeof opened>) => void][]} */
const ENDS = [
  ["muted", ({ page }) => page.actions.setMuted(true)],
  ["half duplex", ({ page }) => page.actions.prefer({ half_duplex: true })],
  ["switched off", ({ page }) => page.actions.stopMicrophone()],
  ["unplugged", ({ fails }) => fails()],
  ["elsewhere", ({ tell }) => tell({ type: "lease", owner: "you" })],
  [
    "for push to talk",
    ({ model }) => model.set("turn_detection", { type: "push_to_talk" }),
  ],
  ["without a session", ({ model }) => model.set("status", "disconnected")],
  [
    "without a kernel",
    ({ notebook, page }) => {
      notebook.dead = true;
      page.actions.connect();
      page.actions.send("Is anybody there?");
    },
  ],
];

for (const [name, end] of ENDS) {
  test(`a microphone that is ${name} leaves no answer paused, and interrupts none`, async (t) => {
    t.mock.method(console, "warn", () => {});
    const all = opened();
    await all.conversing();
    all.hear.onEar(begun, true);
    end(all);
    await settled();
    assert.ok(all.did.includes("release"), `${all.did}`);
    all.hear.onEar(begun + 60_000, true);
    all.tell({ type: "hold" });
    assert.equal(all.did.filter((what) => what === "hold").length, 1);
    assert.ok(!all.kinds().includes("interrupt"));
  });
}

test("what goes to another page is silent here, and comes back with the next sound", async () => {
  const { conversing, did, say, tell, page, name, show } = opened();
  show();
  const me = name();
  await conversing();
  tell({ type: "lease", owner: "you" });
  await settled();
  say(1);
  assert.equal(page.store.get().microphone, "off");
  assert.deepEqual(did, ["gate shut", "no microphone", "flush"]);
  tell({ type: "lease", owner: me });
  say(2);
  assert.equal(did.at(-1), "play a/0 2");
});

test("a second page shows the conversation, and says nothing", async () => {
  const { show, snapshot, say, did, page, model } = opened();
  show();
  snapshot("you", 3);
  await settled();
  say(3);
  model.set("status", "speaking");
  page.actions.startMicrophone();
  await settled();
  assert.deepEqual(did, ["volume 1", "flush"]);
  assert.equal(page.store.get().owner, "other");
});

test("after a reload the microphone is off, and the answer goes on with what comes next", async () => {
  const { show, snapshot, name, say, did, page, kinds } = opened({
    status: "speaking",
  });
  show();
  snapshot(name(), 41);
  say(41);
  await settled();
  assert.equal(page.store.get().microphone, "off");
  assert.equal(did.at(-1), "play a/0 41");
  assert.deepEqual(kinds(), ["hello"]);
});

test("where no kernel answers the card says so, and the microphone is closed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { show, page, opens, now, snapshot } = opened({
    status: "disconnected",
  });
  show();
  page.actions.startMicrophone();
  opens();
  t.mock.timers.tick(3000);
  assert.equal(page.store.get().kernel, "absent");
  assert.equal(now.capturing, false);
  page.actions.startMicrophone();
  t.mock.timers.tick(3000);
  assert.equal(now.capturing, false);
  snapshot(null);
  assert.equal(page.store.get().kernel, "live");
});

test("when the kernel is restarted the microphone is closed, and the card says so", async (t) => {
  t.mock.method(console, "warn", () => {});
  const { conversing, notebook, fire, page, now, did } = opened();
  await conversing();
  notebook.dead = true;
  fire("comm_live_update");
  await settled();
  assert.equal(page.store.get().kernel, "restarted");
  assert.equal(now.capturing, false);
  assert.ok(did.includes("flush"));
});

test("while nothing happens the page answers pings, and says nothing else", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { conversing, tell, kinds, hear } = opened();
  await conversing();
  hear.onState({ playing: false });
  t.mock.timers.tick(120_000);
  tell({ type: "ping" });
  assert.deepEqual(kinds(), ["pong"]);
});

test("when the widget ends nothing of it listens any more", () => {
  const { show, views, heard, kinds } = opened();
  show();
  whole.abort();
  assert.equal(heard(), false);
  views[0]?.abort();
  browser.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(kinds(), ["hello", "leave"]);
});
