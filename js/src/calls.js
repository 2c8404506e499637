/** @import {Call, Item, Shown} from "./types.js" */

/** The kernel sends less; what is longer is not from it. In characters. */
const TEXT_LIMIT = 20_000;
const IMAGE_LIMIT = 3_000_000;
/** Of rows, cells in a row, and things that are shown. */
const LIST_LIMIT = 100;

/** The signature of a PNG in front, and nothing but base64. */
const PNG = /^iVBORw0KGgo[A-Za-z0-9+/]+={0,2}$/;

/** @type {ReadonlySet<unknown>} */
const STATUSES = new Set([
  "asking",
  "running",
  "completed",
  "failed",
  "timed_out",
  "declined",
]);

/**
 * @param {unknown} value From outside.
 * @returns {string} A text that is not too long; empty where there is none.
 */
const text = (value) =>
  typeof value === "string" ? value.slice(0, TEXT_LIMIT) : "";

/**
 * @param {unknown} value From outside.
 * @returns {unknown[]} A list that is not too long; empty where there is none.
 */
const list = (value) =>
  Array.isArray(value) ? value.slice(0, LIST_LIMIT) : [];

/**
 * @param {unknown} value From outside.
 * @returns {Record<string, unknown>} Its fields; none where it is no object.
 */
const fields = (value) => Object(value);

/**
 * @param {unknown} value Something to show.
 * @returns {Shown[]} The same, bounded; nothing when it cannot be shown.
 */
function soundShown(value) {
  const { kind, data, ...rest } = fields(value);
  switch (kind) {
    case "image":
      return typeof data === "string" &&
        data.length <= IMAGE_LIMIT &&
        PNG.test(data)
        ? [{ kind, data, alt: text(rest.alt) }]
        : [];
    case "table": {
      const columns = list(rest.columns).map(text);
      const rows = list(rest.rows).map((row) => list(row).map(text));
      return [{ kind, columns, rows, note: text(rest.note) }];
    }
    case "text":
      return [{ kind, text: text(rest.text) }];
    default:
      return [];
  }
}

/**
 * @param {unknown} value The call of an item, as it came.
 * @returns {Call} What can be shown of it: each text and list bounded, and empty where it is none.
 */
export function soundCall(value) {
  const call = fields(value);
  const { status, seconds } = call;
  return {
    call_id: text(call.call_id),
    name: text(call.name),
    arguments: text(call.arguments),
    status: /** @type {Call["status"]} */ (
      STATUSES.has(status) ? status : "cancelled"
    ),
    output: text(call.output),
    printed: text(call.printed),
    seconds: typeof seconds === "number" && seconds >= 0 ? seconds : null,
    shown: list(call.shown).flatMap(soundShown),
  };
}

/**
 * @param {readonly Item[]} items As they came.
 * @returns {readonly Item[]} The same, each of role "tool" with a sound call.
 */
export function soundItems(items) {
  return items.map((item) =>
    item.role === "tool" ? { ...item, call: soundCall(item.call) } : item,
  );
}

/**
 * @param {readonly Item[]} items Of the conversation.
 * @returns {string | null} The function that waits for the person the longest; null when none does.
 */
export function askingOf(items) {
  const asking = items.find(({ call }) => call?.status === "asking");
  return asking?.call?.name ?? null;
}
