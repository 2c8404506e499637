/** @import {CardState, Item} from "../src/types.js" */
import { DEFAULT_PREFERENCES } from "../src/preferences.js";
import { CALL_SCENES } from "./calls.js";
import { BY_HAND, LIVE, LOCAL, MOON, SAYING, SERVER, turn } from "./states.js";

/** Every look of the card, by name. @type {Record<string, Partial<CardState>>} */
export const SCENES = {
  "first cell": {
    ...LOCAL,
    capabilities: {
      .../** @type {CardState["capabilities"]} */ (LOCAL.capabilities),
      label: "no OPENAI_API_KEY found",
    },
    local_voice: { state: "missing", total: 621e6, done: 0 },
  },
  downloading: {
    ...LOCAL,
    local_voice: {
      state: "fetching",
      total: 621e6,
      done: 267.5e6,
      hint: "Fetching the language model (qwen 0.5B)",
    },
  },
  "download failed": {
    ...LOCAL,
    local_voice: {
      state: "failed",
      total: 621e6,
      done: 267.5e6,
      hint: "The network was lost after 267 MB; what is here is kept.",
    },
  },
  "engines missing": {
    ...LOCAL,
    local_voice: {
      state: "engines_missing",
      hint: "Run `pip install 'rt-widget[local]'` and restart the kernel.",
    },
  },
  disconnected: LOCAL,
  connecting: { ...LOCAL, status: "connecting" },
  ready: { ...LIVE, usage: {}, latency: {} },
  listening: {
    ...LIVE,
    status: "listening",
    microphone: "on",
    items: [
      turn("user", "Hello, can you hear me?"),
      turn("assistant", "Loud and clear. What shall we talk about?"),
      turn("user", "Explain barge-in like I am", { status: "in_progress" }),
    ],
  },
  recognising: {
    ...LIVE,
    status: "thinking",
    microphone: "on",
    items: [turn("user", "", { status: "in_progress" })],
  },
  speaking: { ...LIVE, ...SAYING },
  "speaking, muted": { ...LIVE, ...SAYING, muted: true },
  waveform: {
    ...LIVE,
    ...SAYING,
    preferences: { ...DEFAULT_PREFERENCES, visualiser: "waveform" },
  },
  orb: {
    ...LIVE,
    ...SAYING,
    preferences: { ...DEFAULT_PREFERENCES, visualiser: "orb" },
  },
  "perhaps an interruption": { ...LIVE, ...SAYING, held: true },
  "sound off": {
    ...LIVE,
    ...SAYING,
    preferences: { ...DEFAULT_PREFERENCES, volume: 0 },
  },
  gaps: { ...LIVE, ...SAYING, underruns: 3, prebuffer_ms: 240 },
  muted: { ...LIVE, items: MOON, microphone: "on", muted: true },
  "push to talk": { ...LIVE, ...BY_HAND },
  "push to talk, held": {
    ...LIVE,
    ...BY_HAND,
    status: "listening",
    holding: true,
    microphone: "on",
    items: [...MOON.slice(0, 2), turn("user", "", { status: "in_progress" })],
  },
  "push to talk, speaking": { ...LIVE, ...SAYING, ...BY_HAND },
  "hold longer": { ...LIVE, ...BY_HAND, hold_longer: true },
  "playing again": {
    ...LIVE,
    items: MOON,
    replaying: /** @type {Item} */ (MOON[1]).id,
  },
  "another page": { ...LIVE, items: MOON, owner: "other" },
  "microphone silent": {
    ...LIVE,
    items: MOON.slice(0, 1),
    microphone: "on",
    microphone_silent: true,
  },
  "semantic VAD": {
    ...SERVER,
    status: "ready",
    turn_detection: { type: "semantic_vad", eagerness: "low" },
    connected_at: Date.now() - 3_800_000,
  },
  "half duplex": {
    ...LIVE,
    items: MOON,
    preferences: { ...DEFAULT_PREFERENCES, half_duplex: true },
  },
  interrupted: {
    ...LIVE,
    items: [
      ...MOON.slice(0, 2),
      turn("assistant", "Nobody heard a word of this.", {
        status: "interrupted",
        audio_ms: 900,
        heard_ms: 0,
        heard_end: 0,
      }),
      turn("user", "…", { status: "failed", text: "" }),
      turn("assistant", "A short answer that hit the", {
        status: "incomplete",
      }),
    ],
  },
  error: {
    ...SERVER,
    items: MOON,
    error: {
      code: "connection_lost",
      message: "The connection to the server was lost.",
      hint: "Connect again; what was said so far is kept.",
      retryable: true,
    },
  },
  "microphone refused": {
    ...LIVE,
    items: MOON.slice(0, 1),
    microphone_fault: {
      code: "denied",
      message: "The browser did not allow the microphone.",
      hint: "Allow it with the symbol in the address bar and start again; typing works without.",
    },
  },
  "sound blocked": { ...LIVE, items: MOON, sound_blocked: true },
  notice: {
    ...SERVER,
    notice: "gpt-4o-realtime-preview was shut down; gpt-realtime-2.1 answers.",
  },
  "no temperature": {
    ...SERVER,
    status: "ready",
    connected_at: Date.now() - 3_800_000,
  },
  ...CALL_SCENES,
  "no kernel": { ...LOCAL, kernel: "absent" },
  restarted: { ...LIVE, items: MOON, kernel: "restarted" },
  long: {
    ...LIVE,
    items: Array.from({ length: 1000 }, (_, n) =>
      turn(
        n % 2 ? "assistant" : "user",
        `Turn ${n} of a long talk. `.repeat(3),
      ),
    ),
  },
  hostile: {
    ...LIVE,
    notice: "<img src=x onerror=alert(1)> `<b>code</b>`",
    items: [
      turn(
        "user",
        "<script>alert(1)</script> & <b>bold</b> &amp; \u202Egnirts",
      ),
      turn("assistant", `${"W".repeat(300)} ${"e\u0301\u0323".repeat(40)}`),
      turn("user", "שלום, מה שלומך? abc 123"),
    ],
  },
};
