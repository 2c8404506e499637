/** @import {PageMessage, Status} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePcm16 } from "../src/audio/pcm16.js";
import { Uplink } from "../src/uplink.js";
import { counter } from "./signals.js";

/** @type {Status[]} */
const LIVE = ["connecting", "ready", "listening", "thinking", "speaking"];

/** An uplink whose session is live, and what it sends. */
function uplinked() {
  /** @type {PageMessage[]} */
  const sent = [];
  /** @type {{status: Status}} */
  const session = { status: "ready" };
  const uplink = new Uplink(
    {
      send: (message) => {
        sent.push(message);
        return true;
      },
    },
    () => session.status,
  );
  const audio = () =>
    sent.flatMap((message) => (message.type === "audio" ? [message] : []));
  return { uplink, session, sent, audio };
}

test("chunks are numbered from 0 after each start, and carry their sound", () => {
  const { uplink, sent, audio } = uplinked();
  for (let run = 0; run < 2; run += 1) {
    uplink.begin("Built-in", 44100);
    uplink.push(counter(0, 2400), 1000);
    uplink.push(counter(2400, 2400), 1100);
    uplink.end();
  }
  assert.deepEqual(
    sent.map(({ type }) => type),
    Array(2).fill(["microphone", "audio", "audio", "microphone"]).flat(),
  );
  assert.deepEqual(sent[0], {
    type: "microphone",
    on: true,
    label: "Built-in",
    sample_rate: 44100,
  });
  assert.deepEqual(
    audio().map(({ seq, at }) => [seq, at]),
    Array(2)
      .fill([
        [0, 1000],
        [1, 1100],
      ])
      .flat(),
  );
  assert.deepEqual(decodePcm16(audio()[1]?.audio ?? ""), counter(2400, 2400));
});

test("nothing is sent without a session; one that opens is spoken to already", () => {
  const { uplink, session, audio } = uplinked();
  uplink.begin("", 48000);
  session.status = "disconnected";
  uplink.push(counter(0, 2400), 1);
  assert.equal(audio().length, 0);
  for (const status of LIVE) {
    session.status = status;
    uplink.push(counter(0, 2400), 1);
  }
  assert.deepEqual(
    audio().map(({ seq }) => seq),
    [0, 1, 2, 3, 4],
  );
});

test("nothing is sent after the end, and the end is told once", () => {
  const { uplink, sent } = uplinked();
  uplink.end();
  uplink.begin("", 48000);
  uplink.end();
  uplink.end();
  uplink.push(counter(0, 2400), 1);
  assert.equal(sent.length, 2);
});

test("chunks are sent again on request, as long as they are kept", () => {
  const { uplink, sent, audio } = uplinked();
  uplink.begin("", 48000);
  for (let i = 0; i < 100; i += 1) uplink.push(counter(i, 2400), i);
  const before = sent.length;
  uplink.resend(0, 1);
  assert.equal(sent.length, before);
  uplink.resend(97, 120);
  assert.deepEqual(audio().slice(100), audio().slice(97, 100));
});

test("sound that is over before its first 100 ms is no turn, and a turn's last piece may be short", () => {
  const { uplink, audio } = uplinked();
  uplink.begin("", 48000);
  uplink.push(counter(0, 1200), 1);
  uplink.end();
  assert.equal(audio().length, 0);
  uplink.begin("", 48000);
  uplink.push(counter(0, 2400), 1);
  uplink.push(counter(2400, 1200), 2);
  uplink.end();
  assert.equal(audio().length, 2);
});
