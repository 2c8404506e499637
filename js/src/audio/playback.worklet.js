import { Playback } from "./playback.js";

/** `Playback` in the audio thread. */
class PlaybackProcessor extends AudioWorkletProcessor {
  #playback;

  constructor() {
    super();
    this.#playback = new Playback({
      sampleRate,
      post: (message, transfer) =>
        this.port.postMessage(message, transfer ?? []),
    });
    this.port.onmessage = ({ data }) => this.#playback.receive(data);
  }

  /**
   * @param {readonly (readonly Float32Array[])[]} _inputs None.
   * @param {readonly (readonly Float32Array[])[]} outputs One output with one channel.
   */
  process(_inputs, [output]) {
    this.#playback.render(/** @type {Float32Array} */ (output?.[0]));
    return true;
  }
}

registerProcessor("rt-widget-playback", PlaybackProcessor);
