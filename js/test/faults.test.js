import assert from "node:assert/strict";
import { test } from "node:test";
import { fault, microphoneFault, replacedFault } from "../src/audio/faults.js";
import { WorkletError } from "../src/audio/worklet.js";

const PAGE = { secure: true, allowed: true };

/**
 * @param {string} name As browsers call it.
 * @param {string} [message] As browsers word it.
 */
const thrown = (name, message = "") => new DOMException(message, name);

test("each failure has its code", () => {
  for (const [name, code] of [
    ["NotAllowedError", "denied"],
    ["NotFoundError", "absent"],
    ["NotReadableError", "busy"],
    ["SecurityError", "blocked"],
    ["OverconstrainedError", "failed"],
    ["AbortError", "failed"],
  ]) {
    const { code: given } = microphoneFault(thrown(String(name)), PAGE);
    assert.equal(given, code, name);
  }
});

test("on a page that is not secure that is the reason, whatever was thrown", () => {
  const page = { secure: false, allowed: true };
  const { code, message, hint } = microphoneFault(new TypeError("x"), page);
  assert.equal(code, "insecure");
  assert.match(message, /https or localhost/);
  assert.match(hint, /SSH tunnel/);
});

test("where the host's policy keeps the microphone, no click of the person helps", () => {
  const page = { secure: true, allowed: false };
  const { code, hint } = microphoneFault(thrown("NotAllowedError"), page);
  assert.equal(code, "blocked");
  assert.match(hint, /JupyterLab/);
});

test("an audio worklet that is refused is named as such", () => {
  const given = microphoneFault(new WorkletError("AbortError"), PAGE);
  assert.equal(given.code, "blocked");
  assert.match(given.message, /security policy/);
});

test("a browser without words still gets a sentence", () => {
  const { message } = microphoneFault(thrown("OverconstrainedError"), PAGE);
  assert.match(message, /could not be started. \(OverconstrainedError\)/);
  assert.match(microphoneFault("odd", PAGE).message, /\(odd\)/);
});

test("every code has a sentence and a next step", () => {
  for (const code of /** @type {const} */ ([
    "denied",
    "absent",
    "busy",
    "insecure",
    "blocked",
    "lost",
    "failed",
  ])) {
    const { message, hint } = fault(code);
    assert.ok(message.endsWith(".") && hint.endsWith("."), code);
  }
});

test("another microphone than the wanted one is named, with the one that is used", () => {
  const gone = replacedFault("USB Mic", "Built-in");
  assert.equal(gone.code, "lost");
  assert.equal(
    gone.message,
    "The microphone “USB Mic” is gone; “Built-in” is used now.",
  );
  const missing = replacedFault("", "");
  assert.equal(missing.code, "absent");
  assert.match(missing.message, /not found; the browser's own choice is used/);
});
