/** @import {CardState, PlaybackPosition} from "../types.js" */
/** @import {FromPlayback} from "./messages.js" */

/**
 * Of the ten times a second that the processor says where it stands, every twentieth is news for the kernel: a message
 * upward costs a notebook more than playing does, and where an answer is cut is told at once.
 */
const PLAYED_EVERY = 20;

/**
 * @typedef {object} SpeakerListener
 * @property {(patch: Partial<CardState>) => void} onState What the card should show.
 * @property {(position: PlaybackPosition, at: number, ended: boolean) => void} onPlayed
 *     Where an item stands: at its first sample, every two seconds, and when it is over or nothing is left of it.
 */

/**
 * @typedef {Extract<FromPlayback, {type: "started" | "progress" | "ended"}>} Place Where an item stands.
 * @typedef {Exclude<FromPlayback, Place | {type: "flushed" | "idle"}>} Change Something that the card shows.
 */

/** What the processor says, as it is told to the card and the kernel. */
export class Report {
  #listener;
  #ticks = 0;

  /** @param {SpeakerListener} listener Is told. */
  constructor(listener) {
    this.#listener = listener;
  }

  /** @param {Place | Change} message From the processor. */
  tell(message) {
    switch (message.type) {
      case "started":
      case "progress":
      case "ended":
        this.#stands(message);
        break;
      default:
        this.#listener.onState(patchOf(message));
    }
  }

  /** @param {Place} place Where an item stands. */
  #stands({ type, position, at }) {
    const ended = type === "ended";
    this.#ticks = type === "progress" ? this.#ticks + 1 : 0;
    this.#listener.onState({
      playing: !ended,
      playhead: ended ? null : position,
    });
    if (this.#ticks % PLAYED_EVERY > 0) return;
    this.#listener.onPlayed(position, at, ended);
  }
}

/**
 * @param {Change} message From the processor.
 * @returns {Partial<CardState>} What the card should show.
 */
function patchOf(message) {
  switch (message.type) {
    case "held":
      return { held: message.held };
    case "replayed":
      return { replaying: null };
    case "buffer":
      return {
        underruns: message.underruns,
        prebuffer_ms: message.prebufferMs,
      };
    case "level":
      return { speaker_level: message.level };
  }
}
