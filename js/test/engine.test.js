import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { START_MS } from "../src/audio/prebuffer.js";
import { PROCESSING, page } from "./engine-page.js";
import { settled } from "./fake-audio.js";
import { counter, present } from "./signals.js";

const ITEM = { item_id: "a", content_index: 0 };
const OTHER = { item_id: "b", content_index: 0 };

/** @param {readonly number[]} heard PCM16 and zeros. */
const sounded = (heard) => heard.filter((x) => x !== 0);

test("nothing is opened before it is asked for", async () => {
  const { browser, engine } = page();
  engine.setVolume(0.5);
  engine.hold();
  engine.release();
  engine.endSpeech();
  engine.stopReplay();
  engine.rest();
  engine.falseAlarm();
  assert.deepEqual(await engine.flush(), []);
  await engine.stopMicrophone();
  assert.equal(browser.contexts.length, 0);
  assert.equal(browser.devices.asked.length, 0);
});

test("an answer is told at its first sample, every two seconds, and at its end", async () => {
  const { browser, engine, played, patches, state } = page();
  engine.enqueue(ITEM, counter(0, 108_000));
  engine.endSpeech();
  await settled();
  const heard = await browser.play(4600);
  assert.deepEqual(sounded(heard), [...counter(0, 108_000)]);
  const places = played.map(({ position }) => position.played_samples);
  assert.equal(places[0], 0);
  assert.equal(places.at(-1), 108_000);
  assert.equal(places.length, 4);
  assert.deepEqual(
    played.map(({ ended }) => ended),
    [false, false, false, true],
  );
  const heads = patches.filter(({ playhead }) => playhead);
  assert.ok(heads.length >= 44 && heads.length <= 46, String(heads.length));
  assert.deepEqual([state.playing, state.playhead], [false, null]);
});

test("held is shown, and a held answer is still playing", async () => {
  const { browser, engine, state } = page();
  engine.enqueue(ITEM, counter(0, 24000));
  engine.endSpeech();
  await settled();
  const before = await browser.play(200);
  engine.hold();
  await settled();
  const during = await browser.play(300);
  assert.deepEqual([state.held, state.playing], [true, true]);
  assert.ok(during.slice(240).every((x) => x === 0));
  engine.release();
  await settled();
  const after = await browser.play(1000);
  assert.deepEqual([state.held, state.playing], [false, false]);
  assert.equal(sounded([...before, ...during, ...after]).length, 24000);
});

test("a flush gives what was cut and what had not begun, in the page too", async () => {
  const { browser, engine, state } = page();
  engine.enqueue(ITEM, counter(0, 24000));
  engine.enqueue(OTHER, counter(0, 2400));
  await settled();
  const heard = await browser.play(100);
  const positions = await engine.flush();
  assert.deepEqual(positions, [
    { ...ITEM, played_samples: heard.length + 120 },
    { ...OTHER, played_samples: 0 },
  ]);
  assert.deepEqual(
    [state.playing, state.held, state.playhead, state.replaying],
    [false, false, null, null],
  );
});

test("before a gesture sound is kept and asked for; a click lets all of it out", async () => {
  const { browser, engine, state } = page();
  browser.autoplay = false;
  browser.activation.hasBeenActive = false;
  engine.enqueue(ITEM, counter(0, 4800));
  engine.endSpeech();
  assert.equal(state.sound_blocked, true);
  assert.equal(browser.contexts.length, 0);
  browser.autoplay = true;
  engine.allowSound();
  await settled();
  assert.equal(state.sound_blocked, false);
  assert.deepEqual(sounded(await browser.play(300)), [...counter(0, 4800)]);
});

test("a flush before the click names all that was kept, once each", async () => {
  const { browser, engine } = page();
  browser.activation.hasBeenActive = false;
  engine.enqueue(ITEM, counter(0, 480));
  engine.enqueue(ITEM, counter(480, 480));
  engine.enqueue(OTHER, counter(0, 480));
  assert.deepEqual(await engine.flush(), [
    { ...ITEM, played_samples: 0 },
    { ...OTHER, played_samples: 0 },
  ]);
  assert.deepEqual(await engine.flush(), []);
});

