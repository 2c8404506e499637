/** @import {Call, Item} from "../src/types.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { soundCall } from "../src/calls.js";
import {
  argumentsBlock,
  argumentsLine,
  callNews,
  callSign,
  callStatus,
  resultLine,
} from "../src/card/call-words.js";

/** @param {Partial<Call>} more What it is like. */
const call = (more) => soundCall({ call_id: "c", name: "f", ...more });

test("arguments read like those of a function, and what is no JSON as it is", () => {
  assert.equal(
    argumentsLine('{"city": "Paris", "days": [1, 2], "deep": {"a": null}}'),
    '(city: "Paris", days: [1,2], deep: {"a":null})',
  );
  assert.equal(argumentsLine("{}"), "()");
  assert.equal(argumentsLine(""), "()");
  assert.equal(argumentsLine("null"), "(null)");
  assert.equal(argumentsLine('{"city": "Par'), '({"city": "Par)');
  assert.equal(argumentsLine('{"a": "x\\ny"}'), '(a: "x\\ny")');
  const long = argumentsLine(JSON.stringify({ text: "x".repeat(2000) }));
  assert.ok(long.length < 320 && long.endsWith("…)"), long);
});

test("unfolded arguments have a line each", () => {
  assert.equal(argumentsBlock('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(argumentsBlock('{"a":'), '{"a":');
  assert.equal(argumentsBlock(""), "");
});

test("the line says what came back, unless something better is shown", () => {
  const done = { status: /** @type {const} */ ("completed"), output: "2\n5" };
  assert.equal(resultLine(call(done)), "→ 2 5");
  const shown = [{ kind: /** @type {const} */ ("text"), text: "2" }];
  assert.equal(resultLine(call({ ...done, shown })), "");
  const failed = { status: /** @type {const} */ ("failed"), output: "No." };
  assert.equal(resultLine(call({ ...failed, shown })), "→ No.");
  for (const status of /** @type {const} */ ([
    "asking",
    "running",
    "declined",
    "cancelled",
  ]))
    assert.equal(resultLine(call({ status, output: "x" })), "");
});

test("the state of a call is said in words, with its time", () => {
  const words = (
    /** @type {Partial<Call>} */ more,
    /** @type {Item["status"]} */ status = "completed",
  ) => {
    const made = call(more);
    const item = /** @type {Item} */ ({ role: "tool", status, call: made });
    return callSign(item, made.status).word;
  };
  assert.equal(words({ status: "asking" }), "Asks you");
  assert.equal(words({ status: "running" }), "Running");
  assert.equal(words({ status: "completed", seconds: 0.21 }), "Done · 0.21 s");
  assert.equal(words({ status: "completed", seconds: 0 }), "Done · 0.00 s");
  assert.equal(
    words({ status: "timed_out", seconds: 30 }),
    "Timed out · 30.0 s",
  );
  assert.equal(
    words({ status: "completed" }, "interrupted"),
    "Done · interrupted",
  );
});

test("without a kernel nothing runs and nobody is asked", () => {
  assert.equal(callStatus(call({ status: "asking" }), "live"), "asking");
  for (const status of /** @type {const} */ (["asking", "running"]))
    assert.equal(callStatus(call({ status }), "restarted"), "cancelled");
  assert.equal(callStatus(call({ status: "failed" }), "absent"), "failed");
});

test("what becomes of a call is told once, and that of old ones is not", () => {
  const asks = call({ status: "asking" });
  const runs = call({ status: "running" });
  const done = call({ status: "completed" });
  assert.equal(callNews(undefined, asks), "f asks whether it may run.");
  assert.equal(callNews(asks, call({ status: "asking" })), "");
  assert.equal(callNews(asks, runs), "");
  assert.equal(callNews(runs, done), "f: Done.");
  assert.equal(callNews(runs, call({ status: "failed" })), "f: Failed.");
  assert.equal(callNews(undefined, done), "");
  assert.equal(callNews(done, done), "");
  assert.equal(callNews(undefined, undefined), "");
});
