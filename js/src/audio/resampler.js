const ATTENUATION_DB = 85;
const KAISER_BETA = 0.1102 * (ATTENUATION_DB - 8.7);
/** Width of the slope from what passes to what is gone, as a part of the band that both rates have. */
const SLOPE = 0.125;
const MAX_EXACT_PHASES = 640;
const INTERPOLATED_PHASES = 512;

/**
 * Changes the rate of an endless mono stream: a windowed-sinc filter in phases.
 *
 * What passes is kept up to 87.5 % of the narrower band, and what could fold back is 80 dB down.
 * Output sample k stands at time k / outputRate of the input: nothing is shifted, and the stream lags by
 * `delay` input samples. After construction nothing is allocated.
 */
export class Resampler {
  #step;
  #phases;
  #taps;
  #table;
  #window;
  #filled;
  #start = 0;
  #phase = 0;

  /**
   * @param {number} inputRate In Hz; need not be whole.
   * @param {number} outputRate In Hz; need not be whole.
   * @param {number} [blockSize] Most input samples in one `push`.
   */
  constructor(inputRate, outputRate, blockSize = 128) {
    const exact = outputRate / commonDivisor(inputRate, outputRate);
    this.#phases = exact <= MAX_EXACT_PHASES ? exact : INTERPOLATED_PHASES;
    this.#step = (this.#phases * inputRate) / outputRate;
    const band = Math.min(1, outputRate / inputRate);
    const width = (ATTENUATION_DB - 8) / (2.285 * Math.PI * SLOPE * band);
    const half = Math.ceil(width / 2);
    this.#taps = 2 * half;
    this.#table = filterTable(this.#phases, half, band * (1 - SLOPE / 2));
    this.#window = new Float32Array(this.#taps + 2 * blockSize);
    this.#filled = half - 1;
    this.delay = half;
  }

  /**
   * @param {number} outputs How many output samples are wanted.
   * @returns {number} How many input samples are missing for that.
   */
  needed(outputs) {
    if (outputs === 0) return 0;
    const last = Math.floor(
      (this.#phase + (outputs - 1) * this.#step) / this.#phases,
    );
    return Math.max(0, this.#start + last + this.#taps - this.#filled);
  }

  /**
   * Takes input; `pull` has to keep up with it.
   *
   * @param {Float32Array} input Samples.
   * @param {number} from The first of them to take.
   * @param {number} count How many, `blockSize` at most.
   */
  push(input, from, count) {
    if (this.#filled + count > this.#window.length) {
      this.#window.copyWithin(0, this.#start, this.#filled);
      this.#filled -= this.#start;
      this.#start = 0;
    }
    for (let i = 0; i < count; i += 1) {
      this.#window[this.#filled + i] = /** @type {number} */ (input[from + i]);
    }
    this.#filled += count;
  }

  /**
   * @param {Float32Array} output Where to write.
   * @param {number} to First place in `output`.
   * @param {number} limit Most samples to write.
   * @returns {number} How many were written: all that the input allows.
   */
  pull(output, to, limit) {
    let written = 0;
    while (written < limit && this.#start + this.#taps <= this.#filled) {
      output[to + written] = this.#sample();
      written += 1;
      this.#phase += this.#step;
      const passed = Math.floor(this.#phase / this.#phases);
      this.#phase -= passed * this.#phases;
      this.#start += passed;
    }
    return written;
  }

  #sample() {
    const index = Math.floor(this.#phase);
    const rest = this.#phase - index;
    const near = this.#dot(index);
    return rest === 0 ? near : near + rest * (this.#dot(index + 1) - near);
  }

  /** @param {number} phase Row of the table. */
  #dot(phase) {
    const window = this.#window;
    const table = this.#table;
    const taps = this.#taps;
    const row = phase * taps;
    const start = this.#start;
    let sum = 0;
    for (let i = 0; i < taps; i += 1) {
      sum +=
        /** @type {number} */ (table[row + i]) *
        /** @type {number} */ (window[start + i]);
    }
    return sum;
  }
}

/**
 * One row of coefficients for each phase, and one more to interpolate towards.
 *
 * @param {number} phases How finely one input sample is divided.
 * @param {number} half Input samples on each side.
 * @param {number} cutoff As a part of the input's Nyquist frequency.
 */
function filterTable(phases, half, cutoff) {
  const taps = 2 * half;
  const table = new Float32Array((phases + 1) * taps);
  const edge = besselI0(KAISER_BETA);
  for (let phase = 0; phase <= phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const time = tap - (half - 1) - phase / phases;
      const place = 1 - (time / half) ** 2;
      const value =
        place <= 0
          ? 0
          : (sinc(cutoff * time) * besselI0(KAISER_BETA * Math.sqrt(place))) /
            edge;
      table[phase * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap += 1) {
      const place = phase * taps + tap;
      table[place] = /** @type {number} */ (table[place]) / sum;
    }
  }
  return table;
}

/** @param {number} x In half periods. */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param {number} x Any number. */
function besselI0(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * @param {number} a A rate.
 * @param {number} b A rate.
 * @returns {number} Their greatest common divisor; tiny when there is none.
 */
function commonDivisor(a, b) {
  if (!Number.isInteger(a) || !Number.isInteger(b)) return Number.EPSILON;
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
