/** @import {CardState, PlaybackPosition} from "../types.js" */
/** @import {PlayedItem} from "./messages.js" */
/** @import {Microphone} from "./microphone.js" */
import { microphoneFault, surroundings } from "./faults.js";
import { listMicrophones, openMicrophone } from "./microphone.js";
import { Speaker } from "./speaker.js";

/**
 * @typedef {object} AudioListener
 * @property {(patch: Partial<CardState>) => void} onState What the card should show.
 * @property {(label: string, sampleRate: number) => void} onMicrophone The microphone is on, or another one is.
 * @property {() => void} onMicrophoneOff It is off, and its last chunk was given.
 * @property {(pcm: Int16Array<ArrayBuffer>, at: number) => void} onChunk
 *     Mono PCM16 at 24 kHz, valid during the call, and the Date.now() at which it was complete.
 * @property {(position: PlaybackPosition, at: number, ended: boolean) => void} onPlayed Where the speaker stands.
 */

/**
 * @typedef {object} Run
 * @property {AbortController} control Closes the device.
 * @property {Microphone | null} microphone Null until it is open.
 */

/** The page's ears and mouth. Nothing is opened before `startMicrophone`, `allowSound` or `enqueue` is called. */
export class AudioEngine {
  #listener;
  #signal;
  #chunkMs;
  #speaker;
  /** @type {Run | null} */
  #run = null;
  #listing = false;
  /** @type {Promise<void>} */
  #stopping = Promise.resolve();

  /**
   * @param {AudioListener} listener Is told what happens.
   * @param {AbortSignal} signal Closes everything.
   * @param {number} [chunkMs] Length of a microphone chunk.
   */
  constructor(listener, signal, chunkMs = 100) {
    this.#listener = listener;
    this.#signal = signal;
    this.#chunkMs = chunkMs;
    this.#speaker = new Speaker(
      {
        onStarted: (position, at) => {
          listener.onState({ playing: true });
          listener.onPlayed(position, at, false);
        },
        onEnded: (position, at) => {
          listener.onState({ playing: false });
          listener.onPlayed(position, at, true);
        },
        onLevel: (speaker_level) => listener.onState({ speaker_level }),
        onBlocked: (sound_blocked) => listener.onState({ sound_blocked }),
        onUnderrun: (underruns) => listener.onState({ underruns }),
      },
      signal,
    );
    signal.addEventListener("abort", () => this.#run?.control.abort(), {
      once: true,
    });
  }

  /** Whether a microphone is open or being opened. */
  get capturing() {
    return this.#run !== null;
  }

  /**
   * Opens a microphone, in place of the one that is open; call it in a person's gesture. Failures are shown, not thrown.
   *
   * @param {string} deviceId Which one; "" is the browser's choice.
   */
  async startMicrophone(deviceId) {
    if (this.#signal.aborted) return;
    this.#run?.control.abort();
    /** @type {Run} */
    const run = { control: new AbortController(), microphone: null };
    this.#run = run;
    this.#listener.onState({ microphone: "starting", microphone_fault: null });
    try {
      const microphone = await openMicrophone({
        deviceId,
        chunkMs: this.#chunkMs,
        onChunk: this.#listener.onChunk,
        onLevel: (microphone_level) => {
          if (this.#run === run) this.#listener.onState({ microphone_level });
        },
        onLost: (microphone_fault) => {
          this.#listener.onState({ microphone_fault });
          void this.stopMicrophone();
        },
        signal: run.control.signal,
      });
      await this.#stopping;
      run.control.signal.throwIfAborted();
      this.#opened(run, microphone);
    } catch (error) {
      run.control.abort();
      if (this.#run === run) this.#failed(error);
    }
  }

  /** Closes the microphone at once; its last chunk is still given. */
  stopMicrophone() {
    if (this.#run !== null) this.#stopping = this.#stop(this.#run);
    return this.#stopping;
  }

  /** @param {boolean} muted While true answers go on, but nothing is heard of them. */
  setMuted(muted) {
    this.#speaker.setMuted(muted);
  }

  /** Lets sound out as far as the browser does; call it in a person's gesture. */
  allowSound() {
    this.#speaker.allow();
  }

  /**
   * @param {PlayedItem} item Whose sound it is.
   * @param {Int16Array<ArrayBuffer>} pcm Mono at 24 kHz; taken over.
   */
  enqueue(item, pcm) {
    this.#speaker.enqueue(item, pcm);
  }

  /** Nothing more comes for what was enqueued. */
  endSpeech() {
    this.#speaker.end();
  }

  /**
   * Silence at once.
   *
   * @returns {Promise<PlaybackPosition | null>} Of the item that was cut or not begun; null when there was none.
   */
  async flush() {
    const position = await this.#speaker.flush();
    this.#listener.onState({ playing: false });
    return position;
  }

  /** Lets the sound device sleep after what is playing now. */
  rest() {
    this.#speaker.rest();
  }

  /**
   * @param {Run} run Whose microphone it is.
   * @param {Microphone} microphone It gives sound now.
   */
  #opened(run, microphone) {
    run.microphone = microphone;
    this.#listener.onState({
      microphone: "on",
      microphone_label: microphone.label,
    });
    this.#listener.onMicrophone(microphone.label, microphone.sampleRate);
    if (this.#listing) return;
    this.#listing = true;
    const list = async () =>
      this.#listener.onState({ microphones: await listMicrophones() });
    navigator.mediaDevices.addEventListener("devicechange", list, {
      signal: this.#signal,
    });
    void list();
  }

  /** @param {unknown} error Why there is no microphone. */
  #failed(error) {
    this.#run = null;
    this.#listener.onState({
      microphone: "off",
      microphone_fault: microphoneFault(error, surroundings()),
    });
    this.#listener.onMicrophoneOff();
  }

  /** @param {Run} run Ends. */
  async #stop(run) {
    this.#run = null;
    this.#listener.onState({ microphone: "off", microphone_level: 0 });
    await run.microphone?.finish();
    run.control.abort();
    this.#listener.onMicrophoneOff();
  }
}
