/** @import {Choice, MicrophoneFault} from "../types.js" */
/** @import {FromCapture, ToCapture} from "./messages.js" */
import captureSource from "./capture.worklet.js?worklet";
import { fault } from "./faults.js";
import { startWorklet } from "./worklet.js";

/** A stopped processor answers within a few render quanta; a dead one never does. */
const FINISH_MS = 200;
/** A context starts within tens of milliseconds, or never. */
const START_MS = 5000;

/**
 * @typedef {object} MicrophoneOptions
 * @property {string} deviceId Which one; "" is the browser's choice.
 * @property {number} chunkMs Length of a chunk.
 * @property {(pcm: Int16Array<ArrayBuffer>, at: number) => void} onChunk
 *     Gets mono PCM16 at 24 kHz, valid during the call, and the Date.now() at which it was complete.
 * @property {(level: number) => void} onLevel Gets the peak of the last 50 ms.
 * @property {(fault: MicrophoneFault) => void} onLost Is told when the device goes away.
 * @property {AbortSignal} signal Closes everything at once.
 */

/** A microphone that is open. */
export class Microphone {
  #stream;
  #port;
  /** @type {() => void} */
  #finish = () => {};
  /** @type {Promise<void>} */
  #finished;

  /**
   * @param {MediaStream} stream What it captures.
   * @param {AudioContext} context Where it is processed.
   * @param {AudioWorkletNode} node The processor.
   * @param {MicrophoneOptions} options Who listens.
   */
  constructor(stream, context, node, options) {
    this.#stream = stream;
    this.#port = node.port;
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.sampleRate = context.sampleRate;
    const track = stream.getAudioTracks()[0];
    this.label = track?.label ?? "";
    this.deviceId = track?.getSettings().deviceId ?? "";
    track?.addEventListener("ended", () => options.onLost(fault("lost")), {
      signal: options.signal,
    });
    this.#port.onmessage = ({ data }) => this.#receive(data, options);
  }

  /**
   * Closes the device at once; what it gave until now still reaches `onChunk`.
   *
   * @returns {Promise<void>} Settles when it has.
   */
  async finish() {
    this.#post({ type: "finish" });
    release(this.#stream);
    const timer = setTimeout(this.#finish, FINISH_MS);
    await this.#finished;
    clearTimeout(timer);
  }

  /**
   * @param {FromCapture} message From the processor.
   * @param {MicrophoneOptions} options Who listens.
   */
  #receive(message, { onChunk, onLevel, signal }) {
    if (signal.aborted) return;
    switch (message.type) {
      case "chunk":
        onLevel(message.level);
        onChunk(new Int16Array(message.pcm), message.at);
        this.#post({ type: "recycle", pcm: message.pcm }, [message.pcm]);
        break;
      case "level":
        onLevel(message.level);
        break;
      case "finished":
        this.#finish();
        break;
    }
  }

  /**
   * @param {ToCapture} message For the processor.
   * @param {ArrayBuffer[]} [transfer] What moves with it.
   */
  #post(message, transfer = []) {
    this.#port.postMessage(message, transfer);
  }
}

/**
 * Asks for a microphone and opens it; call it in a person's gesture.
 *
 * The context has the device's own rate: Firefox connects no microphone to any other. Whatever happens, also when this
 * fails, everything is closed when `options.signal` aborts.
 *
 * @param {MicrophoneOptions} options Which one, and who listens.
 * @returns {Promise<Microphone>} The open microphone.
 * @throws What the browser threw, or the signal's reason.
 */
export async function openMicrophone(options) {
  const { signal, chunkMs } = options;
  const context = new AudioContext({ latencyHint: "interactive" });
  signal.addEventListener("abort", () => void context.close(), { once: true });
  const [stream, node] = await Promise.all([
    askForStream(options.deviceId, signal),
    startWorklet(context, "rt-widget-capture", captureSource, {
      numberOfInputs: 1,
      numberOfOutputs: 0,
      processorOptions: { chunkMs },
    }),
  ]);
  signal.throwIfAborted();
  context.createMediaStreamSource(stream).connect(node);
  await started(context);
  signal.throwIfAborted();
  return new Microphone(stream, context, node, options);
}

/** @returns {Promise<Choice[]>} The microphones that the browser names. */
export async function listMicrophones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "")
    .map(({ deviceId, label }, index) => ({
      value: deviceId,
      label: label || `Microphone ${index + 1}`,
    }));
}

/**
 * @param {string} deviceId Which one; "" is the browser's choice.
 * @param {AbortSignal} signal Gives the device back.
 */
async function askForStream(deviceId, signal) {
  const stream = await request(deviceId).catch((error) => {
    // A device that was unplugged since it was chosen: OverconstrainedError, with an empty message.
    if (deviceId && error?.name === "OverconstrainedError") return request("");
    throw error;
  });
  if (signal.aborted) release(stream);
  else signal.addEventListener("abort", () => release(stream), { once: true });
  return stream;
}

/** @param {string} deviceId Which one; "" is the browser's choice. */
async function request(deviceId) {
  if (navigator.mediaDevices === undefined) {
    throw new Error("This browser gives pages no microphone.");
  }
  return await navigator.mediaDevices.getUserMedia({
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: { ideal: 1 },
      ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    },
  });
}

/**
 * Where a computer has no sound device at all, Firefox never starts a context and never says so.
 *
 * @param {AudioContext} context Resumed.
 * @throws When it does not start.
 */
function started(context) {
  return Promise.race([
    context.resume(),
    new Promise((_resolve, reject) => {
      const late = new Error("the browser's sound does not start");
      setTimeout(reject, START_MS, late);
    }),
  ]);
}

/** @param {MediaStream} stream Its device is given back. */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
