import assert from "node:assert/strict";
import { test } from "node:test";
import { BargeIn } from "../src/barge-in.js";
import { random } from "./signals.js";

/** A judge whose answer is playing and may be interrupted, and what it did. */
function judging({ armed = true, graceMs = 500, playing = true } = {}) {
  /** @type {string[]} */
  const did = [];
  const limits = { last: 0 };
  const bargeIn = new BargeIn({
    hold: (limitMs) => {
      did.push("hold");
      limits.last = limitMs;
    },
    release: (fooled) => did.push(fooled ? "false alarm" : "release"),
    interrupt: () => did.push("interrupt"),
  });
  bargeIn.configure(armed, graceMs);
  bargeIn.playing(0, playing);
  return { bargeIn, did, limits };
}

/** @typedef {(bargeIn: BargeIn) => void} Fact */
/** @type {(at: number, speaking: boolean) => Fact} */
const ear = (at, speaking) => (b) => b.ear(at, speaking);
/** @type {(at: number, hears: boolean) => Fact} */
const server = (at, hears) => (b) => b.server(at, hears);
/** @type {(at: number, playing: boolean) => Fact} */
const plays = (at, playing) => (b) => b.playing(at, playing);

/** @type {[string, Fact[], string[]][]} */
const STORIES = [
  [
    "a cough pauses the answer, which then goes on",
    [ear(1000, true), ear(1100, true), ear(1350, false)],
    ["hold", "false alarm"],
  ],
  [
    "speech that lasts ends the answer, once",
    [ear(1000, true), ear(1600, true), ear(1700, true), ear(1800, true)],
    ["hold", "interrupt"],
  ],
  [
    "speech counts from where the ear heard it, without the silence that ends it",
    [ear(1000, true), ear(1699, true), ear(1700, false)],
    ["hold", "false alarm"],
  ],
  [
    "what the server still hears is waited for",
    [ear(1000, true), server(1100, true), ear(1300, false)],
    ["hold"],
  ],
  [
    "the answer goes on when the server hears nothing more either",
    [
      ear(1000, true),
      server(1100, true),
      ear(1300, false),
      server(1800, false),
    ],
    ["hold", "false alarm"],
  ],
  [
    "the server's word alone pauses, however long, and never interrupts",
    [server(1000, true), ear(1100, false), ear(9000, false)],
    ["hold"],
  ],
  [
    "a server that falls silent needs no ear to let the answer go on",
    [server(1000, true), server(1400, false)],
    ["hold", "release"],
  ],
  [
    "a blip late in a pause of the server's is not taken for all of it",
    [server(1000, true), ear(1900, true), ear(1950, true)],
    ["hold"],
  ],
  [
    "a second sign while it is paused changes nothing",
    [ear(1000, true), server(1050, true), server(1060, true)],
    ["hold"],
  ],
  [
    "a sign that comes again after a pause has expired pauses again",
    [server(1000, true), (b) => b.expire(), server(4000, true)],
    ["hold", "release", "hold"],
  ],
  [
    "when a pause expires while the page hears the person, that is an interruption",
    [server(1000, true), ear(2900, true), (b) => b.expire()],
    ["hold", "interrupt"],
  ],
  [
    "a microphone that goes off lets the answer go on",
    [ear(1000, true), (b) => b.deafen(), ear(9000, false)],
    ["hold", "release"],
  ],
  [
    "a microphone that is muted, or gone to another page, does too",
    [ear(1000, true), (b) => b.configure(false, 500), ear(9000, true)],
    ["hold", "release"],
  ],
  [
    "an answer that ends while it is paused leaves no pause behind",
    [
      ear(1000, true),
      plays(1100, false),
      ear(1300, false),
      plays(2000, true),
      ear(2100, false),
    ],
    ["hold", "release"],
  ],
  [
    "an answer that is flushed while it is paused is not interrupted again",
    [ear(1000, true), (b) => b.silenced(), ear(2000, true), plays(2010, false)],
    ["hold", "release"],
  ],
  [
    "what is said before an answer begins pauses it, and is counted from there",
    [
      plays(10, false),
      ear(1000, true),
      plays(2000, true),
      ear(2100, true),
      ear(2150, false),
    ],
    ["hold", "release"],
  ],
  [
    "who speaks on over an answer's beginning interrupts it",
    [plays(10, false), ear(1000, true), plays(2000, true), ear(2700, true)],
    ["hold", "interrupt"],
  ],
  [
    "a pause that the kernel asked for before the sound came begins with it",
    [
      plays(10, false),
      server(1000, true),
      plays(1050, true),
      server(1500, false),
    ],
    ["hold", "release"],
  ],
  [
    "where nothing plays there is nothing to pause",
    [plays(10, false), ear(1000, true), ear(9000, true), server(9100, true)],
    [],
  ],
];

