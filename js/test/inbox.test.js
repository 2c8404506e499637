/** @import {Chunk, Item, PageMessage} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodePcm16 } from "../src/audio/pcm16.js";
import { Inbox } from "../src/inbox.js";
import { createStore, INITIAL_STATE } from "../src/state.js";

/** An inbox with a speaker that writes down what it is told. */
function opened() {
  const store = createStore(INITIAL_STATE);
  /** @type {PageMessage[]} */
  const sent = [];
  /** @type {string[]} */
  const played = [];
  /** @type {[number, number][]} */
  const again = [];
  const playing = {
    position: /** @type {import("../src/types.js").PlaybackPosition | null} */ (
      null
    ),
  };
  const inbox = new Inbox({
    store,
    audio: {
      enqueue: ({ item_id, content_index }, pcm) =>
        played.push(`${item_id}/${content_index} ${pcm[0]}`),
      endSpeech: () => played.push("end"),
      flush: async () => {
        played.push("flush");
        return playing.position;
      },
    },
    send: (message) => sent.push(message),
    resend: (from, to) => again.push([from, to]),
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
  return { inbox, store, sent, played, again, playing, chunk, sound, texts };
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
});

test("sound goes to the speaker and text to its item, in order", () => {
  const { inbox, played, chunk, sound, texts } = opened();
  const pieces = [
    chunk("text", "Hel"),
    sound(1),
    chunk("text", "lo"),
    sound(2, { content_index: 1 }),
  ];
  const [first, second, third, fourth] = pieces;
  for (const piece of [first, third, fourth, second]) {
    if (piece) inbox.chunk(piece);
  }
  assert.deepEqual(played, ["a/0 1", "a/1 2"]);
  assert.deepEqual(texts(), ["a: Hello"]);
});

test("the empty chunk says that the answer's sound is whole", () => {
  const { inbox, played, chunk } = opened();
  const { seq: _, ...rest } = chunk("text", "").content_metadata;
  inbox.chunk({ ...chunk("text", ""), content_metadata: rest });
  assert.deepEqual(played, ["end"]);
});

test("missing chunks are asked for, and taken from the reply", () => {
  const { inbox, sent, played, sound } = opened();
  const [a, b, c] = [sound(1), sound(2), sound(3)];
  inbox.chunk(a);
  inbox.chunk(c);
  assert.deepEqual(sent, [{ type: "resend", epoch: "e", from: 1, to: 1 }]);
  inbox.message({ type: "chunks", chunks: [b] });
  assert.deepEqual(played, ["a/0 1", "a/0 2", "a/0 3"]);
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
    items: [item("q", null, "Hi"), item("a", "q", "Hel", "in_progress")],
  });
  inbox.chunk(chunk("text", "lo"));
  inbox.chunk(sound(7));
  assert.deepEqual(texts(), ["q: Hi", "a: Hello"]);
  assert.deepEqual(played, ["a/0 7"]);
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

test("a flush silences that answer for good, says where, and lets the next one speak", async () => {
  const { inbox, sent, played, playing, sound } = opened();
  inbox.chunk(sound(1));
  playing.position = { item_id: "a", content_index: 0, played_samples: 99 };
  inbox.message({ type: "flush", response_id: "r" });
  inbox.chunk(sound(2));
  inbox.chunk(sound(3, { response_id: "s", item_id: "b" }));
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(played, ["a/0 1", "flush", "b/0 3"]);
  assert.deepEqual(sent, [{ type: "cut", position: playing.position }]);
});

test("a flush without a name is for the answer that was being spoken", async () => {
  const { inbox, sent, played, sound } = opened();
  inbox.chunk(sound(1));
  inbox.message({ type: "flush", response_id: null });
  inbox.chunk(sound(2));
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(played, ["a/0 1", "flush"]);
  assert.deepEqual(sent, []);
});

test("a request for microphone chunks is passed on", () => {
  const { inbox, again } = opened();
  inbox.message({ type: "resend", from: 3, to: 5 });
  assert.deepEqual(again, [[3, 5]]);
});

test("a damaged piece is left out, and the answer goes on", (t) => {
  t.mock.method(console, "warn", () => {});
  const { inbox, played, chunk, sound } = opened();
  inbox.chunk(sound(1));
  inbox.chunk(chunk("audio", "%%%"));
  inbox.chunk(sound(3));
  assert.deepEqual(played, ["a/0 1", "a/0 3"]);
});

test("a message of another version's kernel is left out", () => {
  const { inbox, sent } = opened();
  inbox.message(/** @type {never} */ ({ type: "of tomorrow" }));
  assert.deepEqual(sent, []);
});
