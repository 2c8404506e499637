import { SAMPLE_RATE_HZ } from "./pcm16.js";

const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;
const LEAST_MS = 80;
/** The second piece of 100 ms seldom comes later than this behind the first. */
export const START_MS = 120;
const MOST_MS = 500;
const GROWTH = 2;
/** A longer gap is a pause of the speaker's, not the network's: it says nothing about how much to wait for. */
const PAUSE_MS = 1000;
/** Each 10 s that play without a gap take this much off. */
const CALM_SAMPLES = 10 * SAMPLE_RATE_HZ;
const CALM_MS = 10;

/** How much sound is waited for before it is played: 80 to 500 ms, doubled by each gap and shrunk slowly by calm. */
export class Prebuffer {
  #ms = START_MS;
  #waited = 0;
  #calm = 0;
  /** How often sound ran out before its end. */
  underruns = 0;

  /** In whole milliseconds. */
  get ms() {
    return Math.round(this.#ms);
  }

  /** Waiting begins anew. */
  reset() {
    this.#waited = 0;
  }

  /**
   * Whether to play: when enough is there, when nothing more comes, or when as long was waited as enough would last.
   *
   * @param {number} queued Samples that are there.
   * @param {boolean} complete Whether nothing more comes.
   * @param {number} count Samples that pass meanwhile.
   * @returns {boolean} True once; then waiting begins anew.
   */
  ready(queued, complete, count) {
    const enough = this.#ms * SAMPLES_PER_MS;
    if (!complete && queued < enough && this.#waited < enough) {
      this.#waited += count;
      return false;
    }
    this.#waited = 0;
    return true;
  }

  /** @param {number} gap Samples of silence until more came. */
  underrun(gap) {
    this.underruns += 1;
    this.#calm = 0;
    const lacked = gap / SAMPLES_PER_MS;
    const wanted = lacked > PAUSE_MS ? 0 : this.#ms + lacked;
    this.#ms = Math.min(MOST_MS, Math.max(this.#ms * GROWTH, wanted));
  }

  /**
   * @param {number} count Samples that were played.
   * @returns {boolean} Whether less is waited for now.
   */
  played(count) {
    this.#calm += count;
    if (this.#calm < CALM_SAMPLES) return false;
    this.#calm = 0;
    const before = this.#ms;
    this.#ms = Math.max(LEAST_MS, this.#ms - CALM_MS);
    return this.#ms < before;
  }
}
