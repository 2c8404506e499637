/** @import {PlaybackPosition} from "../types.js" */

/** One item's sound on its way out, and how much of it was rendered. */
export class Track {
  #itemId;
  #contentIndex;
  /** Samples at 24 kHz. */
  played = 0;
  /** Whether all of it has come. */
  complete = false;
  /** Whether it was told to be over. */
  ended = false;

  /**
   * @param {string} itemId The item.
   * @param {number} contentIndex Its part.
   */
  constructor(itemId, contentIndex) {
    this.#itemId = itemId;
    this.#contentIndex = contentIndex;
  }

  /**
   * @param {string} itemId An item.
   * @param {number} contentIndex Its part.
   * @returns {boolean} Whether this is its sound.
   */
  is(itemId, contentIndex) {
    return this.#itemId === itemId && this.#contentIndex === contentIndex;
  }

  /** @returns {PlaybackPosition} Where it stands now. */
  get position() {
    return {
      item_id: this.#itemId,
      content_index: this.#contentIndex,
      played_samples: this.played,
    };
  }
}
