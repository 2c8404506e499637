import assert from "node:assert/strict";
import { test } from "node:test";
import { START_MS } from "../src/audio/prebuffer.js";
import { assertCounts, ITEM, OTHER, SLOPE, speaker } from "./playback-page.js";
import {
  amplitude,
  countAt,
  counter,
  decibels,
  present,
  random,
  tone,
} from "./signals.js";

/** Samples that are enough to begin with. */
const ENOUGH = 24 * START_MS;

test("chunks of any size come out bit by bit: none lost, repeated or moved", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const next = random(seed);
    const { run, say, end, sounded, positions, told } = speaker();
    let sent = 0;
    let played = 0;
    while (sent < 60000) {
      const count = 1 + next(4800);
      say(counter(sent, count));
      sent += count;
      const quanta = next(Math.max(1, Math.floor((sent - played) / 128) - 2));
      played += quanta * 128;
      run(quanta);
    }
    end();
    run(sent / 128 + 40);
    const out = sounded();
    assert.equal(told("buffer").length, 0);
    assert.equal(out.length, sent);
    assert.ok(out.every((value, i) => value === countAt(i)));
    assert.deepEqual(positions("ended").at(-1), {
      ...ITEM,
      played_samples: sent,
    });
  }
});

test("running empty loses no sample either, whatever comes when", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const next = random(seed);
    const { run, say, end, hold, release, sounded, positions } = speaker();
    let sent = 0;
    while (sent < 60000) {
      const count = 1 + next(next(2) ? 4800 : 200);
      say(counter(sent, count));
      sent += count;
      run(next(40));
      if (next(3) === 0) hold();
      run(next(3));
      if (next(2) === 0) release();
    }
    end();
    release();
    run(sent / 128 + 100);
    assertCounts(sounded(), sent);
    assert.equal(positions("ended").at(-1)?.played_samples, sent);
  }
});

test("playing begins at once when enough is there", () => {
  const { run, say, heard, positions } = speaker();
  say(counter(0, ENOUGH));
  run(1);
  assert.equal(present(heard[0]) * 32768, countAt(0));
  assert.deepEqual(positions("started")[0], { ...ITEM, played_samples: 0 });
});

test("a short piece waits for more as long as enough would last, then begins", () => {
  const { run, say, sounded } = speaker();
  say(counter(0, 240));
  run(22);
  assert.equal(sounded().length, 0);
  run(3);
  assert.equal(sounded().length, 240);
});

test("a short piece does not wait when nothing more comes", () => {
  const { run, say, end, sounded, positions } = speaker();
  say(counter(0, 100));
  end();
  run(2);
  assert.deepEqual(sounded(), [...counter(0, 100)]);
  assert.equal(positions("ended")[0]?.played_samples, 100);
});

test("running empty slopes to silence, is counted, is no end, and rises again", () => {
  const { run, say, sounded, told, heard } = speaker();
  const steady = new Int16Array(4800 + ENOUGH).fill(16384);
  say(steady.slice(0, ENOUGH));
  run(24);
  const before = heard.slice(ENOUGH - SLOPE, ENOUGH);
  assert.equal(before[0], 0.5);
  assert.ok(before.every((x, i) => i === 0 || x < present(before[i - 1])));
  assert.ok(present(before.at(-1)) < 0.01);
  assert.deepEqual(heard.slice(ENOUGH), Array(24 * 128 - ENOUGH).fill(0));
  say(steady.slice(ENOUGH));
  run(100);
  const after = heard.slice(heard.indexOf(0)).filter((x) => x !== 0);
  assert.ok(present(after[0]) < 0.01);
  assert.equal(after[SLOPE], 0.5);
  assert.equal(sounded().length, steady.length);
  assert.equal(told("started").length, 1);
  assert.equal(told("ended").length, 0);
  assert.equal(told("buffer").length, 1);
});

test("each gap makes the prebuffer longer by itself at least, up to 500 ms", () => {
  const { run, say, told } = speaker();
  const lengths = () =>
    told("buffer").map((m) => (m.type === "buffer" ? m.prebufferMs : 0));
  say(counter(0, ENOUGH));
  run(23 + 40);
  say(counter(ENOUGH, 2400));
  run(23);
  const gap = (23 + 40 + 19) * (128 / 24) - START_MS;
  assert.ok(
    Math.abs(present(lengths()[0]) - START_MS - gap) <= 23 * (128 / 24),
  );
  for (let i = 0; i < 10; i += 1) {
    run(200);
    say(counter(0, 2400));
  }
  assert.equal(lengths().at(-1), 500);
  const last = present(told("buffer").at(-1));
  assert.ok(last.type === "buffer" && last.underruns === 11);
});

