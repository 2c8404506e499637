/** @import {FromPlayback} from "../src/audio/messages.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Playback } from "../src/audio/playback.js";
import {
  amplitude,
  countAt,
  counter,
  decibels,
  present,
  random,
  tone,
} from "./signals.js";

const ITEM = { item_id: "a", content_index: 0 };
const OTHER = { item_id: "b", content_index: 0 };

/**
 * A playback with the page's and the sound card's part played by the test.
 *
 * @param {{sampleRate?: number, prebufferMs?: number, patienceMs?: number}} [options] As of `Playback`.
 */
function speaker({
  sampleRate = 24000,
  prebufferMs = 60,
  patienceMs = 40,
} = {}) {
  /** @type {FromPlayback[]} */
  const said = [];
  const playback = new Playback({
    sampleRate,
    prebufferMs,
    patienceMs,
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
  const flush = () => {
    playback.receive({ type: "flush" });
    const last = present(said.at(-1));
    assert.ok(last.type === "flushed");
    return last.position;
  };
  /** @param {FromPlayback["type"]} type Of the messages. */
  const told = (type) => said.filter((message) => message.type === type);
  /** @param {"started" | "ended"} type Of the messages. */
  const positions = (type) =>
    said.flatMap((message) =>
      message.type === type ? [message.position] : [],
    );
  const sounded = () => heard.filter((x) => x !== 0).map((x) => x * 32768);
  return { run, say, end, flush, said, told, positions, heard, sounded };
}

test("chunks of any size come out bit by bit: none lost, repeated or moved", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const next = random(seed);
    const { run, say, end, sounded, positions } = speaker();
    let sent = 0;
    while (sent < 60000) {
      const count = 1 + next(4800);
      say(counter(sent, count));
      sent += count;
      run(next(40));
    }
    end();
    run(sent / 128 + 40);
    const out = sounded();
    assert.equal(out.length, sent);
    assert.ok(out.every((value, i) => value === countAt(i)));
    assert.deepEqual(positions("ended").at(-1), {
      ...ITEM,
      played_samples: sent,
    });
  }
});

test("playing begins at once when enough is there", () => {
  const { run, say, heard, positions } = speaker();
  say(counter(0, 1440));
  run(1);
  assert.equal(present(heard[0]) * 32768, countAt(0));
  assert.deepEqual(positions("started")[0], {
    ...ITEM,
    played_samples: 0,
  });
});

test("a short piece waits 40 ms for more, and then begins", () => {
  const { run, say, sounded } = speaker();
  say(counter(0, 240));
  run(7);
  assert.equal(sounded().length, 0);
  run(3);
  assert.equal(sounded().length, 240);
});

test("a short piece does not wait when nothing more comes", () => {
  const { run, say, end, sounded, positions } = speaker();
  say(counter(0, 100));
  end();
  run(2);
  assert.equal(sounded().length, 100);
  assert.equal(positions("ended")[0]?.played_samples, 100);
});

test("running empty is silence, is counted, and is no end", () => {
  const { run, say, sounded, told, heard } = speaker();
  say(counter(0, 2400));
  run(20);
  assert.deepEqual(heard.slice(2400), Array(160).fill(0));
  say(counter(2400, 2400));
  run(30);
  const out = sounded();
  assert.equal(out.length, 4800);
  assert.ok(out.every((value, i) => value === countAt(i)));
  assert.deepEqual(told("underrun"), [{ type: "underrun", count: 1 }]);
  assert.equal(told("started").length, 1);
  assert.equal(told("ended").length, 0);
});

test("nothing for 200 ms is told as an end, and more as a new start", () => {
  const { run, say, told, positions } = speaker();
  say(counter(0, 2400));
  run(19 + 38);
  assert.equal(positions("ended")[0]?.played_samples, 2400);
  run(500);
  assert.equal(told("ended").length, 1);
  say(counter(2400, 2400));
  run(30);
  assert.equal(positions("started")[1]?.played_samples, 2400);
});

