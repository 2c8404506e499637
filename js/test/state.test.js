import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore, INITIAL_STATE } from "../src/state.js";

/** A store, and what a listener was told: the changed keys of each call. */
function watched() {
  const store = createStore(INITIAL_STATE);
  const control = new AbortController();
  /** @type {string[][]} */
  const told = [];
  store.subscribe(
    (_state, changed) => told.push([...changed].sort()),
    control.signal,
  );
  return { store, control, told };
}

test("changes of one turn are told once, together, at its end", async () => {
  const { store, told } = watched();
  store.set({ muted: true });
  store.set({ speed: 1.5, model: "m" });
  assert.equal(store.get().speed, 1.5);
  assert.deepEqual(told, []);
  await Promise.resolve();
  assert.deepEqual(told, [["model", "muted", "speed"]]);
});

test("what is the same is no change", async () => {
  const { store, told } = watched();
  store.set({ muted: false, items: INITIAL_STATE.items });
  await Promise.resolve();
  assert.deepEqual(told, []);
});

test("flush tells now, and nothing is told twice", async () => {
  const { store, told } = watched();
  store.set({ muted: true });
  store.flush();
  assert.deepEqual(told, [["muted"]]);
  await Promise.resolve();
  assert.equal(told.length, 1);
});

test("a listener may change the state; that is told in turn", async () => {
  const { store, told } = watched();
  store.subscribe((state) => {
    if (state.muted) store.set({ muted: false });
  }, new AbortController().signal);
  store.set({ muted: true });
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(told, [["muted"], ["muted"]]);
});

test("after the signal nothing is told", async () => {
  const { store, control, told } = watched();
  store.set({ muted: true });
  control.abort();
  await Promise.resolve();
  assert.equal(told.length, 0);
  store.subscribe(() => told.push([]), control.signal);
  store.set({ muted: false });
  store.flush();
  assert.equal(told.length, 0);
});

test("two stores know nothing of each other", () => {
  const one = createStore(INITIAL_STATE);
  const other = createStore(INITIAL_STATE);
  one.set({ muted: true });
  assert.equal(other.get().muted, false);
  assert.equal(INITIAL_STATE.muted, false);
});
