/** @import {PlaybackPosition} from "../types.js" */
/** @import {FromPlayback, PlayedItem, ToPlayback} from "./messages.js" */
/** @import {SpeakerListener} from "./report.js" */
import { listen } from "../listen.js";
import { Flushes } from "./flushes.js";
import { KeptSound, keyOf } from "./kept.js";
import { Output } from "./output.js";
import { Report } from "./report.js";

/** A context that may sound does so within this time; one that waits for a click never does. */
const BLOCKED_MS = 500;
/** Until the sound card sleeps: after an answer, after the last one, and when it was woken for one that does not come. */
const SLEEP_MS = { idle: 5000, resting: 2000, woken: 30_000 };
/**
 * The page's one speaker: sound goes out in the order in which it comes in.
 *
 * Until sound may leave the page, the last minute of it is kept. When nothing is to be heard the sound card sleeps, and
 * there is neither a message nor a timer.
 */
export class Speaker {
  #listener;
  #signal;
  #kept = new KeptSound();
  /** @type {Output | null} */
  #output = null;
  #flushes = new Flushes();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  #volume = 1;
  /** Pieces of sound that the processor has got, and had when it said that nothing is left. */
  #given = 0;
  #done = 0;
  #resting = false;
  #report;

  /**
   * @param {SpeakerListener} listener Is told what happens.
   * @param {AbortSignal} signal Closes everything.
   */
  constructor(listener, signal) {
    this.#listener = listener;
    this.#signal = signal;
    this.#report = new Report(listener);
    const close = () => {
      clearTimeout(this.#watch);
      this.#kept.take();
    };
    listen(signal, "abort", close);
  }

  /** Lets sound out as far as the browser does; call it in a person's gesture. */
  allow() {
    if (this.#signal.aborted) return;
    this.#resting = false;
    this.#output ??= new Output(
      {
        onMessage: (message) => this.#receive(message),
        onLive: () => this.#release(),
      },
      this.#volume,
      this.#signal,
    );
    this.#output.wake();
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#listener.onState({ sound_blocked: !this.#output?.running });
    }, BLOCKED_MS);
    this.#sleepAfter(SLEEP_MS.woken);
  }

  /**
   * @param {PlayedItem} item Whose sound it is.
   * @param {Int16Array<ArrayBuffer>} pcm Mono at 24 kHz; taken over.
   */
  enqueue(item, pcm) {
    if (pcm.length === 0) return;
    this.#play({ type: "audio", item, pcm: pcm.buffer });
  }

  /**
   * @param {string} itemId Whose sound is heard once more.
   * @param {Int16Array<ArrayBuffer> | null} pcm Mono at 24 kHz; taken over.
   * @param {boolean} last Whether nothing more comes.
   */
  replay(itemId, pcm, last) {
    if (this.#signal.aborted) return;
    this.#listener.onState({ replaying: itemId });
    const buffer = pcm?.length ? pcm.buffer : null;
    this.#play({ type: "replay", item_id: itemId, pcm: buffer, last });
  }

  /** Ends the replay. */
  stopReplay() {
    this.#listener.onState({ replaying: null });
    this.tell({ type: "stopReplay" });
  }

  /** @param {ToPlayback} message Changes how that is played which is here; nothing when there never was any. */
  tell(message) {
    if (this.#output !== null || !this.#kept.empty) this.#send(message);
  }

  /**
   * Silence at once.
   *
   * @returns {Promise<PlaybackPosition[]>} Of the item that was cut, then of those that had not begun.
   */
  async flush() {
    const unheard = this.#kept.drop();
    const output = this.#output;
    const cut =
      output?.live || this.#busy
        ? await this.#flushes.ask((id) => output?.send({ type: "flush", id }))
        : [];
    this.#listener.onState({
      playing: false,
      held: false,
      playhead: null,
      replaying: null,
    });
    const known = new Set(cut.map(keyOf));
    return [...cut, ...unheard.filter((other) => !known.has(keyOf(other)))];
  }

  /** @param {number} volume 0 to 1; at 0 sound goes on and is counted, but is not heard. */
  setVolume(volume) {
    this.#volume = volume;
    this.#output?.setVolume(volume);
  }

  /** Lets the sound card sleep once everything was played; the next sound wakes it. */
  rest() {
    this.#resting = true;
    this.#sleepAfter(SLEEP_MS.resting);
  }

  /** Gives the sound card back; the next sound takes it again. */
  close() {
    clearTimeout(this.#watch);
    this.#output?.close();
    this.#output = null;
    this.#given = 0;
    this.#done = 0;
  }

  /** Whether the processor has something to play. */
  get #busy() {
    return this.#done < this.#given;
  }

  /** @param {ToPlayback} message Sound. */
  #play(message) {
    if (this.#signal.aborted) return;
    if (this.#output?.asleep) this.allow();
    this.#send(message);
    if (this.#output !== null) return;
    if (navigator.userActivation?.hasBeenActive) this.allow();
    else this.#listener.onState({ sound_blocked: true });
  }

  /** @param {ToPlayback} message Goes to the processor, or waits until it may sound. */
  #send(message) {
    const output = this.#output;
    if (!output?.live || output.asleep) {
      this.#kept.add(message);
      return;
    }
    if (message.type === "audio" || message.type === "replay") {
      if (!this.#busy) output.wake();
      this.#given += 1;
    }
    output.send(message);
  }

  /** Sends what was kept, as soon as it is heard. */
  #release() {
    for (const message of this.#kept.take()) this.#send(message);
    this.#listener.onState({ sound_blocked: false });
  }

  /** @param {FromPlayback} message From the processor. */
  #receive(message) {
    switch (message.type) {
      case "flushed":
        this.#flushes.answer(message.id, message.positions);
        break;
      case "idle":
        this.#done = message.received;
        this.#sleepAfter(this.#resting ? SLEEP_MS.resting : SLEEP_MS.idle);
        break;
      default:
        this.#report.tell(message);
    }
  }

  /** @param {number} ms From now on, unless there is something to play. */
  #sleepAfter(ms) {
    if (!this.#busy) this.#output?.sleepAfter(ms);
  }
}
