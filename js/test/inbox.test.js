/** @import {Chunk, Item, PageMessage} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePcm16, encodePcm16 } from "../src/audio/pcm16.js";
import { Inbox } from "../src/inbox.js";
import { createStore, INITIAL_STATE } from "../src/state.js";
import { settled } from "./fake-engine.js";

/** @typedef {import("../src/types.js").PlaybackPosition} PlaybackPosition */

/** An inbox with a voice that writes down what it is told. */
function opened() {
  const store = createStore(INITIAL_STATE);
  /** @type {PageMessage[]} */
  const sent = [];
  /** @type {string[]} */
  const played = [];
  /** @type {[number, number][]} */
  const again = [];
  const now = { shown: true, held: 0 };
  const playing = { positions: /** @type {PlaybackPosition[]} */ ([]) };
  const inbox = new Inbox({
    store,
    page: "me",
    isShown: () => now.shown,
    voice: {
      play: ({ content, content_metadata: { item_id } }) =>
        played.push(`${item_id} ${decodePcm16(content)[0]}`),
      end: () => played.push("end"),
      silence: async (response) => {
        played.push(`silence ${response}`);
        return playing.positions;
      },
      clip: ({ item_id }) => played.push(`clip ${item_id}`),
    },
    send: (message) => sent.push(message),
    resend: (from, to) => again.push([from, to]),
    onHold: () => {
      now.held += 1;
    },
  });
  let seq = 0;
  /**
   * @param {"text" | "audio"} content_type Which kind.
   * @param {string} content What it carries.
   * @param {Partial<Chunk["content_metadata"]>} [metadata] Where it belongs.
   */
  const chunk = (content_type, content, metadata = {}) => {
    const known = {
      seq,
      epoch: "e",
      response_id: "r",
      item_id: "a",
      content_index: 0,
    };
    seq += 1;
    /** @type {Chunk} */
    const made = {
      type: "chunk",
      node_id: null,
      content_type,
      content,
      content_metadata: { ...known, ...metadata },
      done: false,
    };
    return made;
  };
  /**
   * @param {number} first Its first sample.
   * @param {Partial<Chunk["content_metadata"]>} [metadata] Where it belongs.
   */
  const sound = (first, metadata) =>
    chunk("audio", encodePcm16(Int16Array.of(first)), metadata);
  const texts = () => store.get().items.map(({ id, text }) => `${id}: ${text}`);
  return {
    inbox,
    store,
    sent,
    played,
    again,
    playing,
    now,
    chunk,
    sound,
    texts,
  };
}

/**
 * @param {string} id Its id.
 * @param {string | null} previous What it follows.
 * @param {string} text What was said.
 * @param {Item["status"]} [status] How far it is.
 * @returns {Item} An item.
 */
const item = (id, previous, text, status = "completed") => ({
  id,
  previous_item_id: previous,
  role: "assistant",
  text,
  status,
  audio_ms: 0,
  heard_ms: null,
  heard_end: null,
  replayable: false,
});

test("sound goes to the voice and text to its item, in order", () => {
  const { inbox, played, chunk, sound, texts } = opened();
  const pieces = [
    chunk("text", "Hel"),
    sound(1),
    chunk("text", "lo"),
    sound(2),
  ];
  const [first, second, third, fourth] = pieces;
  for (const piece of [first, third, fourth, second]) {
    if (piece) inbox.chunk(piece);
  }
  assert.deepEqual(played, ["a 1", "a 2"]);
  assert.deepEqual(texts(), ["a: Hello"]);
});

test("the closing chunk says that the answer's sound is whole", () => {
  const { inbox, played, chunk, sound } = opened();
  inbox.chunk(sound(1));
  const content_metadata = { response_id: "r" };
  inbox.chunk({ ...chunk("text", ""), content_metadata, done: true });
  assert.deepEqual(played, ["a 1", "end"]);
});

test("missing chunks are asked for, and taken from the reply", () => {
  const { inbox, sent, played, sound } = opened();
  const [a, b, c] = [sound(1), sound(2), sound(3)];
  inbox.chunk(a);
  inbox.chunk(c);
  assert.deepEqual(sent, [{ type: "resend", epoch: "e", from: 1, to: 1 }]);
  inbox.message({ type: "chunks", chunks: [b] });
  assert.deepEqual(played, ["a 1", "a 2", "a 3"]);
});

test("chunks that never come are given up, and the person is told", () => {
  const { inbox, store, played, sound } = opened();
  inbox.chunk(sound(1));
  sound(2);
  for (let i = 0; i < 40; i += 1) inbox.chunk(sound(3 + i));
  assert.equal(played.length, 41);
  assert.match(store.get().notice, /^1 piece/);
});

