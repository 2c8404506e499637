/** @import {Choice} from "../types.js" */
import { listen } from "../listen.js";

/**
 * What the browser does with the sound before the page has it; each as `getUserMedia` names it.
 *
 * @typedef {object} Processing
 * @property {boolean} echoCancellation What the speaker plays is taken out.
 * @property {boolean} noiseSuppression Noise is taken out.
 * @property {boolean} autoGainControl A low voice is made louder.
 */

/** Chromium's and Safari's entry for whatever the system's own choice is now. */
const DEFAULT_ID = "default";

/** @returns {Promise<Choice[]>} The microphones that the browser names. */
async function listMicrophones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "")
    .map(({ deviceId, label }, index) => ({
      value: deviceId,
      label: label || `Microphone ${index + 1}`,
    }));
}

/**
 * Knows which microphones there are, now and whenever that changes.
 *
 * @param {(microphones: Choice[], otherDefault: boolean) => void} onList
 *     Gets them, and whether the system's own choice is another one than before.
 * @param {AbortSignal} signal Ends it.
 */
export function watchMicrophones(onList, signal) {
  let before = "";
  const list = async () => {
    const microphones = await listMicrophones();
    if (signal.aborted) return;
    const isDefault = (/** @type {Choice} */ { value }) => value === DEFAULT_ID;
    const label = microphones.find(isDefault)?.label ?? "";
    const changed = before !== "" && label !== "" && label !== before;
    before = label;
    onList(microphones, changed);
  };
  const { mediaDevices } = navigator;
  listen(mediaDevices, "devicechange", () => void list(), signal);
  void list();
}

/**
 * @param {string} deviceId Of a microphone that is open; "" when the browser does not say.
 * @param {readonly Choice[]} microphones Those that there are.
 * @returns {boolean} Whether it is none of them.
 */
export function isGone(deviceId, microphones) {
  const named = deviceId !== "" && microphones.length > 0;
  return named && !microphones.some(({ value }) => value === deviceId);
}

/**
 * Asks for a microphone; call it in a person's gesture.
 *
 * @param {string} deviceId Which one; "" is the browser's choice, and is taken too when this one is gone.
 * @param {Processing} processing What the browser does with its sound.
 * @param {AbortSignal} signal Gives the device back.
 * @returns {Promise<{stream: MediaStream, missing: boolean}>} Its sound, and whether the chosen one was not there.
 * @throws What the browser threw, or the signal's reason.
 */
export async function askForStream(deviceId, processing, signal) {
  let missing = false;
  const stream = await request(deviceId, processing).catch((error) => {
    // A device that was unplugged since it was chosen: OverconstrainedError, with an empty message.
    missing = deviceId !== "" && error?.name === "OverconstrainedError";
    if (missing) return request("", processing);
    throw error;
  });
  if (signal.aborted) releaseStream(stream);
  else {
    const release = () => releaseStream(stream);
    listen(signal, "abort", release);
  }
  signal.throwIfAborted();
  return { stream, missing };
}

/** @param {MediaStream} stream Its device is given back. */
export function releaseStream(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/**
 * @param {string} deviceId Which one; "" is the browser's choice.
 * @param {Processing} processing What the browser does with its sound.
 */
async function request(deviceId, processing) {
  if (navigator.mediaDevices === undefined) {
    throw new Error("This browser gives pages no microphone.");
  }
  return await navigator.mediaDevices.getUserMedia({
    audio: {
      ...processing,
      channelCount: { ideal: 1 },
      ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    },
  });
}
