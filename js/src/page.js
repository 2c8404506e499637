/** @import {AnyModel} from "@anywidget/types" */
/** @import {CardActions, Traits} from "./types.js" */
import { createActions, rememberedMicrophone } from "./actions.js";
import { AudioEngine } from "./audio/engine.js";
import { Inbox } from "./inbox.js";
import { Link, SHOWN_TRAITS } from "./link.js";
import { Stage } from "./stage.js";
import { createStore, INITIAL_STATE } from "./state.js";
import { isLive, Uplink } from "./uplink.js";

/** A kernel that is there answers within this time, unless a cell keeps it busy. */
const ANSWER_MS = 3000;

/**
 * All that one widget has on this page, whatever the number of its views.
 *
 * Until a person acts in the card, or has acted on the page and an answer arrives, it only says hello: no microphone,
 * no sound, no session.
 */
export class Page {
  #views = 0;
  #heard = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #name = pageName();
  #link;
  #audio;
  #stage;
  #uplink;
  #inbox;

  /**
   * @param {AnyModel<Traits>} model The notebook's side of the widget.
   * @param {AbortSignal} signal Ends it all.
   */
  constructor(model, signal) {
    this.store = createStore({
      ...INITIAL_STATE,
      microphone_id: rememberedMicrophone(),
    });
    this.#link = new Link(model, signal, () => this.#lost());
    this.#uplink = new Uplink(this.#link, () => this.store.get().status);
    this.#audio = new AudioEngine(this.#audioListener(), signal);
    this.#stage = new Stage(this.#audio);
    this.#inbox = new Inbox({
      store: this.store,
      audio: this.#stage,
      send: (message) => this.#link.send(message),
      resend: (from, to) => this.#uplink.resend(from, to),
    });
    /** @type {CardActions} */
    this.actions = createActions({
      store: this.store,
      link: this.#link,
      audio: this.#audio,
      inbox: this.#inbox,
      probe: () => this.#probe(),
    });
    this.#listen(signal);
    this.#greet();
  }

  /** @param {AbortSignal} signal Ends the view; with the last one the microphone and the sound end too. */
  show(signal) {
    this.#views += 1;
    this.#stage.enter();
    this.#await(signal);
    signal.addEventListener(
      "abort",
      () => {
        this.#views -= 1;
        if (this.#views > 0) return;
        void this.#audio.stopMicrophone();
        this.#stage.leave();
      },
      { once: true },
    );
  }

  /** @returns {import("./audio/engine.js").AudioListener} Where sound and its state go. */
  #audioListener() {
    return {
      onState: (patch) => this.store.set(patch),
      onMicrophone: (label, rate) => this.#uplink.begin(label, rate),
      onMicrophoneOff: () => this.#uplink.end(),
      onChunk: (pcm, at) => this.#uplink.push(pcm, at),
      onPlayed: (position, at, ended) =>
        this.#link.send({ type: "played", position, at, ended }),
    };
  }

  /** @param {AbortSignal} signal Ends the listening. */
  #listen(signal) {
    for (const name of SHOWN_TRAITS) {
      const show = () => this.store.set({ [name]: this.#link.get(name) });
      this.#link.onTrait(name, name === "status" ? () => this.#status() : show);
      if (this.#link.get(name) !== undefined) show();
    }
    this.#status();
    this.#link.onTrait("output_chunk", () => {
      const chunk = this.#link.get("output_chunk");
      if (chunk) this.#inbox.chunk(chunk);
    });
    this.#link.onMessage((message) => {
      this.#answered();
      this.#inbox.message(message);
    });
    this.#link.onRestart(() => this.#greet());
    globalThis.addEventListener(
      "pagehide",
      () => void this.#audio.stopMicrophone(),
      { signal },
    );
  }

  #status() {
    const status = this.#link.get("status") ?? "disconnected";
    const { connected_at, status: before } = this.store.get();
    const since = isLive(status) ? (connected_at ?? Date.now()) : null;
    this.store.set({ status, connected_at: since });
    if (status === before) return;
    if (status === "disconnected") {
      void this.#audio.stopMicrophone();
      this.#audio.rest();
    } else if (this.#views > 0 && navigator.userActivation?.hasBeenActive) {
      this.#audio.allowSound();
    }
  }

  #greet() {
    this.#link.send({ type: "hello", page: this.#name });
  }

  /** After a person's act: is there a kernel? */
  #probe() {
    if (this.#heard) return;
    this.#greet();
    this.#await();
  }

  /** @param {AbortSignal} [signal] Ends the waiting for an answer. */
  #await(signal) {
    if (this.#heard) return;
    clearTimeout(this.#waiting);
    const waiting = setTimeout(() => {
      if (!this.#heard && this.store.get().kernel === "live") {
        this.store.set({ kernel: "absent" });
      }
    }, ANSWER_MS);
    this.#waiting = waiting;
    signal?.addEventListener("abort", () => clearTimeout(waiting), {
      once: true,
    });
  }

  #answered() {
    this.#heard = true;
    clearTimeout(this.#waiting);
    this.store.set({ kernel: "live" });
  }

  #lost() {
    this.store.set({ kernel: "restarted", status: "disconnected" });
    void this.#audio.stopMicrophone();
    void this.#audio.flush();
  }
}

/** @returns {string} A name that no other page has; `crypto.randomUUID` is missing on plain http. */
function pageName() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return [...numbers].map((number) => number.toString(36)).join("-");
}
