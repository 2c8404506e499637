/** @import {CardState, PlaybackPosition} from "../src/types.js" */
import { afterEach, mock } from "node:test";
import { AudioEngine, FakeBrowser } from "./fake-audio.js";

export const PROCESSING = {
  echoCancellation: true,
  noiseSuppression: false,
  autoGainControl: true,
};

/** @type {AbortController[]} */
const open = [];
afterEach(() => {
  for (const control of open.splice(0)) control.abort();
  mock.timers.reset();
});

/**
 * An engine in a browser made by hand, and what it tells.
 *
 * @param {{rate?: number}} [options] The devices' own rate in Hz.
 */
export function page(options) {
  const browser = new FakeBrowser(options);
  const control = new AbortController();
  open.push(control);
  /** @type {Partial<CardState>} */
  const state = {};
  /** @type {Partial<CardState>[]} */
  const patches = [];
  /** @type {string[]} */
  const devices = [];
  /** @type {number[]} */
  const samples = [];
  /** @type {boolean[]} */
  const ears = [];
  /** @type {{position: PlaybackPosition, ended: boolean}[]} */
  const played = [];
  const engine = new AudioEngine(
    {
      onState: (patch) => {
        patches.push(patch);
        Object.assign(state, patch);
      },
      onDevice: (device, label, rate) =>
        devices.push(`${device} ${label} ${rate}`),
      onChunk: (pcm) => {
        samples.push(...pcm);
      },
      onEar: (_at, speaking) => ears.push(speaking),
      onPlayed: (position, _at, ended) => played.push({ position, ended }),
    },
    control.signal,
  );
  const told = { patches, devices, samples, ears, played };
  return { browser, engine, state, ...told, control };
}
