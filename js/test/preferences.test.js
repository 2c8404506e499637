import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  DEFAULT_PREFERENCES,
  rememberedMicrophone,
  rememberedPreferences,
  rememberMicrophone,
  rememberPreferences,
} from "../src/preferences.js";

/** A browser's storage; `full` takes nothing. */
function storage({ full = false } = {}) {
  /** @type {Map<string, string>} */
  const kept = new Map();
  globalThis.localStorage = /** @type {Storage} */ (
    /** @type {unknown} */ ({
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem(/** @type {string} */ key, /** @type {string} */ value) {
        if (full) throw new Error("QuotaExceededError");
        kept.set(key, value);
      },
    })
  );
  return kept;
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, "localStorage");
});

test("what a person prefers is there the next time", () => {
  storage();
  const mine = {
    ...DEFAULT_PREFERENCES,
    half_duplex: true,
    volume: 0.4,
    visualiser: /** @type {const} */ ("orb"),
  };
  rememberPreferences(mine);
  rememberMicrophone("usb");
  assert.deepEqual(rememberedPreferences(), mine);
  assert.equal(rememberedMicrophone(), "usb");
});

test("what this version does not know, or could not have written, is left out", () => {
  const kept = storage();
  for (const text of [
    '{"volume": 7, "captions": "sung", "auto_gain": 1, "constructor": 1}',
    '{"volume": "1", "toString": 2, "unheard_of": true}',
    "[1, 2]",
    "null",
    "7",
    "{",
  ]) {
    kept.set("rt_widget.preferences", text);
    assert.deepEqual(rememberedPreferences(), { ...DEFAULT_PREFERENCES }, text);
  }
});

test("where a host gives no storage, or a full one, nothing is remembered and nothing breaks", () => {
  assert.deepEqual(rememberedPreferences(), { ...DEFAULT_PREFERENCES });
  assert.equal(rememberedMicrophone(), "");
  rememberMicrophone("usb");
  storage({ full: true });
  rememberMicrophone("usb");
  rememberPreferences({ ...DEFAULT_PREFERENCES, volume: 0.5 });
  assert.equal(rememberedMicrophone(), "");
  assert.equal(rememberedPreferences().volume, 1);
});
