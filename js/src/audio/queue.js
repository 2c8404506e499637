/**
 * @template Item
 * @typedef {object} Block
 * @property {Item} item Whose sound it is.
 * @property {Int16Array} samples At 24 kHz.
 * @property {Block<Item> | null} next The block after it.
 */

/**
 * Sound that waits to be played: any amount, in order, let go as soon as it was read.
 *
 * @template Item
 */
export class PcmQueue {
  /** @type {Block<Item> | null} */
  #head = null;
  /** @type {Block<Item> | null} */
  #tail = null;
  #read = 0;
  /** Samples that wait. */
  length = 0;

  /**
   * @param {Item} item Whose sound it is.
   * @param {Int16Array} samples Taken over, not copied.
   */
  push(item, samples) {
    if (samples.length === 0) return;
    const block = { item, samples, next: null };
    if (this.#tail === null) this.#head = block;
    else this.#tail.next = block;
    this.#tail = block;
    this.length += samples.length;
  }

  /** Whose sound comes next; null when there is none. */
  get item() {
    return this.#head?.item ?? null;
  }

  /** Whose sound waits, in order, each once. */
  get items() {
    /** @type {Item[]} */
    const items = [];
    for (let block = this.#head; block !== null; block = block.next) {
      if (items.at(-1) !== block.item) items.push(block.item);
    }
    return items;
  }

  /**
   * Reads one item's sound as floats; never goes on to the next item.
   *
   * @param {Float32Array} target Where to write.
   * @param {number} to First place in `target`.
   * @param {number} count Most samples to read.
   * @returns {number} How many were read.
   */
  read(target, to, count) {
    const item = this.item;
    let done = 0;
    while (this.#head !== null && this.#head.item === item && done < count) {
      const { samples, next } = this.#head;
      const part = Math.min(count - done, samples.length - this.#read);
      for (let i = 0; i < part; i += 1) {
        target[to + done + i] =
          /** @type {number} */ (samples[this.#read + i]) / 32768;
      }
      done += part;
      this.#read += part;
      if (this.#read === samples.length) {
        this.#head = next;
        if (next === null) this.#tail = null;
        this.#read = 0;
      }
    }
    this.length -= done;
    return done;
  }

  /** Lets everything go. */
  clear() {
    this.#head = null;
    this.#tail = null;
    this.#read = 0;
    this.length = 0;
  }
}
