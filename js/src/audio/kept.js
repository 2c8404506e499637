/** @import {PlaybackPosition} from "../types.js" */
/** @import {ToPlayback} from "./messages.js" */
import { SAMPLE_RATE_HZ } from "./pcm16.js";

/** A minute: more is old when the click comes that lets it out. */
const MOST_SAMPLES = 60 * SAMPLE_RATE_HZ;

/** What is to be heard as soon as sound may leave the page: the last minute of it. */
export class KeptSound {
  /** @type {ToPlayback[]} */
  #messages = [];
  #samples = 0;

  get empty() {
    return this.#messages.length === 0;
  }

  /** @param {ToPlayback} message Goes to the processor later. */
  add(message) {
    this.#messages.push(message);
    this.#samples += samplesOf(message);
    while (this.#samples > MOST_SAMPLES) {
      const oldest = this.#messages.shift();
      if (oldest) this.#samples -= samplesOf(oldest);
    }
  }

  /** @returns {ToPlayback[]} All of it, in order; nothing is kept any more. */
  take() {
    const messages = this.#messages;
    this.#messages = [];
    this.#samples = 0;
    return messages;
  }

  /** @returns {PlaybackPosition[]} Of the items that nothing was heard of; nothing is kept any more. */
  drop() {
    /** @type {Map<string, PlaybackPosition>} */
    const positions = new Map();
    for (const message of this.take()) {
      if (message.type !== "audio") continue;
      const { item_id, content_index } = message.item;
      const position = { item_id, content_index, played_samples: 0 };
      positions.set(keyOf(position), position);
    }
    return [...positions.values()];
  }
}

/**
 * @param {PlaybackPosition} position Any.
 * @returns {string} The same for the same part of the same item.
 */
export function keyOf({ item_id, content_index }) {
  return `${content_index} ${item_id}`;
}

/** @param {ToPlayback} message Any. */
function samplesOf(message) {
  return message.type === "audio" ? message.pcm.byteLength / 2 : 0;
}
