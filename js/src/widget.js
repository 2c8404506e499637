/** @import {AnyModel} from "@anywidget/types" */
/** @import {Traits} from "./types.js" */
import { AudioEngine } from "./audio/engine.js";
import { createCard } from "./card/card.js";
import { Page } from "./page.js";

/**
 * A host may give a signal, or call what was returned, or both.
 *
 * @param {AbortSignal | undefined} signal The host's.
 * @returns {AbortController} Aborts with it.
 */
function lifetime(signal) {
  const control = new AbortController();
  signal?.addEventListener("abort", () => control.abort(), { once: true });
  return control;
}

/** @returns {import("@anywidget/types").AnyWidget<Traits>} One widget; hosts share this module, so its state lives in here. */
export default () => {
  /** @type {Page | null} */
  let page = null;

  /**
   * @param {AnyModel<Traits>} model The notebook's side.
   * @param {AbortSignal} [signal] Ends the widget.
   */
  const start = (model, signal) => {
    const control = lifetime(signal);
    page = new Page(model, control.signal, (listener, end) => {
      return new AudioEngine(listener, end);
    });
    return { page, stop: () => control.abort() };
  };

  return {
    /** @param {{model: AnyModel<Traits>, signal?: AbortSignal}} host What the notebook gives. */
    initialize({ model, signal }) {
      return start(model, signal).stop;
    },

    /** @param {{model: AnyModel<Traits>, el: HTMLElement, signal?: AbortSignal}} host What the notebook gives. */
    render({ model, el, signal }) {
      const shown = page ?? start(model).page;
      const control = lifetime(signal);
      shown.show(control.signal);
      createCard(el, {
        state: shown.store,
        actions: shown.actions,
        signal: control.signal,
      });
      return () => control.abort();
    },
  };
};
