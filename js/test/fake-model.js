/** @import {AnyModel} from "@anywidget/types" */
/** @import {KernelMessage, PageMessage, Traits} from "../src/types.js" */

/**
 * A model made by hand, with the notebook's part played by the test.
 *
 * @param {Partial<Traits>} [values] Traits of the kernel's version.
 */
export function fakeModel(values = {}) {
  /** @type {Map<string, Set<(...values: unknown[]) => void>>} */
  const listeners = new Map();
  /** @type {PageMessage[]} */
  const sent = [];
  /** @type {Partial<Traits>} */
  const traits = { ...values };
  const notebook = { dead: false, saves: 0 };
  /**
   * @param {string} event Its name.
   * @param {unknown[]} values What the listeners get.
   */
  const fire = (event, ...values) => {
    for (const listener of listeners.get(event) ?? []) listener(...values);
  };
  const reach = () => {
    if (notebook.dead) throw new Error("Cannot send");
  };
  const model = /** @type {AnyModel<Traits>} */ (
    /** @type {unknown} */ ({
      get: (/** @type {keyof Traits} */ name) => traits[name],
      set(/** @type {keyof Traits} */ name, /** @type {never} */ value) {
        traits[name] = value;
        fire(`change:${name}`);
      },
      save_changes() {
        reach();
        notebook.saves += 1;
      },
      send(/** @type {PageMessage} */ message) {
        reach();
        sent.push(message);
      },
      on(/** @type {string} */ event, /** @type {() => void} */ listener) {
        const those = listeners.get(event) ?? new Set();
        listeners.set(event, those.add(listener));
      },
      off(/** @type {string} */ event, /** @type {() => void} */ listener) {
        listeners.get(event)?.delete(listener);
      },
    })
  );
  const heard = () => [...listeners.values()].some((those) => those.size > 0);
  const tell = (/** @type {KernelMessage} */ message) =>
    fire("msg:custom", message, []);
  return { model, sent, notebook, fire, tell, heard };
}
