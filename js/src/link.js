/** @import {AnyModel} from "@anywidget/types" */
/** @import {KernelMessage, PageMessage, SettingName, Traits} from "./types.js" */
import { listen } from "./listen.js";

/** Traits that the card shows, by name. The sound and text of an answer ride `output_chunk`. */
export const SHOWN_TRAITS = /** @type {const} */ ([
  "model",
  "voice",
  "system",
  "speed",
  "temperature",
  "turn_detection",
  "noise_reduction",
  "status",
  "error",
  "notice",
  "capabilities",
  "local_voice",
  "usage",
  "latency",
]);

/** The page's one way to the kernel. */
export class Link {
  #model;
  #signal;
  #onLost;
  /** A name that no other page has. */
  page = pageName();

  /**
   * @param {AnyModel<Traits>} model The notebook's side of the widget.
   * @param {AbortSignal} signal Ends all listening.
   * @param {() => void} onLost Is told when the notebook has no way to the kernel any more.
   */
  constructor(model, signal, onLost) {
    this.#model = model;
    this.#signal = signal;
    this.#onLost = onLost;
  }

  /**
   * @template {keyof Traits} Name
   * @param {Name} name Which trait.
   * @returns {Traits[Name] | undefined} Its value; undefined when the kernel's version has no such trait.
   */
  get(name) {
    return this.#model.get(name) ?? undefined;
  }

  /**
   * Writes a setting; the kernel learns it at once.
   *
   * @template {SettingName} Name
   * @param {Name} name Which setting.
   * @param {Traits[Name]} value Its new value.
   */
  set(name, value) {
    this.#try(() => {
      this.#model.set(name, value);
      this.#model.save_changes();
    });
  }

  /**
   * @param {keyof Traits} name Which trait.
   * @param {() => void} listener Is called after each change, also after the page's own.
   */
  onTrait(name, listener) {
    this.#on(`change:${name}`, listener);
  }

  /** @param {(message: KernelMessage) => void} listener Gets the kernel's messages, in order with the traits. */
  onMessage(listener) {
    this.#on("msg:custom", listener);
  }

  /** @param {() => void} listener Is called when the kernel was restarted, as far as the host tells. */
  onRestart(listener) {
    this.#on("comm_live_update", listener);
  }

  /**
   * @param {PageMessage} message For the kernel.
   * @returns {boolean} False when there is no way to it.
   */
  send(message) {
    return this.#try(() => this.#model.send({ ...message, page: this.page }));
  }

  /**
   * @param {string} event Its name.
   * @param {(content: KernelMessage) => void} listener Is called until the signal aborts.
   */
  #on(event, listener) {
    this.#model.on(event, listener);
    listen(this.#signal, "abort", () =>
      this.#model.off(
        /** @type {`change:${keyof Traits}`} */ (event),
        listener,
      ),
    );
  }

  /**
   * After a kernel restart the view stays, and ipywidgets throws "Cannot send".
   *
   * @param {() => void} act Something that may need the kernel.
   */
  #try(act) {
    try {
      act();
      return true;
    } catch (error) {
      console.warn("rt_widget: the kernel cannot be reached.", error);
      this.#onLost();
      return false;
    }
  }
}

/** @returns {string} Random; `crypto.randomUUID` is missing on plain http. */
function pageName() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return [...numbers].map((number) => number.toString(36)).join("-");
}