test("an old answer is heard again and counted nowhere", async () => {
  const { browser, engine, state, played, patches } = page();
  engine.replay("old", counter(0, 4800), false);
  await settled();
  assert.equal(state.replaying, "old");
  engine.replay("old", counter(4800, 4800), true);
  await settled();
  assert.deepEqual(sounded(await browser.play(600)), [...counter(0, 9600)]);
  assert.equal(state.replaying, null);
  assert.deepEqual(played, []);
  assert.ok(patches.every(({ playing }) => playing === undefined));
});

test("a flush, a new answer and a person end a replay", async () => {
  for (const ending of ["flush", "answer", "stop"]) {
    const { browser, engine, state } = page();
    engine.replay("old", counter(0, 48000), true);
    await settled();
    await browser.play(100);
    if (ending === "flush") assert.deepEqual(await engine.flush(), []);
    else if (ending === "stop") engine.stopReplay();
    else engine.enqueue(ITEM, counter(0, 2400));
    await settled();
    assert.equal(state.replaying, null);
    const heard = sounded(await browser.play(1000));
    assert.equal(heard.length, ending === "answer" ? 2520 : 120);
  }
});

test("the volume is that of the first sound too", async () => {
  const { browser, engine } = page();
  engine.setVolume(0.25);
  engine.allowSound();
  assert.equal(browser.speaker?.gain?.value ?? 0.25, 0.25);
  await settled();
  engine.setVolume(0.5);
  assert.equal(present(browser.speaker).gain?.value, 0.5);
});

test("when all is played the sound card sleeps; the next answer wakes it", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { browser, engine } = page();
  engine.enqueue(ITEM, counter(0, 12000));
  engine.endSpeech();
  await settled();
  mock.timers.tick(60_000);
  await settled();
  assert.equal(browser.speaker?.state, "running");
  await browser.play(700);
  mock.timers.tick(4900);
  await settled();
  assert.equal(browser.speaker?.state, "running");
  mock.timers.tick(200);
  await settled();
  assert.equal(browser.speaker?.state, "suspended");
  engine.enqueue(OTHER, counter(0, 4800));
  engine.endSpeech();
  await settled();
  assert.equal(browser.speaker?.state, "running");
  assert.deepEqual(sounded(await browser.play(300)), [...counter(0, 4800)]);
});

test("an answer that comes while the sound card falls asleep is heard", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { browser, engine } = page();
  engine.wake();
  await settled();
  engine.rest();
  mock.timers.tick(2000);
  engine.enqueue(ITEM, counter(0, 4800));
  engine.endSpeech();
  await settled();
  assert.equal(browser.speaker?.state, "running");
  assert.deepEqual(sounded(await browser.play(300)), [...counter(0, 4800)]);
});

test("a sound card that was given back is taken again for the next answer", async () => {
  const { browser, engine } = page();
  engine.allowSound();
  engine.enqueue(ITEM, counter(0, 4800));
  engine.endSpeech();
  await settled();
  await browser.play(300);
  engine.closeSound();
  engine.closeSound();
  await settled();
  assert.equal(browser.speaker?.state, "closed");
  engine.enqueue(OTHER, counter(0, 4800));
  engine.endSpeech();
  await settled();
  assert.equal(browser.speaker?.state, "running");
  assert.deepEqual(sounded(await browser.play(300)), [...counter(0, 4800)]);
});

test("underruns and what is waited for since are shown", async () => {
  const { browser, engine, state } = page();
  engine.enqueue(ITEM, counter(0, 4800));
  await settled();
  await browser.play(300);
  engine.enqueue(ITEM, counter(0, 9600));
  await settled();
  await browser.play(100);
  assert.equal(state.underruns, 1);
  assert.ok(Number(state.prebuffer_ms) > START_MS);
});

test("the end of the widget closes every context and every track at once", async () => {
  const { browser, engine, control } = page();
  await engine.startMicrophone("", PROCESSING);
  engine.enqueue(ITEM, counter(0, 24000));
  await settled();
  void engine.startMicrophone("usb", PROCESSING);
  control.abort();
  await settled();
  assert.equal(browser.contexts.length, 3);
  assert.ok(browser.contexts.every(({ state }) => state === "closed"));
  const tracks = browser.devices.streams.map(({ track }) => track);
  assert.ok(tracks.every(({ readyState }) => readyState === "ended"));
  engine.enqueue(ITEM, counter(0, 2400));
  engine.allowSound();
  engine.replay("old", counter(0, 2400), true);
  await engine.startMicrophone("", PROCESSING);
  assert.equal(browser.contexts.length, 3);
});
