/** Web Audio and media devices made by hand; the processors in them are the real ones, and the test turns the crank. */
/** @import {FromCapture, FromPlayback} from "../src/audio/messages.js" */
/** @import {FakeStream} from "./fake-devices.js" */
import { register } from "node:module";
import { Capture } from "../src/audio/capture.js";
import { Playback } from "../src/audio/playback.js";
import { FakeDevices } from "./fake-devices.js";

register("./worklet-hooks.js", import.meta.url);

/** The engine, loaded after the hooks that it needs. */
export const { AudioEngine } = await import("../src/audio/engine.js");

/** A port whose messages arrive later and in order, as between threads. */
class Port {
  /** @type {((event: {data: any}) => void) | null} */
  #handler = null;
  /** @type {any[]} */
  #waiting = [];
  /** @type {(message: any) => void} */
  receive = () => {};

  set onmessage(/** @type {((event: {data: any}) => void) | null} */ handler) {
    this.#handler = handler;
    for (const data of this.#waiting.splice(0)) this.say(data);
  }

  /** @param {any} data From the processor. */
  say(data) {
    setImmediate(() => {
      if (this.#handler === null) this.#waiting.push(data);
      else this.#handler({ data });
    });
  }

  /** @param {any} message To the processor. */
  postMessage(message) {
    setImmediate(() => this.receive(message));
  }
}

class FakeWorkletNode {
  port = new Port();

  /**
   * @param {FakeContext} context Where it runs.
   * @param {string} name As it was registered.
   * @param {any} options As given.
   */
  constructor(context, name, { processorOptions = {} }) {
    const { sampleRate } = context;
    const post = (/** @type {FromCapture | FromPlayback} */ message) =>
      this.port.say(message);
    if (name === "rt-widget-playback") {
      const playback = new Playback({ sampleRate, post });
      this.port.receive = (message) => playback.receive(message);
      context.render = (output) => playback.render(output);
    } else {
      const { chunkMs, open } = processorOptions;
      const capture = new Capture({ sampleRate, chunkMs, open, post });
      this.port.receive = (message) => capture.receive(message);
      context.hear = (channels) => capture.push(channels);
    }
  }
  connect() {}
  disconnect() {}
}

class FakeContext extends EventTarget {
  state = "suspended";
  currentTime = 0;
  destination = {};
  audioWorklet = { addModule: async () => {} };
  /** @type {((output: Float32Array) => void) | null} */
  render = null;
  /** @type {((channels: Float32Array[]) => void) | null} */
  hear = null;
  /** @type {FakeStream | null} */
  source = null;

  /**
   * @param {FakeBrowser} browser Lets it run, or not.
   * @param {{sampleRate?: number}} options As of AudioContext.
   */
  constructor(browser, { sampleRate = 48000 } = {}) {
    super();
    this.browser = browser;
    this.sampleRate = sampleRate;
    browser.contexts.push(this);
    if (browser.autoplay) void this.#become("running");
  }

  /** @param {string} state The next. */
  async #become(state) {
    await null;
    if (this.state === state || this.state === "closed") return;
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }

  resume() {
    return this.browser.autoplay
      ? this.#become("running")
      : new Promise(() => {});
  }
  suspend() {
    return this.#become("suspended");
  }
  close() {
    return this.#become("closed");
  }
  createGain() {
    const gain = {
      value: 1,
      cancelScheduledValues() {},
      setValueAtTime() {},
      /** @param {number} value Its end. */
      linearRampToValueAtTime(value) {
        gain.value = value;
      },
    };
    this.gain = gain;
    return { gain, connect() {} };
  }
  /** @param {FakeStream} stream The source. */
  createMediaStreamSource(stream) {
    this.source = stream;
    return { connect() {} };
  }
}

/** A browser with sound; `install` puts it in the place of the page's globals. */
export class FakeBrowser {
  /** @type {FakeContext[]} */
  contexts = [];
  devices = new FakeDevices();
  /** Whether contexts may run. */
  autoplay = true;

  /** @param {{rate?: number}} [options] The devices' own rate in Hz. */
  constructor({ rate = 48000 } = {}) {
    const browser = this;
    this.devices.list = [
      { deviceId: "default", label: "Default - Built-in" },
      { deviceId: "usb", label: "USB Mic" },
    ];
    const activation = { hasBeenActive: true };
    this.activation = activation;
    const globals = {
      AudioContext: class extends FakeContext {
        /** @param {{sampleRate?: number}} [options] As of AudioContext. */
        constructor(options = {}) {
          super(browser, { sampleRate: options.sampleRate ?? rate });
        }
      },
      AudioWorkletNode: FakeWorkletNode,
      navigator: { mediaDevices: this.devices, userActivation: activation },
      document: {},
      isSecureContext: true,
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true });
    }
  }

  /** The one that plays. */
  get speaker() {
    return this.contexts.findLast(({ render }) => render !== null);
  }

  /** The newest that hears. */
  get microphone() {
    return this.contexts.findLast(({ hear }) => hear !== null);
  }

  /**
   * @param {number} ms How long the sound card takes sound.
   * @returns {Promise<number[]>} What it took, as PCM16.
   */
  async play(ms) {
    const { speaker } = this;
    /** @type {number[]} */
    const heard = [];
    const output = new Float32Array(128);
    for (let i = 0; i < Math.ceil((ms * 24) / 128); i += 1) {
      if (speaker?.state !== "running") break;
      speaker.render?.(output);
      heard.push(...output.map((x) => x * 32768));
      if (i % 8 === 7) await settled();
    }
    await settled();
    return heard;
  }

  /**
   * @param {number} value Of each sample.
   * @param {number} ms How long the newest microphone gives it.
   */
  async speak(value, ms) {
    const { microphone } = this;
    if (!microphone?.hear) throw new Error("no microphone");
    const quantum = new Float32Array(128).fill(value);
    const quanta = Math.round((ms * microphone.sampleRate) / 128000);
    for (let i = 0; i < quanta; i += 1) microphone.hear([quantum]);
    await settled();
  }
}

/** Until all messages that are on their way have come, and what follows from them. */
export async function settled() {
  for (let i = 0; i < 12; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
