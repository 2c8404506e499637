/** A microphone that works gives noise at least; this much of nothing is a switch that is off. */
const SILENT_S = 3;

/** Notices a device that gives nothing but zeros. */
export class SilenceDetector {
  #limit;
  #zeros = 0;
  /** Whether it has given nothing for 3 s. */
  silent = false;

  /** @param {number} sampleRate In Hz. */
  constructor(sampleRate) {
    this.#limit = sampleRate * SILENT_S;
  }

  /**
   * @param {readonly Float32Array[]} channels The same time on each.
   * @returns {boolean} Whether `silent` has changed.
   */
  push(channels) {
    this.#zeros = isZero(channels)
      ? this.#zeros + (channels[0]?.length ?? 0)
      : 0;
    const silent = this.#zeros >= this.#limit;
    const changed = silent !== this.silent;
    this.silent = silent;
    return changed;
  }
}

/** @param {readonly Float32Array[]} channels Samples. */
function isZero(channels) {
  for (let c = 0; c < channels.length; c += 1) {
    const channel = /** @type {Float32Array} */ (channels[c]);
    for (let i = 0; i < channel.length; i += 1) {
      if (channel[i] !== 0) return false;
    }
  }
  return true;
}