test("what was learned holds for the next answer: it begins when that much is there", () => {
  const { run, say, end, told, sounded } = speaker();
  say(counter(0, 2400));
  run(47);
  say(counter(2400, 4800));
  end();
  run(100);
  const news = present(told("buffer")[0]);
  assert.ok(news.type === "buffer");
  const before = sounded().length;
  say(counter(0, news.prebufferMs * 24 - 24), OTHER);
  run(1);
  assert.equal(sounded().length, before);
  say(counter(0, 48), OTHER);
  run(1);
  assert.equal(sounded().length, before + 128);
});

test("calm shrinks the prebuffer slowly, and never below 80 ms", () => {
  const { run, say, end, told } = speaker();
  say(counter(0, ENOUGH));
  run(30);
  say(counter(0, 240_000));
  run(1920);
  const lengths = told("buffer").map((m) =>
    m.type === "buffer" ? m.prebufferMs : 0,
  );
  assert.equal(lengths.length, 2);
  assert.equal(present(lengths[0]) - present(lengths[1]), 10);
  for (let i = 0; i < 40; i += 1) say(new Int16Array(240_000).fill(1));
  end();
  run(40 * 1900);
  const last = present(told("buffer").at(-1));
  assert.ok(last.type === "buffer" && last.prebufferMs === 80);
});

test("nothing for 200 ms is told as an end, and more as a new start", () => {
  const { run, say, told, positions } = speaker();
  say(counter(0, ENOUGH));
  run(23 + 38);
  assert.equal(positions("ended")[0]?.played_samples, ENOUGH);
  run(500);
  assert.equal(told("ended").length, 1);
  say(counter(ENOUGH, 9600));
  run(60);
  assert.equal(positions("started")[1]?.played_samples, ENOUGH);
});

test("an item that follows ends the one before it, without a hole", () => {
  const { run, say, end, sounded, said } = speaker();
  say(counter(0, 1000), ITEM);
  say(counter(1000, 1000), OTHER);
  end();
  run(40);
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
      ["idle", "", 0],
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

test("ten times a second it is told where an item stands; in silence nothing is", () => {
  const { run, say, end, positions, said } = speaker();
  say(counter(0, 24000));
  end();
  run(188);
  const places = positions("progress").map((p) => p.played_samples);
  assert.ok(places.length >= 9 && places.length <= 10, String(places));
  assert.ok(places.every((place, i) => place - 2400 * (i + 1) < 128 * (i + 1)));
  run(20);
  assert.equal(said.at(-1)?.type, "idle");
  const count = said.length;
  run(5000);
  assert.equal(said.length, count);
});

test("a flush is silent after 5 ms, and its count is what was heard", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const next = random(seed);
    const { run, say, flush, heard } = speaker();
    say(new Int16Array(48000).fill(16384));
    run(1 + next(200));
    const before = heard.length;
    const positions = flush();
    run(10);
    assert.deepEqual(positions, [{ ...ITEM, played_samples: before + SLOPE }]);
    const slope = heard.slice(before, before + SLOPE);
    assert.ok(slope.every((x, i) => i === 0 || x < present(slope[i - 1])));
    assert.ok(heard.slice(before + SLOPE).every((x) => x === 0));
  }
});

test("a flush near the end counts no more than there was", () => {
  const { run, say, flush } = speaker();
  say(counter(0, ENOUGH));
  run(22);
  assert.deepEqual(flush(), [{ ...ITEM, played_samples: ENOUGH }]);
});

test("an item that a flush finds at its very end was heard: it has ended", () => {
  const { run, say, end, flush, positions } = speaker();
  say(counter(0, 2000));
  end();
  run(15);
  assert.deepEqual(flush(), []);
  assert.deepEqual(positions("ended"), [{ ...ITEM, played_samples: 2000 }]);
});

test("a flush names the item that was cut, then those that had not begun", () => {
  const { run, say, flush } = speaker();
  const third = { item_id: "c", content_index: 0 };
  say(counter(0, 1000), ITEM);
  say(counter(0, 4000), OTHER);
  say(counter(0, 4000), third);
  say(counter(0, 4000), third);
  run(16);
  assert.deepEqual(flush(), [
    { ...OTHER, played_samples: 16 * 128 - 1000 + SLOPE },
    { ...third, played_samples: 0 },
  ]);
});

test("a flush before the first sample says that nothing was heard", () => {
  const { run, say, flush, heard } = speaker();
  say(counter(0, 480));
  run(1);
  assert.deepEqual(flush(), [{ ...ITEM, played_samples: 0 }]);
  run(50);
  assert.ok(heard.every((x) => x === 0));
});

test("a flush while an unfinished item has run empty still knows it", () => {
  const { run, say, flush } = speaker();
  say(counter(0, 2400));
  run(100);
  assert.deepEqual(flush(), [{ ...ITEM, played_samples: 2400 }]);
});

test("a flush when all was played says so", () => {
  const { run, say, end, flush } = speaker();
  assert.deepEqual(flush(), []);
  say(counter(0, 2400));
  end();
  run(30);
  assert.deepEqual(flush(), []);
  assert.deepEqual(flush(), []);
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