for (const [name, facts, expected] of STORIES) {
  test(name, () => {
    const { bargeIn, did } = judging();
    for (const fact of facts) fact(bargeIn);
    assert.deepEqual(did, expected);
    bargeIn.expire();
    assert.equal(bargeIn.holding, false);
  });
}

test("with no grace the first sound of speech interrupts", () => {
  const { bargeIn, did } = judging({ graceMs: 0 });
  bargeIn.ear(1000, true);
  bargeIn.ear(1100, true);
  assert.deepEqual(did, ["interrupt"]);
});

test("with no grace the end of one's own sentence does not kill the answer to it", () => {
  const { bargeIn, did } = judging({ graceMs: 0, playing: false });
  bargeIn.ear(1000, true);
  bargeIn.playing(2000, true);
  bargeIn.ear(2050, true);
  bargeIn.ear(2150, false);
  assert.deepEqual(did, ["hold", "release"]);
});

test("unarmed it does nothing", () => {
  const { bargeIn, did } = judging({ armed: false });
  bargeIn.ear(1000, true);
  bargeIn.ear(9000, true);
  bargeIn.server(9000, true);
  assert.deepEqual(did, []);
});

test("who is speaking when it is armed is heard from then on", () => {
  const { bargeIn, did } = judging({ armed: false });
  bargeIn.ear(1000, true);
  bargeIn.configure(true, 500);
  bargeIn.ear(2000, true);
  bargeIn.ear(2600, true);
  assert.deepEqual(did, ["hold"]);
});

test("a hold says when it has to end at the latest", () => {
  const { bargeIn, limits } = judging({ graceMs: 900 });
  bargeIn.server(1000, true);
  assert.equal(limits.last, 2400);
});

test("whatever comes in whatever order: each hold ends, and nothing ends what is not playing", () => {
  for (let seed = 1; seed <= 300; seed += 1) walk(seed);
});

/** @param {number} seed Of the walk. */
function walk(seed) {
  const below = random(seed * 7919);
  const now = { armed: false, playing: false, ear: false, server: false };
  let at = 0;
  let paused = false;
  let deadline = Number.POSITIVE_INFINITY;
  const bargeIn = new BargeIn({
    hold(limitMs) {
      assert.ok(now.armed && now.playing && !paused, `hold, seed ${seed}`);
      paused = true;
      deadline = at + limitMs;
    },
    release() {
      assert.ok(paused, `release, seed ${seed}`);
      paused = false;
    },
    interrupt() {
      assert.ok(now.armed && now.playing && now.ear, `stop, seed ${seed}`);
      paused = false;
      now.playing = false;
    },
  });
  /** @type {(() => void)[]} */
  const facts = [
    () => {
      now.armed = below(4) > 0;
      if (!now.armed) now.ear = false;
      bargeIn.configure(now.armed, [0, 300, 500][below(3)] ?? 0);
    },
    () => {
      now.playing = below(4) > 0;
      bargeIn.playing(at, now.playing);
    },
    () => {
      const speaking = below(2) > 0;
      now.ear = now.armed && speaking;
      bargeIn.ear(at, speaking);
    },
    () => {
      now.ear = false;
      bargeIn.deafen();
    },
    () => {
      now.server = below(2) > 0;
      bargeIn.server(at, now.server);
    },
    () => {
      now.playing = false;
      bargeIn.silenced();
    },
  ];
  for (let step = 0; step < 200; step += 1) {
    at += below(400);
    if (at >= deadline) {
      now.server = false;
      deadline = Number.POSITIVE_INFINITY;
      bargeIn.expire();
      assert.equal(paused, false, `held too long, seed ${seed}`);
    }
    facts[below(facts.length)]?.();
    assert.equal(bargeIn.holding, paused, `seed ${seed}`);
    if (!(now.armed && now.playing)) assert.equal(paused, false);
  }
}
