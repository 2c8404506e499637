/** @import {AnyModel} from "@anywidget/types" */
/** @import {AudioEngine, AudioListener} from "./audio/engine.js" */
/** @import {CardActions, CardState, Traits} from "./types.js" */
/** @import {StateKey} from "./state.js" */
import { createActions } from "./actions.js";
import { BargeIn } from "./barge-in.js";
import { Inbox } from "./inbox.js";
import { Input } from "./input.js";
import { Link, SHOWN_TRAITS } from "./link.js";
import { listen } from "./listen.js";
import { rememberedMicrophone, rememberedPreferences } from "./preferences.js";
import { Presence } from "./presence.js";
import { Stage } from "./stage.js";
import { createStore, INITIAL_STATE } from "./state.js";
import { isLive, Uplink } from "./uplink.js";
import { Voice } from "./voice.js";

/** What decides whether speech interrupts. @type {readonly StateKey[]} */
const ARMING = [
  "turn_detection",
  "preferences",
  "muted",
  "microphone",
  "owner",
];

/**
 * All that one widget has on this page, whatever the number of its views.
 *
 * Until a person acts in the card, or has acted on the page and an answer arrives, it only says hello, once there is a
 * view: no microphone, no sound, no session.
 */
export class Page {
  #views = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #holding;
  #link;
  #presence;
  #audio;
  #stage;
  #voice;
  #uplink;
  #input;
  #inbox;
  #bargeIn;

  /**
   * @param {AnyModel<Traits>} model The notebook's side of the widget.
   * @param {AbortSignal} signal Ends it all.
   * @param {(listener: AudioListener, signal: AbortSignal) => AudioEngine} openAudio Makes the page's ears and mouth.
   */
  constructor(model, signal, openAudio) {
    const store = createStore({
      ...INITIAL_STATE,
      microphone_id: rememberedMicrophone(),
      preferences: rememberedPreferences(),
    });
    this.store = store;
    const link = new Link(model, signal, () => this.#lost());
    this.#link = link;
    const onAbsent = () => void this.#input.stop();
    this.#presence = new Presence({ store, link, onAbsent }, signal);
    this.#uplink = new Uplink(link, () => store.get().status);
    const audio = openAudio(this.#audioListener(), signal);
    this.#audio = audio;
    this.#stage = new Stage(audio);
    this.#bargeIn = this.#judge();
    const onSilence = () => this.#bargeIn.silenced();
    this.#voice = new Voice({ store, stage: this.#stage, audio, onSilence });
    this.#input = new Input({ store, audio, uplink: this.#uplink });
    this.#inbox = this.#receiver();
    /** @type {CardActions} */
    this.actions = createActions({
      store,
      link,
      audio,
      input: this.#input,
      voice: this.#voice,
      probe: () => this.#presence.probe(),
    });
    audio.setVolume(store.get().preferences.volume);
    this.#listen(signal);
  }

  /** @param {AbortSignal} signal Ends the view; with the last one the microphone and the sound end too. */
  show(signal) {
    this.#views += 1;
    this.#enter();
    listen(signal, "abort", () => {
      this.#views -= 1;
      if (this.#views === 0) this.#leave();
    });
  }

  /** @returns {AudioListener} Where sound and its state go. */
  #audioListener() {
    return {
      onState: (patch) => {
        this.store.set(patch);
        if (patch.playing === undefined) return;
        this.#bargeIn.playing(Date.now(), patch.playing);
      },
      onDevice: (state, label, rate) => {
        this.#input.device(state, label, rate);
        if (state === "off") this.#bargeIn.deafen();
      },
      onChunk: (pcm, at) => this.#input.chunk(pcm, at),
      onEar: (at, speaking) => this.#bargeIn.ear(at, speaking),
      onPlayed: (position, at, ended) =>
        this.#link.send({ type: "played", position, at, ended }),
    };
  }

  /** @returns {Inbox} Takes what the kernel says. */
  #receiver() {
    return new Inbox({
      store: this.store,
      voice: this.#voice,
      page: this.#link.page,
      isShown: () => this.#presence.shown,
      send: (message) => this.#link.send(message),
      resend: (from, to) => this.#uplink.resend(from, to),
      onHold: () => this.#bargeIn.server(Date.now(), true),
    });
  }

  /** @returns {BargeIn} Decides for this page's answers. */
  #judge() {
    return new BargeIn({
      hold: (limitMs) => {
        this.#audio.hold();
        clearTimeout(this.#holding);
        this.#holding = setTimeout(() => this.#bargeIn.expire(), limitMs);
      },
      release: (fooled) => {
        clearTimeout(this.#holding);
        if (fooled) this.#audio.falseAlarm();
        this.#audio.release();
      },
      interrupt: () => {
        clearTimeout(this.#holding);
        void this.#interrupt();
      },
    });
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
      this.#presence.answered();
      this.#inbox.message(message);
    });
    this.#link.onRestart(() => this.#presence.renew());
    this.store.subscribe((state, changed) => {
      if (ARMING.some((key) => changed.has(key))) this.#arm(state);
      if (changed.has("owner") && state.owner === "other") this.#yield();
      if (changed.has("turn_detection")) this.#input.cool();
    }, signal);
    listen(globalThis, "pagehide", () => this.#leave(), signal);
    listen(globalThis, "pageshow", () => this.#enter(), signal);
  }

  #status() {
    const status = this.#link.get("status") ?? "disconnected";
    const { connected_at, owner, replaying, status: before } = this.store.get();
    const since = isLive(status) ? (connected_at ?? Date.now()) : null;
    this.store.set({ status, connected_at: since });
    if (status === before) return;
    this.#bargeIn.server(Date.now(), status === "listening");
    if (status === "listening" && replaying !== null) {
      this.actions.replay(replaying);
    }
    if (status === "disconnected") {
      void this.#input.stop();
      this.#audio.rest();
    } else if (
      this.#presence.shown &&
      navigator.userActivation?.hasBeenActive
    ) {
      // The device wakes before the answer comes, or its first words would be late.
      if (status !== "ready" && owner !== "other") this.#audio.wake();
    }
  }

  /** @param {Readonly<CardState>} state The card's. */
  #arm({ turn_detection, preferences, muted, microphone, owner }) {
    const { type, interrupt_response, false_alarm_ms } = turn_detection;
    const armed =
      type !== "push_to_talk" &&
      interrupt_response !== false &&
      microphone === "on" &&
      owner !== "other" &&
      !(muted || preferences.half_duplex);
    this.#bargeIn.configure(armed, false_alarm_ms ?? 0);
  }

  async #interrupt() {
    const response_id = this.#voice.speaking;
    const positions = await this.#voice.silence();
    this.#link.send({ type: "interrupt", response_id, positions });
  }

  /** A card is on the page, after there was none. */
  #enter() {
    if (this.#presence.shown || this.#views === 0) return;
    this.#stage.enter();
    this.#presence.enter();
  }

  /** Nobody sees the card any more. */
  #leave() {
    if (!this.#presence.shown) return;
    void this.#input.stop();
    this.#stage.leave();
    this.#presence.leave();
  }

  /** Another page has microphone and sound from now on. */
  #yield() {
    void this.#input.stop();
    void this.#stage.flush();
    this.store.set({ sound_blocked: false });
  }

  #lost() {
    this.store.set({
      kernel: "restarted",
      status: "disconnected",
      connected_at: null,
    });
    void this.#input.stop();
    void this.#audio.flush();
  }
}
