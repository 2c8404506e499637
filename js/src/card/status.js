import { shownStatus } from "./format.js";

/** @import {CardState, Status} from "../types.js" */
/** @import {StateKey} from "../state.js" */
/** @import {IconName} from "./icons.js" */

/** @typedef {{word: string, icon: IconName}} Sign */

/** @type {Record<Status, Sign>} */
const SIGNS = {
  disconnected: { word: "Disconnected", icon: "off" },
  connecting: { word: "Connecting", icon: "link" },
  ready: { word: "Ready", icon: "check" },
  listening: { word: "Listening", icon: "ear" },
  thinking: { word: "Thinking", icon: "think" },
  speaking: { word: "Speaking", icon: "sound" },
};

/** Sessions that hear nothing say so, whatever else they do. @type {ReadonlySet<Status>} */
const SILENT = new Set(["ready", "listening"]);

/** What the sign depends on. @type {StateKey[]} */
export const STATUS_KEYS = [
  "status",
  "kernel",
  "asking",
  "microphone",
  "muted",
  "playing",
  "held",
  "replaying",
  "hold_longer",
];

/**
 * @param {Pick<CardState, "status" | "kernel" | "asking" | "microphone" | "muted" | "playing" | "held" | "replaying" |
 *   "hold_longer">} state The card's state.
 * @returns {Sign} The state in a word or two, and its drawing.
 */
export function signOf(state) {
  if (state.kernel !== "live") return { word: "No kernel", icon: "kernel" };
  if (state.hold_longer) return { word: "Hold longer", icon: "info" };
  if (state.asking !== null) return { word: "Waiting for you", icon: "ask" };
  if (state.held) return { word: "Listening…", icon: "ear" };
  if (state.replaying) return { word: "Playing again", icon: "sound" };
  const status = shownStatus(state);
  const sign = SIGNS[status];
  if (!state.muted || status === "disconnected") return sign;
  return SILENT.has(status)
    ? { word: "Muted", icon: "microphoneOff" }
    : { ...sign, word: `${sign.word} · Muted` };
}
