import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { adviceFor } from "../src/card/advice.js";
import {
  clock,
  heardParts,
  markOf,
  megabytes,
  minutes,
  progress,
  seconds,
  shownStatus,
} from "../src/card/format.js";
import { pace } from "../src/card/pace.js";
import { signOf } from "../src/card/status.js";
import { INITIAL_STATE } from "../src/state.js";

/** @import {CardState, Item} from "../src/types.js" */

/** @type {Item} */
const CUT = {
  id: "a",
  previous_item_id: null,
  role: "assistant",
  text: "one two three four",
  status: "interrupted",
  audio_ms: 4000,
  heard_ms: 2000,
  heard_end: 7,
  replayable: true,
};

/** @param {Partial<CardState>} patch What differs from the first state. */
const keysOf = (patch) =>
  adviceFor({ ...INITIAL_STATE, ...patch }).map(({ key }) => key);

test("times and sizes read as a person writes them", () => {
  assert.equal(seconds(0.617), "0.62 s");
  assert.equal(seconds(12.34), "12.3 s");
  assert.equal(clock(72_900), "01:12");
  assert.equal(clock(3_800_000), "1:03:20");
  assert.equal(clock(-5), "00:00");
  assert.equal(minutes(72_900), "1 min");
  assert.equal(minutes(3_900_000), "1 h 5 min");
  assert.equal(minutes(-5), "0 min");
  assert.equal(megabytes(621_400_000), "621 MB");
});

test("progress never leaves 0 to 100 and says 100 only at the end", () => {
  assert.deepEqual(progress({ done: 267.5e6, total: 621e6 }), {
    percent: 43,
    text: "43 % · 268 of 621 MB",
  });
  assert.equal(progress({}).percent, 0);
  assert.equal(progress({ done: 9, total: 3 }).percent, 100);
  assert.equal(progress({ done: 999, total: 1000 }).percent, 99);
});

test("an interrupted answer is cut where the voice was, and the space belongs to the words before", () => {
  assert.deepEqual(heardParts(CUT), {
    heard: "one two ",
    unheard: "three four",
  });
  for (let heard_end = 0; heard_end <= CUT.text.length; heard_end += 1) {
    const { heard, unheard } = heardParts({ ...CUT, heard_end });
    assert.equal(heard + unheard, CUT.text);
    assert.ok(heard.length >= heard_end, "no heard word is called unheard");
    assert.doesNotMatch(unheard, /^\s/);
  }
});

test("what was heard to its end, or was not interrupted, is whole", () => {
  const whole = { heard: CUT.text, unheard: "" };
  assert.deepEqual(heardParts({ ...CUT, heard_end: CUT.text.length }), whole);
  assert.deepEqual(heardParts({ ...CUT, heard_end: null }), whole);
  assert.deepEqual(heardParts({ ...CUT, status: "completed" }), whole);
});

test("marks say what went wrong in words", () => {
  assert.equal(markOf(CUT), "interrupted at 2.0 s · 2 words not heard");
  assert.equal(
    markOf({ ...CUT, heard_end: 14 }),
    "interrupted at 2.0 s · 1 word not heard",
  );
  const whole = { ...CUT, heard_ms: 4000, heard_end: 18 };
  assert.equal(markOf(whole), "interrupted at 4.0 s");
  assert.equal(
    markOf({ ...CUT, heard_ms: 0, heard_end: 0 }),
    "interrupted before it was heard",
  );
  const unknown = { ...CUT, heard_ms: null, heard_end: null };
  assert.equal(markOf(unknown), "interrupted");
  assert.equal(markOf({ ...CUT, status: "completed" }), "");
  assert.match(markOf({ ...CUT, status: "incomplete" }), /incomplete/);
  assert.match(markOf({ ...CUT, status: "failed" }), /no whole answer/);
  assert.match(
    markOf({ ...CUT, status: "failed", role: "user" }),
    /not recognised/,
  );
});

test("a moving slider sends ten values a second, and always the last", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const life = new AbortController();
  /** @type {number[]} */
  const sent = [];
  const paced = pace(
    (/** @type {number} */ n) => sent.push(n),
    100,
    life.signal,
  );
  for (let n = 0; n < 50; n++) {
    paced.push(n);
    mock.timers.tick(20);
  }
  assert.ok(sent.length <= 11, `${sent.length} values in one second`);
  assert.equal(sent[0], 0);
  mock.timers.tick(200);
  assert.equal(sent.at(-1), 49);
  const before = sent.length;
  mock.timers.tick(1000);
  assert.equal(sent.length, before, "nothing is sent twice");

  paced.push(50);
  paced.push(51);
  paced.flush();
  assert.deepEqual(sent.slice(-2), [50, 51]);
  paced.push(52);
  life.abort();
  mock.timers.tick(1000);
  assert.equal(sent.at(-1), 51);
  mock.timers.reset();
});

