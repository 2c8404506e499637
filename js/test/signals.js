/**
 * @param {number} hz The tone.
 * @param {number} rate Of the samples, in Hz.
 * @param {number} count How many samples.
 * @returns {Float32Array} A sine of half amplitude.
 */
export function tone(hz, rate, count) {
  return Float32Array.from(
    { length: count },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}

/**
 * @param {Float32Array} samples A signal.
 * @param {number} hz Where to look.
 * @param {number} rate Of the samples, in Hz.
 * @returns {number} Amplitude at that frequency, seen through a Hann window.
 */
export function amplitude(samples, hz, rate) {
  let re = 0;
  let im = 0;
  let weight = 0;
  samples.forEach((sample, i) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
    const angle = (2 * Math.PI * hz * i) / rate;
    re += hann * sample * Math.cos(angle);
    im += hann * sample * Math.sin(angle);
    weight += hann;
  });
  return (2 * Math.hypot(re, im)) / weight;
}

/**
 * @param {Float32Array} samples A signal.
 * @returns {number} Its root mean square.
 */
export function rms(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/**
 * @param {number} ratio Of amplitudes.
 * @returns {number} In dB.
 */
export function decibels(ratio) {
  return 20 * Math.log10(ratio);
}

/**
 * @param {number} seed Any whole number.
 * @returns {(below: number) => number} Whole numbers from 0, the same for the same seed.
 */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/**
 * @param {number} from First value.
 * @param {number} count How many.
 * @returns {Int16Array<ArrayBuffer>} Samples that count up from `from`, never 0, over all of 16 bits.
 */
export function counter(from, count) {
  return Int16Array.from({ length: count }, (_, i) => countAt(from + i));
}

/**
 * @param {number} index Place in the counting signal.
 * @returns {number} Its value.
 */
export function countAt(index) {
  const value = (index % 65535) + 1;
  return value > 32767 ? value - 65536 : value;
}

/**
 * @template T
 * @param {T | undefined | null} value Should be there.
 * @returns {T} It is.
 */
export function present(value) {
  if (value === undefined || value === null) throw new Error("not there");
  return value;
}
