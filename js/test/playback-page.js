/** @import {FromPlayback} from "../src/audio/messages.js" */
import assert from "node:assert/strict";
import { Playback } from "../src/audio/playback.js";
import { countAt, present } from "./signals.js";

export const ITEM = { item_id: "a", content_index: 0 };
export const OTHER = { item_id: "b", content_index: 0 };
/** 5 ms at 24 kHz. */
export const SLOPE = 120;

/**
 * A playback with the page's and the sound card's part played by the test.
 *
 * @param {{sampleRate?: number}} [options] As of `Playback`.
 */
export function speaker({ sampleRate = 24000 } = {}) {
  /** @type {FromPlayback[]} */
  const said = [];
  const playback = new Playback({
    sampleRate,
    post: (message) => {
      if (message.type !== "level") said.push(message);
    },
  });
  /** @type {number[]} */
  const heard = [];
  /** @param {number} quanta How many times 128 samples. */
  const run = (quanta) => {
    const output = new Float32Array(128).fill(Number.NaN);
    for (let i = 0; i < quanta; i += 1) {
      playback.render(output);
      heard.push(...output);
    }
  };
  /**
   * @param {Int16Array<ArrayBuffer>} pcm Samples.
   * @param {{item_id: string, content_index: number}} [item] Whose.
   */
  const say = (pcm, item = ITEM) =>
    playback.receive({ type: "audio", item, pcm: pcm.slice().buffer });
  const end = () => playback.receive({ type: "end" });
  const hold = () => playback.receive({ type: "hold" });
  const release = () => playback.receive({ type: "release" });
  const flush = () => {
    playback.receive({ type: "flush", id: 7 });
    const last = present(told("flushed").at(-1));
    assert.ok(last.type === "flushed" && last.id === 7);
    return last.positions;
  };
  /**
   * @param {Int16Array<ArrayBuffer> | null} pcm Samples.
   * @param {boolean} last Whether nothing more comes.
   */
  const replay = (pcm, last) => {
    const buffer = pcm?.slice().buffer ?? null;
    playback.receive({ type: "replay", item_id: "old", pcm: buffer, last });
  };
  const stopReplay = () => playback.receive({ type: "stopReplay" });
  /** @param {FromPlayback["type"]} type Of the messages. */
  const told = (type) => said.filter((message) => message.type === type);
  /** @param {"started" | "progress" | "ended"} type Of the messages. */
  const positions = (type) =>
    said.flatMap((message) =>
      message.type === type ? [message.position] : [],
    );
  const sounded = () => heard.filter((x) => x !== 0).map((x) => x * 32768);
  const page = { say, end, hold, release, flush, replay, stopReplay };
  return { ...page, run, said, told, positions, heard, sounded };
}

/**
 * Whether samples are the counting signal from its beginning, none lost, repeated or moved; some may be softer.
 *
 * @param {readonly number[]} out What was heard.
 * @param {number} count How many were sent.
 */
export function assertCounts(out, count) {
  assert.equal(out.length, count);
  out.forEach((value, i) => {
    const gain = value / countAt(i);
    assert.ok(gain > 0 && gain <= 1, `sample ${i}: ${value}`);
  });
}

/** @param {readonly number[]} out What was heard; @param {number} [from] Where the counting signal stands. */
export const softened = (out, from = 0) =>
  out.filter((value, i) => value !== countAt(from + i)).length;
