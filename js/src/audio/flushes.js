/** @import {PlaybackPosition} from "../types.js" */

/** A processor answers within a few render quanta; a suspended one does not. */
const ANSWER_MS = 250;

/** Questions to the processor where it was cut. */
export class Flushes {
  /** @type {Map<number, (positions: PlaybackPosition[]) => void>} */
  #waiting = new Map();
  #count = 0;

  /**
   * @param {(id: number) => void} send Asks.
   * @returns {Promise<PlaybackPosition[]>} The answer; empty when it is overdue.
   */
  ask(send) {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, []), ANSWER_MS);
      this.#waiting.set(id, (positions) => {
        clearTimeout(timer);
        resolve(positions);
      });
      send(id);
    });
  }

  /**
   * @param {number} id Of the question.
   * @param {PlaybackPosition[]} positions The answer; one that is too late is left out.
   */
  answer(id, positions) {
    this.#waiting.get(id)?.(positions);
    this.#waiting.delete(id);
  }
}
