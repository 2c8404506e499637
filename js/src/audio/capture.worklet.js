import { Capture } from "./capture.js";

/** `Capture` in the audio thread. */
class CaptureProcessor extends AudioWorkletProcessor {
  #capture;

  /** @param {{processorOptions: Record<string, unknown>}} options `chunkMs` and `open`. */
  constructor({ processorOptions }) {
    super();
    this.#capture = new Capture({
      sampleRate,
      chunkMs: Number(processorOptions.chunkMs),
      open: processorOptions.open === true,
      post: (message, transfer) =>
        this.port.postMessage(message, transfer ?? []),
    });
    this.port.onmessage = ({ data }) => this.#capture.receive(data);
  }

  /** @param {readonly (readonly Float32Array[])[]} inputs One input. */
  process([input]) {
    this.#capture.push(/** @type {Float32Array[]} */ (input ?? []));
    return true;
  }
}

registerProcessor("rt-widget-capture", CaptureProcessor);
