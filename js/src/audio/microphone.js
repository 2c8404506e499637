/** @import {Processing} from "./devices.js" */
/** @import {FromCapture, ToCapture} from "./messages.js" */
import { listen } from "../listen.js";
import workletSource from "./audio.worklet.js?worklet";
import { askForStream, releaseStream } from "./devices.js";
import { startWorklet } from "./worklet.js";

/** A processor answers within a few render quanta; a dead one never does. */
const ANSWER_MS = 200;
/** A context starts within tens of milliseconds, or never. */
const START_MS = 5000;

/**
 * @typedef {object} MicrophoneListener
 * @property {(pcm: Int16Array<ArrayBuffer>, at: number) => void} onChunk
 *     Gets mono PCM16 at 24 kHz, valid during the call, and the Date.now() at which it was complete.
 * @property {(at: number, speaking: boolean) => void} onEar Whether somebody speaks.
 * @property {(level: number) => void} onLevel Gets the peak of the last 100 ms.
 * @property {(silent: boolean) => void} onSilent Whether some switch outside the page is off.
 */

/**
 * @typedef {object} MicrophoneOptions
 * @property {string} deviceId Which one; "" is the browser's choice.
 * @property {Processing} processing What the browser does with its sound.
 * @property {number} chunkMs Length of a chunk.
 * @property {() => boolean} isOpen Whether the gate is open: asked until the device gives its first sample.
 */

/** A microphone that is open. It keeps what it hears until there is a listener. */
export class Microphone {
  #stream;
  #port;
  #control;
  #zeros = false;
  /** What it heard before is not wanted any more. */
  #stale = false;
  /** @type {(() => void)[]} */
  #shut = [];
  /** @type {(() => void)[]} */
  #finished = [];
  /** Whether it is the browser's choice because the chosen one was not there. */
  missing;

  /**
   * @param {{stream: MediaStream, missing: boolean}} source What it captures.
   * @param {AudioContext} context Where it is processed.
   * @param {AudioWorkletNode} node The processor.
   * @param {AbortController} control Closes it all.
   */
  constructor({ stream, missing }, context, node, control) {
    this.#stream = stream;
    this.#port = node.port;
    this.#control = control;
    this.missing = missing;
    this.sampleRate = context.sampleRate;
    this.track = stream.getAudioTracks()[0];
    this.label = this.track?.label ?? "";
    this.deviceId = this.track?.getSettings().deviceId ?? "";
  }

  /**
   * From now on what it hears is given, beginning with the first sample that it was opened for.
   *
   * @param {MicrophoneListener} listener Gets it.
   * @param {boolean} open Whether the gate is open.
   */
  listen(listener, open) {
    this.#port.onmessage = ({ data }) => this.#receive(data, listener);
    const { signal } = this.#control;
    const tell = () => listener.onSilent(this.#isSilent);
    this.track?.addEventListener("mute", tell, { signal });
    this.track?.addEventListener("unmute", tell, { signal });
    tell();
    this.#stale = !open;
    void this.gate(open);
  }

  /**
   * @param {boolean} open Whether sound comes through.
   * @returns {Promise<void>} Settles when it is closed and all that came through was given; at once when it opens.
   */
  gate(open) {
    this.tell({ type: "gate", open });
    return open ? Promise.resolve() : this.#answer(this.#shut);
  }

  /**
   * Closes the device at once; what it gave until now is still given.
   *
   * @returns {Promise<void>} Settles when it was.
   */
  async finish() {
    this.tell({ type: "finish" });
    releaseStream(this.#stream);
    await this.#answer(this.#finished);
    this.#control.abort();
  }

  /** Closes everything; what it still had is lost. */
  close() {
    this.#control.abort();
  }

  /** @param {ToCapture} message For the processor. */
  tell(message) {
    this.#port.postMessage(message);
  }

  get #isSilent() {
    return this.#zeros || this.track?.muted === true;
  }

  /**
   * @param {FromCapture} message From the processor.
   * @param {MicrophoneListener} listener Gets what it says.
   */
  #receive(message, listener) {
    if (this.#control.signal.aborted) return;
    switch (message.type) {
      case "chunk":
        this.#chunk(message, listener);
        break;
      case "level":
        listener.onLevel(message.level);
        break;
      case "ear":
        if (!this.#stale) listener.onEar(message.at, message.speaking);
        break;
      case "silent":
        this.#zeros = message.silent;
        listener.onSilent(this.#isSilent);
        break;
      case "shut":
        this.#stale = false;
        this.#shut.shift()?.();
        break;
      case "finished":
        this.#finished.shift()?.();
        break;
    }
  }

  /**
   * @param {Extract<FromCapture, {type: "chunk"}>} chunk From the processor.
   * @param {MicrophoneListener} listener Gets it.
   */
  #chunk({ pcm, at, level }, listener) {
    if (this.#stale) return;
    listener.onLevel(level);
    listener.onChunk(new Int16Array(pcm), at);
    this.#port.postMessage({ type: "recycle", pcm }, [pcm]);
  }

  /**
   * @param {(() => void)[]} waiting Who waits for that answer.
   * @returns {Promise<void>} Settles with it, or when it is overdue.
   */
  #answer(waiting) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS);
      waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/**
 * Asks for a microphone and opens it; call it in a person's gesture.
 *
 * The context has the rate that the browser prefers: Firefox connects no microphone to any other. Whatever happens, also
 * when this fails, everything is closed when `control` aborts.
 *
 * @param {MicrophoneOptions} options Which one, and how.
 * @param {AbortController} control Closes everything.
 * @returns {Promise<Microphone>} The open microphone.
 * @throws What the browser threw, or the signal's reason.
 */
export async function openMicrophone(options, control) {
  const { deviceId, processing, chunkMs, isOpen } = options;
  const { signal } = control;
  const context = new AudioContext({ latencyHint: "interactive" });
  listen(signal, "abort", () => void context.close());
  const [source, node] = await Promise.all([
    askForStream(deviceId, processing, signal),
    startWorklet(context, "rt-widget-capture", workletSource, {
      numberOfInputs: 1,
      numberOfOutputs: 0,
      processorOptions: { chunkMs, open: isOpen() },
    }),
  ]);
  signal.throwIfAborted();
  if (isOpen()) node.port.postMessage({ type: "gate", open: true });
  context.createMediaStreamSource(source.stream).connect(node);
  await started(context);
  signal.throwIfAborted();
  return new Microphone(source, context, node, control);
}

/**
 * Where a computer has no sound device at all, Firefox never starts a context and never says so.
 *
 * @param {AudioContext} context Resumed.
 * @throws When it does not start.
 */
async function started(context) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_resolve, reject) => {
    const error = new Error("the browser's sound does not start");
    timer = setTimeout(reject, START_MS, error);
  });
  try {
    await Promise.race([context.resume(), late]);
  } finally {
    clearTimeout(timer);
  }
}
