import { seconds } from "./format.js";

/** @import {Call, CardState, Item} from "../types.js" */
/** @import {Sign} from "./status.js" */

/** Longest line of arguments, and of what came back, in characters. */
const LINE = 300;

/** @type {Record<Call["status"], Sign>} */
const SIGNS = {
  asking: { word: "Asks you", icon: "ask" },
  running: { word: "Running", icon: "link" },
  completed: { word: "Done", icon: "check" },
  failed: { word: "Failed", icon: "alert" },
  timed_out: { word: "Timed out", icon: "clock" },
  declined: { word: "Declined", icon: "blocked" },
  cancelled: { word: "Cancelled", icon: "off" },
};

/** What came back says more than these. @type {ReadonlySet<Call["status"]>} */
const TELLING = new Set(["completed", "failed", "timed_out"]);

/**
 * @param {Call} call A call.
 * @param {CardState["kernel"]} kernel Whether there is one: without, nothing runs and nobody is asked.
 * @returns {Call["status"]} What holds.
 */
export function callStatus({ status }, kernel) {
  const open = status === "asking" || status === "running";
  return open && kernel !== "live" ? "cancelled" : status;
}

/**
 * @param {Item} item An item of role "tool".
 * @param {Call["status"]} status What holds.
 * @returns {Sign} That in words, and its drawing.
 */
export function callSign({ call, status: turn }, status) {
  const { word, icon } = SIGNS[status];
  const time = typeof call?.seconds === "number" && seconds(call.seconds);
  const cut = turn === "interrupted" && "interrupted";
  return { word: [word, time, cut].filter(Boolean).join(" · "), icon };
}

/**
 * @param {string} text Any text.
 * @returns {string} It in one line that is not too long.
 */
const oneLine = (text) => {
  const line = text
    .slice(0, 2 * LINE)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > LINE ? `${line.slice(0, LINE)}…` : line;
};

/**
 * @param {string} text JSON, perhaps cut.
 * @returns {unknown} Its value; undefined when it cannot be read.
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} text Arguments as JSON.
 * @returns {string} Such as `(city: "Paris", days: 3)`; what cannot be read is shown as it is.
 */
export function argumentsLine(text) {
  const value = parsed(text);
  const named = typeof value === "object" && value !== null;
  const parts = named
    ? Object.entries(value).map(
        ([name, each]) => `${name}: ${JSON.stringify(each)}`,
      )
    : [text];
  return `(${oneLine(parts.join(", "))})`;
}

/**
 * @param {string} text Arguments as JSON.
 * @returns {string} The same, a value a line.
 */
export function argumentsBlock(text) {
  const value = parsed(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

/**
 * What came back, where a line can say it and nothing else is shown.
 *
 * @param {Call} call A call.
 * @returns {string} Such as `→ 250`; empty where the line would say nothing new.
 */
export function resultLine({ status, output, shown }) {
  const news = TELLING.has(status) && (status !== "completed" || !shown.length);
  return news && output ? `→ ${oneLine(output)}` : "";
}

/**
 * @param {Call | null | undefined} before A call as it was.
 * @param {Call | null | undefined} call As it is.
 * @returns {string} What those should know who do not see it; empty when nothing happened.
 */
export function callNews(before, call) {
  if (!call || call.status === before?.status) return "";
  if (call.status === "asking") return `${call.name} asks whether it may run.`;
  if (call.status === "running" || !before) return "";
  return `${call.name}: ${SIGNS[call.status].word}.`;
}
