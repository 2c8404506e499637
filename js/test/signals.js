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

/**
 * @param {number} seconds How long.
 * @param {number} level Its root mean square.
 * @param {number} [seed] Any whole number.
 * @returns {Float32Array} White noise at 24 kHz.
 */
export function noise(seconds, level, seed = 1) {
  const next = random(seed);
  const peak = level * Math.sqrt(3);
  return Float32Array.from(
    { length: Math.round(24000 * seconds) },
    () => peak * (next(20001) / 10000 - 1),
  );
}

/**
 * @param {number} seconds How long.
 * @param {number} level Its root mean square.
 * @returns {Float32Array} What a voice is to an ear, at 24 kHz: harmonics of 130 Hz, in syllables with gaps.
 */
export function voice(seconds, level) {
  const count = Math.round(24000 * seconds);
  const samples = Float32Array.from({ length: count }, (_, i) => {
    const time = i / 24000;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * time)) ** 0.5;
    let sum = 0;
    for (let k = 1; k <= 20; k += 1) {
      sum += Math.sin(2 * Math.PI * 130 * k * time + k * k) / k;
    }
    return syllable * sum;
  });
  const scale = level / rms(samples);
  return samples.map((x) => x * scale);
}

/**
 * @param {Float32Array[]} signals Of any lengths.
 * @returns {Float32Array} Their sum, as long as the longest.
 */
export function sum(...signals) {
  const length = Math.max(...signals.map((signal) => signal.length));
  return Float32Array.from({ length }, (_, i) =>
    signals.reduce((total, signal) => total + (signal[i] ?? 0), 0),
  );
}
