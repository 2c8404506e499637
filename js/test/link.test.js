import assert from "node:assert/strict";
import { test } from "node:test";
import { Link } from "../src/link.js";
import { fakeModel } from "./fake-model.js";

/** @param {Parameters<typeof fakeModel>[0]} [values] Traits. */
function linked(values) {
  const fake = fakeModel(values);
  const control = new AbortController();
  const lost = { times: 0 };
  const link = new Link(fake.model, control.signal, () => {
    lost.times += 1;
  });
  return { ...fake, link, control, lost };
}

test("a setting is written and saved at once", () => {
  const { link, model, notebook } = linked({ speed: 1 });
  link.set("speed", 1.25);
  assert.equal(model.get("speed"), 1.25);
  assert.equal(notebook.saves, 1);
});

test("a trait that the kernel's version does not have is not there", () => {
  assert.equal(linked({}).link.get("local_voice"), undefined);
});

test("listeners hear traits and messages until the signal, and leave nothing", () => {
  const { link, fire, tell, control, heard } = linked();
  /** @type {string[]} */
  const told = [];
  link.onTrait("status", () => told.push("status"));
  link.onMessage((message) => told.push(message.type));
  link.onRestart(() => told.push("restart"));
  fire("change:status");
  tell({ type: "removed", item_ids: [] });
  fire("comm_live_update");
  assert.deepEqual(told, ["status", "removed", "restart"]);
  control.abort();
  fire("change:status");
  tell({ type: "removed", item_ids: [] });
  assert.equal(told.length, 3);
  assert.equal(heard(), false);
});

test("when the notebook cannot send, that is told and not thrown", (t) => {
  t.mock.method(console, "warn", () => {});
  const { link, notebook, lost, sent } = linked();
  assert.equal(link.send({ type: "connect" }), true);
  notebook.dead = true;
  assert.equal(link.send({ type: "connect" }), false);
  link.set("voice", "ash");
  assert.equal(lost.times, 2);
  assert.equal(sent.length, 1);
});
