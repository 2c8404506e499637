/** @import {CardState, Item} from "../src/types.js" */

const MODEL = "whisper-base · qwen 0.5B · hibari";

/** @type {Partial<CardState>} */
const LOCAL = {
  model: "local",
  voice: "heart",
  system: "You answer in one or two short spoken sentences.",
  speed: 1.1,
  capabilities: {
    backend: "local",
    label: "local voice · no key, no network",
    models: [{ value: "local", label: MODEL }],
    voices: [
      { value: "heart", label: "heart (for alloy)" },
      { value: "michael", label: "michael (for ash)" },
    ],
    temperature: [0.6, 1.2],
    temperature_reason: "",
    speed: [0.25, 1.5],
    turn_detection: ["server_vad", "push_to_talk"],
  },
  local_voice: { state: "ready" },
};

/** @type {Partial<CardState>} */
const SERVER = {
  model: "gpt-realtime-2.1-mini",
  voice: "alloy",
  system: "Respond promptly, and ask when something is unclear.",
  capabilities: {
    backend: "openai",
    label: "OpenAI · gpt-realtime-2.1-mini",
    models: [
      { value: "gpt-realtime-2.1", label: "gpt-realtime-2.1" },
      { value: "gpt-realtime-2.1-mini", label: "gpt-realtime-2.1-mini" },
    ],
    voices: ["alloy", "ash", "marin"].map((value) => ({ value, label: value })),
    temperature: null,
    temperature_reason:
      "OpenAI's GA models take no temperature. It is live on the local voice.",
    speed: [0.25, 1.5],
    turn_detection: ["server_vad", "semantic_vad", "push_to_talk"],
  },
};

/** @type {Partial<CardState>} */
const LIVE = {
  ...LOCAL,
  status: "ready",
  connected_at: Date.now() - 72_000,
  usage: { total_tokens: 1253 },
  latency: { first_text: 0.62, first_audio: 0.78 },
};

/**
 * @param {Item["role"]} role Whose turn.
 * @param {string} text What was said.
 * @param {Partial<Item>} [more] How it ended.
 * @returns {Item} A turn.
 */
export function turn(role, text, more = {}) {
  const id = crypto.randomUUID();
  const rest = { audio_ms: 0, heard_ms: null, previous_item_id: null };
  return { id, role, text, status: "completed", ...rest, ...more };
}

const MOON = [
  turn("user", "How far away is the moon, and how long would a car need?"),
  turn(
    "assistant",
    "The moon is about 384,000 kilometres away. A car at 100 km/h would need roughly 160 days of driving without a break.",
    { status: "interrupted", audio_ms: 7800, heard_ms: 4200 },
  ),
  turn("user", "Wait, and a fast train?"),
];
const TRAIN = turn(
  "assistant",
  "At 250 kilometres an hour it would take sixty-four",
  { status: "in_progress" },
);

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
  speaking: {
    ...LIVE,
    status: "speaking",
    microphone: "on",
    playing: true,
    items: [...MOON, TRAIN],
  },
  interrupted: {
    ...LIVE,
    items: [
      ...MOON.slice(0, 2),
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