test("the kernel's whole text wins over deltas", () => {
  const { inbox, chunk, texts } = opened();
  inbox.chunk(chunk("text", "Hel"));
  inbox.message({
    type: "items",
    items: [item("a", null, "Hello", "in_progress")],
  });
  inbox.chunk(chunk("text", " you"));
  assert.deepEqual(texts(), ["a: Hello you"]);
  inbox.message({ type: "items", items: [item("a", null, "Hello you.")] });
  inbox.chunk(chunk("text", " late"));
  assert.deepEqual(texts(), ["a: Hello you."]);
});

test("a snapshot is the whole conversation, and chunks go on from there", () => {
  const { inbox, sent, chunk, sound, texts, played } = opened();
  for (let i = 0; i < 5; i += 1) chunk("text", "missed");
  inbox.message({
    type: "snapshot",
    epoch: "e",
    next_seq: 5,
    owner: null,
    items: [item("q", null, "Hi"), item("a", "q", "Hel", "in_progress")],
  });
  inbox.chunk(chunk("text", "lo"));
  inbox.chunk(sound(7));
  assert.deepEqual(texts(), ["q: Hi", "a: Hello"]);
  assert.deepEqual(played, ["a 7"]);
  assert.deepEqual(sent, []);
});

test("removed items are gone", () => {
  const { inbox, texts } = opened();
  inbox.message({
    type: "items",
    items: [item("a", null, "A"), item("b", "a", "B")],
  });
  inbox.message({ type: "removed", item_ids: ["a"] });
  assert.deepEqual(texts(), ["b: B"]);
});

test("a flush is answered with where it was cut, when anything was", async () => {
  const { inbox, sent, played, playing } = opened();
  inbox.message({ type: "flush", response_id: null });
  await settled();
  assert.deepEqual(sent, []);
  const positions = [
    { item_id: "a", content_index: 0, played_samples: 99 },
    { item_id: "b", content_index: 0, played_samples: 0 },
  ];
  playing.positions = positions;
  inbox.message({ type: "flush", response_id: "r" });
  await settled();
  assert.deepEqual(played, ["silence null", "silence r"]);
  assert.deepEqual(sent, [{ type: "cut", positions }]);
});

test("the lease says whose microphone and sound it is", () => {
  const { inbox, store } = opened();
  /** @type {[string | null, string][]} */
  const owners = [
    ["me", "me"],
    ["you", "other"],
    [null, "nobody"],
  ];
  for (const [owner, shown] of owners) {
    inbox.message({ type: "lease", owner });
    assert.equal(store.get().owner, shown);
    const epoch = "e";
    inbox.message({ type: "snapshot", epoch, next_seq: 0, items: [], owner });
    assert.equal(store.get().owner, shown);
  }
});

test("a ping is answered as long as a card is shown", () => {
  const { inbox, sent, now } = opened();
  inbox.message({ type: "ping" });
  now.shown = false;
  inbox.message({ type: "ping" });
  assert.deepEqual(sent, [{ type: "pong" }]);
});

test("the server's hearing, captions and clips go where they belong", () => {
  const { inbox, store, played, now } = opened();
  inbox.message({ type: "hold" });
  assert.equal(now.held, 1);
  const marks = [/** @type {const} */ ([5, 300])];
  inbox.message({ type: "captions", item_id: "a", from: 0, marks });
  assert.deepEqual(store.get().captions.get("a"), marks);
  inbox.message({ type: "clip", item_id: "a", audio: "", last: true });
  assert.deepEqual(played, ["clip a"]);
});

test("a request for microphone chunks is passed on", () => {
  const { inbox, again } = opened();
  inbox.message({ type: "resend", from: 3, to: 5 });
  assert.deepEqual(again, [[3, 5]]);
});

test("a message of another version's kernel is left out", () => {
  const { inbox, sent } = opened();
  inbox.message(/** @type {never} */ ({ type: "of tomorrow" }));
  assert.deepEqual(sent, []);
});

test("a call is checked at the door, and the card learns that it asks until it does not", () => {
  const { inbox, store } = opened();
  /** @param {"asking" | "running"} status What it does. */
  const call = (status) =>
    /** @type {Item} */ (
      /** @type {unknown} */ ({
        id: "f",
        previous_item_id: null,
        role: "tool",
        text: "",
        status: "in_progress",
        call: { call_id: "c", name: "send", status, shown: "<b>" },
      })
    );
  inbox.message({ type: "items", items: [call("asking")] });
  assert.equal(store.get().asking, "send");
  assert.deepEqual(store.get().items[0]?.call?.shown, []);
  inbox.message({ type: "items", items: [call("running")] });
  assert.equal(store.get().asking, null);
  inbox.message({
    type: "snapshot",
    epoch: "e",
    next_seq: 0,
    items: [call("asking")],
    owner: null,
  });
  assert.equal(store.get().asking, "send");
  inbox.message({ type: "removed", item_ids: ["f"] });
  assert.equal(store.get().asking, null);
});