test("advice comes in order of weight, and none when all is well", () => {
  assert.deepEqual(keysOf({}), []);
  assert.deepEqual(
    keysOf({
      notice: "n",
      local_voice: { state: "missing", total: 1 },
      sound_blocked: true,
      microphone_fault: { code: "denied", message: "m", hint: "h" },
      error: { message: "e" },
      owner: "other",
    }),
    ["error", "microphone", "lease", "sound", "voice", "notice"],
  );
});

test("a microphone that gives nothing is spoken of while it is meant to be heard", () => {
  const silent = {
    microphone: /** @type {const} */ ("on"),
    microphone_silent: true,
  };
  assert.deepEqual(keysOf(silent), ["silent"]);
  assert.deepEqual(keysOf({ ...silent, muted: true }), []);
  assert.deepEqual(keysOf({ ...silent, microphone: "off" }), []);
});

test("a volume of zero is spoken of when somebody speaks here", () => {
  const preferences = { ...INITIAL_STATE.preferences, volume: 0 };
  assert.deepEqual(keysOf({ preferences }), []);
  assert.deepEqual(keysOf({ preferences, playing: true }), ["volume"]);
});

test("another page that has the sound can be taken over from", () => {
  const [notice] = adviceFor({ ...INITIAL_STATE, owner: "other" });
  assert.equal(
    notice?.text,
    "Sound and microphone are in another page or view.",
  );
  assert.equal(notice?.press?.name, "Take over");
});

test("without a kernel only that is said", () => {
  const error = { message: "e" };
  assert.deepEqual(keysOf({ kernel: "absent", error }), ["kernel"]);
  assert.deepEqual(keysOf({ kernel: "restarted", error }), ["kernel"]);
});

test("the local voice is offered by its state, and in silence once it is here", () => {
  const voice = (/** @type {CardState["local_voice"]} */ local_voice) =>
    adviceFor({ ...INITIAL_STATE, local_voice })[0];
  const missing = voice({ state: "missing", total: 621e6, done: 100e6 });
  assert.match(missing?.text ?? "", /621 MB \(100 MB are here\)/);
  assert.equal(missing?.press?.name, "Download local voice");
  assert.equal(voice({ state: "failed" })?.press?.name, "Try again");
  const hint = "Run `pip install x`.";
  assert.equal(voice({ state: "engines_missing", hint })?.hint, hint);
  assert.equal(voice({ state: "ready" }), undefined);
  assert.equal(voice({ state: "fetching" }), undefined);
});

test("the status is what a person perceives", () => {
  /** @type {{status: "ready", playing: boolean, microphone: "off" | "on"}} */
  const quiet = { status: "ready", playing: false, microphone: "off" };
  assert.equal(shownStatus(quiet), "ready");
  assert.equal(shownStatus({ ...quiet, microphone: "on" }), "listening");
  assert.equal(
    shownStatus({ ...quiet, microphone: "on", playing: true }),
    "speaking",
  );
  assert.equal(
    shownStatus({ ...quiet, status: "thinking", playing: true }),
    "thinking",
  );
  const held = {
    ...quiet,
    status: /** @type {const} */ ("speaking"),
    held: true,
  };
  assert.equal(shownStatus(held), "listening");
});

test("the status says what holds in words", () => {
  const word = (/** @type {Partial<CardState>} */ patch) =>
    signOf({ ...INITIAL_STATE, status: "ready", ...patch }).word;
  assert.equal(word({}), "Ready");
  assert.equal(word({ microphone: "on" }), "Listening");
  assert.equal(word({ microphone: "on", muted: true }), "Muted");
  assert.equal(word({ status: "speaking", muted: true }), "Speaking · Muted");
  assert.equal(word({ status: "disconnected", muted: true }), "Disconnected");
  assert.equal(word({ status: "speaking", held: true }), "Listening…");
  assert.equal(word({ replaying: "a" }), "Playing again");
  assert.equal(word({ hold_longer: true }), "Hold longer");
  assert.equal(word({ asking: "send", microphone: "on" }), "Waiting for you");
  assert.equal(word({ kernel: "absent", hold_longer: true }), "No kernel");
});