test("an item that follows ends the one before it, without a hole", () => {
  const { run, say, end, sounded, said } = speaker();
  say(counter(0, 1000), ITEM);
  say(counter(1000, 1000), OTHER);
  end();
  run(20);
  assert.deepEqual(
    sounded(),
    Array.from({ length: 2000 }, (_, i) => countAt(i)),
  );
  assert.deepEqual(
    said.map((message) => [
      message.type,
      "position" in message ? message.position?.item_id : "",
      "position" in message ? message.position?.played_samples : 0,
    ]),
    [
      ["started", "a", 0],
      ["ended", "a", 1000],
      ["started", "b", 0],
      ["ended", "b", 1000],
    ],
  );
});

test("parts of one item are counted apart", () => {
  const { run, say, end, positions } = speaker();
  say(counter(0, 500), { item_id: "a", content_index: 0 });
  say(counter(500, 700), { item_id: "a", content_index: 1 });
  end();
  run(20);
  assert.deepEqual(positions("ended"), [
    { item_id: "a", content_index: 0, played_samples: 500 },
    { item_id: "a", content_index: 1, played_samples: 700 },
  ]);
});

test("a flush is silent after 5 ms, and its count is what was heard", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const next = random(seed);
    const { run, say, flush, heard } = speaker();
    say(new Int16Array(48000).fill(16384));
    run(1 + next(200));
    const before = heard.length;
    const position = flush();
    run(10);
    assert.equal(position?.played_samples, before + 120);
    const slope = heard.slice(before, before + 120);
    assert.ok(slope.every((x, i) => i === 0 || x < present(slope[i - 1])));
    assert.ok(heard.slice(before + 120).every((x) => x === 0));
  }
});

test("a flush near the end counts no more than there was", () => {
  const { run, say, flush } = speaker();
  say(counter(0, 1500));
  run(11);
  assert.equal(flush()?.played_samples, 1500);
});

test("a flush before the first sample says that nothing was heard", () => {
  const { run, say, flush, heard } = speaker();
  say(counter(0, 480));
  run(1);
  assert.deepEqual(flush(), { ...ITEM, played_samples: 0 });
  run(50);
  assert.ok(heard.every((x) => x === 0));
});

test("a flush while an unfinished item has run empty still knows it", () => {
  const { run, say, flush } = speaker();
  say(counter(0, 2400));
  run(100);
  assert.deepEqual(flush(), { ...ITEM, played_samples: 2400 });
});

test("a flush when all was played says so", () => {
  const { run, say, end, flush } = speaker();
  assert.equal(flush(), null);
  say(counter(0, 2400));
  end();
  run(30);
  assert.equal(flush(), null);
  assert.equal(flush(), null);
});

test("after a flush the next item is played and counted from its start", () => {
  const { run, say, end, flush, sounded, positions } = speaker();
  say(new Int16Array(24000).fill(100));
  run(10);
  flush();
  const before = sounded().length;
  say(counter(0, 3000), OTHER);
  end();
  run(40);
  const out = sounded().slice(before);
  assert.deepEqual(
    out.slice(-3000),
    Array.from({ length: 3000 }, (_, i) => countAt(i)),
  );
  assert.equal(positions("ended").at(-1)?.played_samples, 3000);
});

for (const sampleRate of [16000, 44100, 48000, 96000]) {
  test(`in a context of ${sampleRate} Hz pitch, time and count are right`, () => {
    const { run, say, end, heard, positions } = speaker({ sampleRate });
    say(Int16Array.from(tone(440, 24000, 48000), (x) => x * 32768));
    end();
    run(Math.ceil((sampleRate * 2.2) / 128));
    const sound = Float32Array.from(heard);
    const level = amplitude(
      sound.subarray(sampleRate * 0.2, sampleRate * 1.8),
      440,
      sampleRate,
    );
    assert.ok(Math.abs(decibels(level / 0.5)) < 0.1);
    const last = sound.findLastIndex((x) => Math.abs(x) > 0.05);
    assert.ok(Math.abs(last / sampleRate - 2) < 0.01);
    assert.equal(positions("ended")[0]?.played_samples, 48000);
  });
}

test("a minute that is queued at once plays as fast as one that trickles in", () => {
  const { run, say, end, sounded } = speaker();
  for (let i = 0; i < 6000; i += 1) say(counter(i * 240, 240));
  end();
  run((6000 * 240) / 128 + 2);
  assert.equal(sounded().length, 6000 * 240);
});
