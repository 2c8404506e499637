/** @import {CardState, Chunk} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodePcm16 } from "../src/audio/pcm16.js";
import { createStore, INITIAL_STATE } from "../src/state.js";
import { Voice } from "../src/voice.js";
import { fakeEngine } from "./fake-engine.js";

/**
 * A voice over a speaker that writes down what it is told.
 *
 * @param {Partial<CardState>} [state] What the card shows.
 */
function speaking(state = {}) {
  const store = createStore({ ...INITIAL_STATE, ...state });
  const { audio, did, now } = fakeEngine();
  const voice = new Voice({
    store,
    stage: audio,
    audio,
    onSilence: () => did.push("silenced"),
  });
  return { voice, store, did, now };
}

/** @param {number} first Its first sample. */
const sound = (first) => encodePcm16(Int16Array.of(first));

/**
 * @param {number} first Its first sample.
 * @param {string} [response_id] Whose sound it is.
 * @returns {Chunk} Sound of an answer.
 */
const chunk = (first, response_id = "r") => ({
  type: "chunk",
  node_id: null,
  content_type: "audio",
  content: sound(first),
  content_metadata: { response_id, item_id: `${response_id}1` },
  done: false,
});

test("an answer is played, and ends where it says so", () => {
  const { voice, did } = speaking();
  voice.play(chunk(1));
  voice.play({ ...chunk(2), done: true });
  assert.deepEqual(did, ["play r1/0 1", "play r1/0 2", "end"]);
  assert.equal(voice.speaking, "r");
});

test("a silenced answer stays silent, and the next one is heard", async () => {
  const { voice, did, now } = speaking();
  const position = { item_id: "r1", content_index: 0, played_samples: 7 };
  now.positions = [position];
  voice.play(chunk(1));
  assert.deepEqual(await voice.silence(), [position]);
  assert.deepEqual(await voice.silence(), []);
  voice.play(chunk(2));
  voice.play(chunk(3, "s"));
  const cut = ["flush", "silenced"];
  assert.deepEqual(did, ["play r1/0 1", ...cut, ...cut, "play s1/0 3"]);
});

test("an answer can be silenced before it has begun", () => {
  const { voice, did } = speaking();
  voice.silence("r");
  voice.play(chunk(1));
  assert.deepEqual(did, ["flush", "silenced"]);
});

test("only the latest silenced answers are remembered", () => {
  const { voice, did } = speaking();
  for (let i = 0; i < 33; i += 1) voice.silence(`r${i}`);
  did.length = 0;
  voice.play(chunk(1, "r0"));
  voice.play(chunk(2, "r1"));
  assert.deepEqual(did, ["play r01/0 1"]);
});

test("a page that has not the sound says nothing", () => {
  const { voice, did, store } = speaking({ owner: "other" });
  voice.play(chunk(1));
  assert.deepEqual(did, []);
  store.set({ owner: "me" });
  voice.play(chunk(2));
  assert.deepEqual(did, ["play r1/0 2"]);
});

test("an old answer is played again, piece by piece", () => {
  const { voice, store, did } = speaking();
  voice.replay("old");
  assert.equal(store.get().replaying, "old");
  voice.clip({ type: "clip", item_id: "old", audio: sound(1), last: false });
  voice.clip({ type: "clip", item_id: "old", audio: "", last: true });
  assert.deepEqual(did, ["replay old 1", "replay old undefined last"]);
});

test("pieces that nobody wants, or wants no more, are not heard", () => {
  const { voice, store, did } = speaking();
  voice.clip({ type: "clip", item_id: "old", audio: sound(1), last: false });
  voice.replay("old");
  voice.clip({ type: "clip", item_id: "older", audio: sound(1), last: false });
  voice.replay("");
  assert.equal(store.get().replaying, null);
  voice.clip({ type: "clip", item_id: "old", audio: sound(2), last: false });
  assert.deepEqual(did, ["no replay"]);
});

test("a replay that was refused does not go on after the answer that was in its way", () => {
  const { voice, store, did } = speaking();
  voice.replay("old");
  store.set({ replaying: null });
  voice.play(chunk(1));
  voice.clip({ type: "clip", item_id: "old", audio: sound(2), last: false });
  assert.deepEqual(did, ["no replay", "play r1/0 1"]);
});

test("a new answer ends a replay, and so does Stop speaking", () => {
  const { voice, store, did } = speaking();
  voice.replay("old");
  voice.play(chunk(1));
  assert.equal(store.get().replaying, null);
  voice.replay("old");
  voice.silence();
  assert.equal(store.get().replaying, null);
  assert.deepEqual(did, [
    "no replay",
    "play r1/0 1",
    "no replay",
    "flush",
    "silenced",
  ]);
});

test("a damaged piece is left out", (t) => {
  t.mock.method(console, "warn", () => {});
  const { voice, did } = speaking();
  voice.play({ ...chunk(1), content: "%%%" });
  voice.play(chunk(2));
  assert.deepEqual(did, ["play r1/0 2"]);
});
