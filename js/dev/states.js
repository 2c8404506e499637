/** @import {CaptionMark, CardState, Item} from "../src/types.js" */

const MODEL = "moonshine-tiny · qwen 0.5B · hibari";

/** @type {Partial<CardState>} */
export const LOCAL = {
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
    turn_detection: ["server_vad", "semantic_vad", "push_to_talk"],
  },
  local_voice: { state: "ready" },
};

/** @type {Partial<CardState>} */
export const SERVER = {
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
    noise_reduction: ["near_field", "far_field"],
  },
};

/** @type {Partial<CardState>} */
export const LIVE = {
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
  return {
    id,
    role,
    text,
    status: "completed",
    previous_item_id: null,
    audio_ms: 0,
    heard_ms: null,
    heard_end: null,
    replayable: role === "assistant",
    ...more,
  };
}

export const MOON = [
  turn("user", "How far away is the moon, and how long would a car need?"),
  turn(
    "assistant",
    "The moon is about 384,000 kilometres away. A car at 100 km/h would need roughly 160 days of driving without a break.",
    {
      status: "interrupted",
      audio_ms: 7800,
      heard_ms: 4200,
      heard_end: 61,
    },
  ),
  turn("user", "Wait, and a fast train?"),
];
export const TRAIN = turn(
  "assistant",
  "At 250 kilometres an hour it would take sixty-four days, give or take one.",
  { status: "in_progress" },
);

/**
 * @param {Item} item An answer.
 * @returns {CaptionMark[]} Its words, each a third of a second long.
 */
export function marksOf({ text }) {
  return [...text.matchAll(/\S+\s*/g)].map(({ 0: word, index }, place) => [
    index + word.length,
    (place + 1) * 333,
  ]);
}

/** The train's answer while it is said. @type {Partial<CardState>} */
export const SAYING = {
  status: "speaking",
  microphone: "on",
  microphone_label: "MacBook Pro Microphone",
  microphones: [
    { value: "mac", label: "MacBook Pro Microphone" },
    { value: "usb", label: "Yeti Stereo Microphone" },
  ],
  playing: true,
  items: [...MOON, TRAIN],
  captions: new Map([[TRAIN.id, marksOf(TRAIN)]]),
  playhead: { item_id: TRAIN.id, content_index: 0, played_samples: 68_000 },
};

/** @type {Partial<CardState>} */
export const BY_HAND = { turn_detection: { type: "push_to_talk" } };
