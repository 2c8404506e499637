/** @import {Call, Item} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { askingOf, soundCall, soundItems } from "../src/calls.js";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";

const WHOLE = {
  call_id: "c",
  name: "weather",
  arguments: '{"city": "Paris"}',
  status: /** @type {const} */ ("completed"),
  output: "sunny",
  printed: "asking…\n",
  seconds: 0.2,
  shown: [
    { kind: "image", data: PNG, alt: "a curve" },
    { kind: "table", columns: ["a"], rows: [["1"]], note: "whole" },
    { kind: "text", text: "sunny" },
  ],
};

test("a sound call comes through as it is", () => {
  assert.deepEqual(soundCall(WHOLE), WHOLE);
  assert.equal(soundCall({ ...WHOLE, seconds: null }).seconds, null);
});

test("nothing that comes in the place of a call makes the page fail", () => {
  const empty = {
    call_id: "",
    name: "",
    arguments: "",
    status: "cancelled",
    output: "",
    printed: "",
    seconds: null,
    shown: [],
  };
  for (const value of [undefined, null, 7, "call", [], {}, { status: "new" }])
    assert.deepEqual(soundCall(value), empty);
  const wrong = { name: {}, seconds: "1", status: 3, output: [], shown: [[]] };
  assert.deepEqual(soundCall(wrong), empty);
  assert.equal(soundCall({ seconds: Number.NaN }).seconds, null);
  assert.equal(soundCall({ seconds: -1 }).seconds, null);
});

test("a picture is a PNG in base64 or nothing", () => {
  const shown = (/** @type {unknown} */ data) =>
    soundCall({ shown: [{ kind: "image", data, alt: "" }] }).shown.length;
  assert.equal(shown(PNG), 1);
  assert.equal(shown(`${PNG}==`), 1);
  for (const data of [
    "",
    undefined,
    btoa("<svg onload=alert(1)>"),
    `data:image/png;base64,${PNG}`,
    `${PNG}"><script>`,
    `${PNG}\n`,
    `${PNG}=A`,
    PNG + "A".repeat(3_000_000),
  ])
    assert.equal(shown(data), 0, String(data).slice(0, 60));
});

test("what is too long is cut, and what is unknown is left out", () => {
  const call = soundCall({
    output: "x".repeat(1e6),
    shown: [
      { kind: "html", text: "<b>" },
      {
        kind: "table",
        columns: Array(1000).fill("c".repeat(1e5)),
        rows: Array(1000).fill(Array(1000).fill(1)),
      },
      ...Array(1000).fill({ kind: "text", text: "t" }),
    ],
  });
  assert.equal(call.output.length, 20_000);
  assert.equal(call.shown.length, 99);
  const [table] = call.shown;
  assert.ok(table?.kind === "table");
  assert.equal(table.columns.length, 100);
  assert.equal(table.columns[0]?.length, 20_000);
  assert.deepEqual([table.rows.length, table.rows[0]?.length], [100, 100]);
  assert.deepEqual([table.rows[0]?.[0], table.note], ["", ""]);
});

/**
 * @param {Item["role"]} role Whose item.
 * @param {unknown} [call] As it came.
 */
const item = (role, call) =>
  /** @type {Item} */ ({
    id: role,
    role,
    ...(call ? { call: /** @type {Call} */ (call) } : {}),
  });

test("items of other roles are left alone, and an item of a tool has a call", () => {
  const said = item("user");
  const [same, tool] = soundItems([said, item("tool")]);
  assert.equal(same, said);
  assert.equal(tool?.call?.status, "cancelled");
});

test("the first call that waits for the person is the one that asks", () => {
  const ask = (/** @type {string} */ name) =>
    item("tool", soundCall({ name, status: "asking" }));
  assert.equal(askingOf([]), null);
  assert.equal(askingOf([item("user"), item("tool", WHOLE)]), null);
  assert.equal(askingOf([item("user"), ask("first"), ask("second")]), "first");
});
