import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "../src/stage.js";
import { settled } from "./fake-audio.js";

const ITEM = { item_id: "a", content_index: 0 };

/** A stage over a speaker that writes down what it is told, and a clock. */
function theatre() {
  /** @type {string[]} */
  const told = [];
  const clock = { now: 0 };
  const stage = new Stage(
    {
      enqueue: (_item, pcm) => told.push(`play ${pcm.length}`),
      endSpeech: () => told.push("end"),
      flush: async () => {
        told.push("flush");
        return [];
      },
      closeSound: () => told.push("close"),
    },
    () => clock.now,
  );
  /** @param {number} samples How many. */
  const play = (samples) => stage.enqueue(ITEM, new Int16Array(samples));
  return { stage, play, told, clock };
}

test("what comes just before the first card is heard when it is there", () => {
  const { stage, play, told, clock } = theatre();
  play(1);
  stage.endSpeech();
  clock.now = 900;
  assert.deepEqual(told, []);
  stage.enter();
  play(2);
  assert.deepEqual(told, ["play 1", "end", "play 2"]);
});

test("what came long before the first card is not heard", () => {
  const { stage, play, told, clock } = theatre();
  play(1);
  clock.now = 6000;
  play(2);
  clock.now = 60000;
  stage.enter();
  assert.deepEqual(told, []);
});

test("when the last card goes there is silence, until there is one again", () => {
  const { stage, play, told } = theatre();
  stage.enter();
  stage.leave();
  play(1);
  stage.enter();
  play(2);
  assert.deepEqual(told, ["flush", "play 2"]);
});

test("when the last card is gone for good the sound card is given back", async () => {
  const { stage, told } = theatre();
  stage.enter();
  stage.leave();
  await settled();
  assert.deepEqual(told, ["flush", "close"]);
});

test("a card that is only moved keeps it", async () => {
  const { stage, told } = theatre();
  stage.enter();
  stage.leave();
  stage.enter();
  await settled();
  assert.deepEqual(told, ["flush"]);
});

test("a flush also drops what waits for a card", async () => {
  const { stage, play, told } = theatre();
  play(1);
  assert.deepEqual(await stage.flush(), []);
  stage.enter();
  assert.deepEqual(told, ["flush"]);
});
