import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertCounts,
  ITEM,
  OTHER,
  SLOPE,
  softened,
  speaker,
} from "./playback-page.js";
import { counter, present, random } from "./signals.js";

test("held is silent after 5 ms, and goes on with the very next sample", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const next = random(seed);
    const { run, say, end, hold, release, heard, sounded, told } = speaker();
    say(counter(0, 24000));
    end();
    run(1 + next(100));
    const before = heard.length;
    hold();
    run(1 + next(300));
    const pause = heard.slice(before + SLOPE);
    assert.ok(pause.every((x) => x === 0));
    release();
    run(300);
    assertCounts(sounded(), 24000);
    assert.ok(softened(sounded()) < 2 * SLOPE);
    assert.deepEqual(
      told("held").map((m) => m.type === "held" && m.held),
      [true, false],
    );
    assert.equal(told("started").length, 1);
    assert.equal(told("ended").length, 1);
  }
});

test("while held nothing is told, whatever comes and however long it lasts", () => {
  const { run, say, end, hold, said } = speaker();
  say(counter(0, 12000));
  run(20);
  hold();
  run(2);
  const count = said.length;
  say(counter(12000, 2400));
  end();
  run(2000);
  assert.equal(said.length, count);
});

test("a flush while held says where it was held", () => {
  const { run, say, hold, flush, heard, told } = speaker();
  say(counter(0, 24000));
  run(40);
  hold();
  run(100);
  say(counter(0, 2400), OTHER);
  assert.deepEqual(flush(), [
    { ...ITEM, played_samples: 40 * 128 + SLOPE },
    { ...OTHER, played_samples: 0 },
  ]);
  run(20);
  assert.ok(heard.slice(40 * 128 + SLOPE).every((x) => x === 0));
  assert.deepEqual(told("held").at(-1), { type: "held", held: false });
});

test("what is held at its very end is over, and holds nothing", () => {
  const { run, say, end, hold, said, sounded } = speaker();
  say(counter(0, 2000));
  end();
  run(15);
  hold();
  assert.deepEqual(
    said.slice(-3).map(({ type }) => type),
    ["held", "ended", "held"],
  );
  say(counter(2000, 2000), OTHER);
  end();
  run(40);
  assertCounts(sounded(), 4000);
});

test("held between two items: the first has not ended until the second may go on", () => {
  const { run, say, end, hold, release, positions, sounded } = speaker();
  say(counter(0, 2000), ITEM);
  say(counter(2000, 3000), OTHER);
  end();
  run(15);
  hold();
  run(100);
  assert.equal(positions("ended").length, 0);
  release();
  run(60);
  assertCounts(sounded(), 5000);
  assert.deepEqual(
    positions("ended").map((p) => p.played_samples),
    [2000, 3000],
  );
});

test("hold, when nothing is heard, holds nothing", () => {
  const { run, say, end, hold, release, told, sounded } = speaker();
  hold();
  say(counter(0, 3000));
  end();
  run(40);
  hold();
  release();
  assert.equal(told("held").length, 0);
  assert.deepEqual(sounded(), [...counter(0, 3000)]);
});

test("hold and release faster than a slope lose nothing", () => {
  const { run, say, end, hold, release, sounded } = speaker();
  say(counter(0, 12000));
  end();
  run(10);
  for (let i = 0; i < 50; i += 1) {
    hold();
    release();
    if (i % 3 === 0) run(1);
  }
  run(150);
  assertCounts(sounded(), 12000);
});

test("an old item is heard again, and is counted nowhere", () => {
  const { run, replay, flush, sounded, said } = speaker();
  replay(counter(0, 3000), false);
  run(10);
  replay(counter(3000, 3000), true);
  run(80);
  assert.deepEqual(sounded(), [...counter(0, 6000)]);
  assert.deepEqual(
    said.map(({ type }) => type),
    ["replayed", "idle"],
  );
  assert.deepEqual(flush(), []);
});

test("a replay without sound is over at once; one that stumbles loses nothing", () => {
  const { run, replay, sounded, told } = speaker();
  replay(null, true);
  run(1);
  assert.equal(told("replayed").length, 1);
  replay(counter(0, 3000), false);
  run(60);
  replay(counter(3000, 3000), true);
  run(60);
  assertCounts(sounded(), 6000);
  assert.equal(told("replayed").length, 2);
});

test("an answer, a flush and a person end a replay, with a slope", () => {
  for (const ending of /** @type {const} */ (["say", "flush", "stopReplay"])) {
    const it = speaker();
    it.replay(new Int16Array(24000).fill(16384), true);
    it.run(20);
    const before = it.heard.length;
    if (ending === "say") it.say(counter(0, 3000));
    else it[ending]();
    it.end();
    it.run(60);
    const slope = it.heard.slice(before, before + SLOPE);
    assert.ok(slope.every((x, i) => i === 0 || x < present(slope[i - 1])));
    const rest = it.sounded().slice(before + SLOPE);
    assert.deepEqual(rest, ending === "say" ? [...counter(0, 3000)] : []);
    assert.equal(it.told("replayed").length, 1);
  }
});

test("while an answer is heard, nothing old is", () => {
  const { run, say, end, replay, sounded, told } = speaker();
  say(counter(0, 3000));
  end();
  run(5);
  replay(new Int16Array(3000).fill(9), true);
  assert.equal(told("replayed").length, 1);
  run(60);
  assert.deepEqual(sounded(), [...counter(0, 3000)]);
});
