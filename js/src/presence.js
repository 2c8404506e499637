/** @import {Link} from "./link.js" */
/** @import {Store} from "./state.js" */
import { comeBack, depart, departures } from "./departures.js";
import { listen } from "./listen.js";

/** A kernel that is there answers within this time, unless a cell keeps it busy. */
const ANSWER_MS = 3000;

/** What page and kernel know of each other: whether a card is shown here, and whether anybody answers there. */
export class Presence {
  #store;
  #link;
  #onAbsent;
  #heard = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  /** Whether a card is on the page: one without needs nothing of the kernel. */
  shown = false;

  /**
   * @param {object} parts What it acts on.
   * @param {Store} parts.store Shows whether there is a kernel.
   * @param {Pick<Link, "send" | "page">} parts.link The way to it.
   * @param {() => void} parts.onAbsent Is told when nobody answers.
   * @param {AbortSignal} signal Ends the waiting for an answer.
   */
  constructor({ store, link, onAbsent }, signal) {
    this.#store = store;
    this.#link = link;
    this.#onAbsent = onAbsent;
    const forget = () => clearTimeout(this.#waiting);
    listen(signal, "abort", forget);
  }

  /** A card is on the page, after there was none. */
  enter() {
    this.shown = true;
    comeBack(this.#link.page);
    this.#greet();
  }

  /** Nobody sees the card any more. */
  leave() {
    this.shown = false;
    clearTimeout(this.#waiting);
    depart(this.#link.page);
    this.#link.send({ type: "leave" });
  }

  /** The notebook has, or has lost, another way to a kernel. */
  renew() {
    if (this.shown) this.#greet();
  }

  /** A person acts: is there a kernel? */
  probe() {
    if (!this.#heard) this.#greet();
  }

  /** The kernel has said something. */
  answered() {
    this.#heard = true;
    clearTimeout(this.#waiting);
    this.#store.set({ kernel: "live" });
  }

  #greet() {
    this.#link.send({ type: "hello", left: departures() });
    if (this.#heard) return;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => {
      const { kernel } = this.#store.get();
      this.#store.set({ kernel: kernel === "live" ? "absent" : kernel });
      this.#onAbsent();
    }, ANSWER_MS);
  }
}
