/** @import {PlaybackPort} from "./script-playback.js" */
import workletSource from "./audio.worklet.js?worklet";
import { SAMPLE_RATE_HZ } from "./pcm16.js";
import { startScriptPlayback } from "./script-playback.js";
import { startWorklet, WorkletError } from "./worklet.js";

/**
 * A context at the rate of the sound plays it bit by bit; where a browser refuses the rate, the processor resamples.
 *
 * @returns {AudioContext} Running as soon as the browser lets it.
 */
export function playbackContext() {
  try {
    return new AudioContext({
      sampleRate: SAMPLE_RATE_HZ,
      latencyHint: "interactive",
    });
  } catch {
    return new AudioContext({ latencyHint: "interactive" });
  }
}

/**
 * @param {AudioContext} context Where it plays.
 * @returns {Promise<{node: AudioNode, port: PlaybackPort}>} The processor, not yet connected.
 */
export async function startPlayback(context) {
  try {
    const node = await startWorklet(
      context,
      "rt-widget-playback",
      workletSource,
      {
        numberOfInputs: 0,
        numberOfOutputs: 1,
        outputChannelCount: [1],
      },
    );
    return { node, port: /** @type {PlaybackPort} */ (node.port) };
  } catch (error) {
    if (!(error instanceof WorkletError)) throw error;
    return startScriptPlayback(context);
  }
}
