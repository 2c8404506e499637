/** @import {CardState, Item, LocalVoice, Status} from "../types.js" */

/**
 * @param {number} value Seconds.
 * @returns {string} Such as `0.62 s`, `12.4 s`.
 */
export function seconds(value) {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/**
 * @param {number} milliseconds How long it has been; below zero counts as zero.
 * @returns {string} Such as `01:12`, `1:02:03`.
 */
export function clock(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const pair = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const minutes = pair(Math.floor(total / 60) % 60);
  const hours = Math.floor(total / 3600);
  return `${hours ? `${hours}:` : ""}${minutes}:${pair(total % 60)}`;
}

/**
 * @param {number} milliseconds How long it has been.
 * @returns {string} Such as `3 min`, `1 h 5 min`.
 */
export function minutes(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 60_000));
  const hours = Math.floor(total / 60);
  return `${hours ? `${hours} h ` : ""}${total % 60} min`;
}

/**
 * @param {number} bytes A file's size.
 * @returns {string} Such as `621 MB`, in millions of bytes.
 */
export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}

/**
 * @param {LocalVoice} voice How far the download has come.
 * @returns {{percent: number, text: string}} Whole percent from 0 to 100, and such as `43 % · 267 of 621 MB`.
 */
export function progress({ done = 0, total = 0 }) {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const percent = Math.floor(share * 100);
  const here = Math.round(Math.min(done, total) / 1e6).toLocaleString("en");
  return { percent, text: `${percent} % · ${here} of ${megabytes(total)}` };
}

/**
 * Which words of an interrupted answer were heard.
 *
 * @param {Pick<Item, "text" | "status" | "heard_end">} item A turn.
 * @returns {{heard: string, unheard: string}} The two halves; together they are the text.
 */
export function heardParts({ text, status, heard_end }) {
  if (status !== "interrupted" || heard_end === null)
    return { heard: text, unheard: "" };
  const rest = text.slice(heard_end);
  const cut = text.length - rest.trimStart().length;
  return { heard: text.slice(0, cut), unheard: text.slice(cut) };
}

/**
 * @param {string} text Any text.
 * @returns {string} Such as `1 word`, `10 words`.
 */
function wordCount(text) {
  const count = text.split(/\s+/).filter(Boolean).length;
  return `${count} word${count === 1 ? "" : "s"}`;
}

/**
 * What a person perceives: the session may be done with an answer that is still being heard, and an open microphone
 * waits for words.
 *
 * @param {Pick<CardState, "status" | "playing" | "microphone"> & Partial<CardState>} state The card's state.
 * @returns {Status} How the card looks.
 */
export function shownStatus({ status, playing, microphone, held, replaying }) {
  if (held) return "listening";
  if (replaying) return "speaking";
  if (status !== "ready") return status;
  if (playing) return "speaking";
  return microphone === "on" ? "listening" : status;
}

/** @type {Record<Item["status"], (item: Item) => string>} */
const MARKS = {
  in_progress: () => "",
  completed: () => "",
  incomplete: () => "incomplete: it stopped early",
  failed: ({ role }) =>
    role === "user" ? "failed: not recognised" : "failed: no whole answer",
  interrupted: (item) => {
    if (item.heard_ms === null) return "interrupted";
    if (item.heard_ms <= 0) return "interrupted before it was heard";
    const { unheard } = heardParts(item);
    const rest = unheard.trim() && ` · ${wordCount(unheard)} not heard`;
    return `interrupted at ${(item.heard_ms / 1000).toFixed(1)} s${rest}`;
  },
};

/**
 * @param {Item} item A turn.
 * @returns {string} What went wrong with it, in words; empty when nothing did.
 */
export function markOf(item) {
  return MARKS[item.status](item);
}
