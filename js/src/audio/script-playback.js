/** @import {FromPlayback, ToPlayback} from "./messages.js" */
import { Playback } from "./playback.js";

const BLOCK = 1024;

/**
 * `Playback` on the page's own thread, for hosts that forbid worklets and for pages that are not secure.
 * ScriptProcessorNode is deprecated, and the only other way to hand samples to a speaker.
 *
 * @param {AudioContext} context Where it plays.
 * @returns {{node: ScriptProcessorNode, port: PlaybackPort}} Keep both as long as it plays.
 */
export function startScriptPlayback(context) {
  const node = context.createScriptProcessor(BLOCK, 0, 1);
  /** @type {PlaybackPort} */
  const port = {
    onmessage: null,
    postMessage: (message) => playback.receive(message),
  };
  const playback = new Playback({
    sampleRate: context.sampleRate,
    post: (data) => port.onmessage?.(new MessageEvent("message", { data })),
  });
  node.onaudioprocess = ({ outputBuffer }) =>
    playback.render(outputBuffer.getChannelData(0));
  return { node, port };
}

/**
 * The part of a MessagePort that the speaker needs.
 *
 * @typedef {object} PlaybackPort
 * @property {((event: MessageEvent<FromPlayback>) => void) | null} onmessage Gets what the processor says.
 * @property {(message: ToPlayback, transfer: ArrayBuffer[]) => void} postMessage Tells the processor.
 */
