import assert from "node:assert/strict";
import { test } from "node:test";
import { canHold } from "../src/card/hold.js";
import { meaningOf } from "../src/card/keys.js";
import { INITIAL_STATE } from "../src/state.js";

/** @import {KeyTarget} from "../src/card/keys.js" */
/** @import {CardState} from "../src/types.js" */

/** @type {KeyTarget[]} */
const TARGETS = ["hold", "typing", "own", "free"];

/**
 * @param {string} key A key.
 * @param {boolean} byHand Whether a turn can be held open.
 * @returns {Record<string, string | null>} What it means, by target.
 */
const everywhere = (key, byHand) =>
  Object.fromEntries(
    TARGETS.map((target) => [target, meaningOf(key, target, byHand)]),
  );

test("Space holds a turn open where it has no other meaning", () => {
  assert.deepEqual(everywhere(" ", true), {
    hold: "hold",
    typing: null,
    own: null,
    free: "hold",
  });
});

test("without push to talk Space and Enter mean nothing to the card", () => {
  const nothing = { hold: null, typing: null, own: null, free: null };
  assert.deepEqual(everywhere(" ", false), nothing);
  assert.deepEqual(everywhere("Enter", false), nothing);
});

test("Enter holds on the button only", () => {
  assert.equal(meaningOf("Enter", "hold", true), "hold");
  assert.equal(meaningOf("Enter", "free", true), null);
  assert.equal(meaningOf("Enter", "own", true), null);
});

test("Esc stops speech everywhere, M mutes outside of text", () => {
  for (const target of TARGETS) {
    assert.equal(meaningOf("Escape", target, false), "stop");
    const mute = target === "typing" ? null : "mute";
    assert.equal(meaningOf("m", target, true), mute);
    assert.equal(meaningOf("M", target, false), mute);
  }
  assert.equal(meaningOf("d", "free", true), null);
  assert.equal(meaningOf("Meta", "free", true), null);
});

test("a turn can be held open by push to talk, with a kernel, in the page that has the microphone", () => {
  const can = (/** @type {Partial<CardState>} */ patch) =>
    canHold({
      ...INITIAL_STATE,
      turn_detection: { type: "push_to_talk" },
      ...patch,
    });
  assert.ok(can({}));
  assert.ok(can({ owner: "me" }));
  assert.ok(!can({ owner: "other" }));
  assert.ok(!can({ kernel: "absent" }));
  assert.ok(!can({ turn_detection: { type: "server_vad" } }));
});
