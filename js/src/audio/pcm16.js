/** Mono PCM16 at 24 kHz is the only format that leaves or enters the page. */
export const SAMPLE_RATE_HZ = 24000;

/**
 * Writes floats as PCM16; what lies outside of -1 to 1 is clipped.
 *
 * @param {Float32Array} source Samples from -1 to 1.
 * @param {number} from First sample of `source`.
 * @param {Int16Array} target Where to write.
 * @param {number} to First place in `target`.
 * @param {number} count How many samples.
 */
export function floatToPcm16(source, from, target, to, count) {
  for (let i = 0; i < count; i += 1) {
    const value = Math.round(/** @type {number} */ (source[from + i]) * 32768);
    target[to + i] = Math.max(-32768, Math.min(32767, value));
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes Any bytes.
 * @returns {string} Base64.
 */
export function encodeBase64(bytes) {
  if (bytes.toBase64) return bytes.toBase64();
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(text);
}

/**
 * @param {string} text Base64.
 * @returns {Uint8Array<ArrayBuffer>} The bytes.
 * @throws When `text` is not base64.
 */
export function decodeBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * @param {Int16Array<ArrayBuffer>} pcm Samples.
 * @returns {string} Base64 of them, little-endian.
 */
export function encodePcm16(pcm) {
  return encodeBase64(
    new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength),
  );
}

/**
 * @param {string} text Base64 of little-endian PCM16.
 * @returns {Int16Array<ArrayBuffer>} Samples; half a sample at the end is left out.
 * @throws When `text` is not base64.
 */
export function decodePcm16(text) {
  const bytes = decodeBase64(text);
  return new Int16Array(bytes.buffer, 0, bytes.byteLength >> 1);
}
