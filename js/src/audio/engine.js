/** @import {PlaybackPosition} from "../types.js" */
/** @import {Processing} from "./devices.js" */
/** @import {PlayedItem} from "./messages.js" */
/** @import {RecorderListener} from "./recorder.js" */
/** @import {SpeakerListener} from "./report.js" */
import { Recorder } from "./recorder.js";
import { Speaker } from "./speaker.js";

/** The microphone's ear is told of the speaker's level in steps of this ratio. */
const LEVEL_STEP = 2;

/** @typedef {RecorderListener & SpeakerListener} AudioListener What happens in the page's ears and mouth. */

/** The page's ears and mouth. Nothing is opened before `startMicrophone`, `allowSound`, `wake` or `enqueue` is called. */
export class AudioEngine {
  #speaker;
  #recorder;
  #volume = 1;
  #toldLevel = 0;

  /**
   * @param {AudioListener} listener Is told what happens.
   * @param {AbortSignal} signal Closes everything.
   * @param {number} [chunkMs] Length of a microphone chunk.
   */
  constructor(listener, signal, chunkMs = 100) {
    this.#recorder = new Recorder(listener, signal, chunkMs);
    this.#speaker = new Speaker(
      {
        onPlayed: listener.onPlayed,
        onState: (patch) => {
          listener.onState(patch);
          if (patch.speaker_level !== undefined) {
            this.#tellEar(patch.speaker_level);
          }
        },
      },
      signal,
    );
  }

  /** Whether a microphone is open or being opened. */
  get capturing() {
    return this.#recorder.capturing;
  }

  /**
   * Opens a microphone, in place of the one that is open; call it in a person's gesture. Failures are shown, not thrown.
   *
   * @param {string} deviceId Which one; "" is the browser's choice.
   * @param {Processing} processing What the browser does with its sound.
   * @returns {Promise<void>} Settles when it is open, or is not.
   */
  startMicrophone(deviceId, processing) {
    return this.#recorder.start(deviceId, processing);
  }

  /**
   * Closes the microphone at once; what came through the gate is still given.
   *
   * @returns {Promise<void>} Settles when it was.
   */
  stopMicrophone() {
    return this.#recorder.stop();
  }

  /**
   * While the gate is shut, nothing of what the microphone hears reaches the listener. When it opens before the device
   * is ready, sound is given from the device's first sample on.
   *
   * @param {boolean} open Whether it is open.
   * @returns {Promise<number>} Milliseconds that came through, once it is closed and they were given; 0 when it opens.
   */
  setGate(open) {
    this.#toldLevel = 0;
    return this.#recorder.setGate(open);
  }

  /** What the ear took for speech was none: it is less keen for some seconds. */
  falseAlarm() {
    this.#recorder.falseAlarm();
  }

  /** Silence within 10 ms, until `release`; what comes waits. Nothing happens when nothing is heard. */
  hold() {
    this.#speaker.tell({ type: "hold" });
  }

  /** Goes on with the very next sample. */
  release() {
    this.#speaker.tell({ type: "release" });
  }

  /** @param {number} volume 0 to 1; at 0 answers go on and are counted, but nothing is heard of them. */
  setVolume(volume) {
    this.#volume = volume;
    this.#speaker.setVolume(volume);
  }

  /** Lets sound out as far as the browser does; call it in a person's gesture. */
  allowSound() {
    this.#speaker.allow();
  }

  /** Wakes the sound card for an answer that is about to come. */
  wake() {
    this.#speaker.allow();
  }

  /** Lets the sound card sleep after what is playing now. */
  rest() {
    this.#speaker.rest();
  }

  /** Gives the sound card back until there is something to be heard again. */
  closeSound() {
    this.#speaker.close();
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
    this.#speaker.tell({ type: "end" });
  }

  /**
   * Silence at once.
   *
   * @returns {Promise<PlaybackPosition[]>} Of the item that was cut, then of those that had not begun. Items that were
   *     heard to their end are not among them.
   */
  flush() {
    return this.#speaker.flush();
  }

  /**
   * Sound of an old item once more: heard when no answer is, ended by one, and counted nowhere.
   *
   * @param {string} itemId The item.
   * @param {Int16Array<ArrayBuffer> | null} pcm Its next piece, mono at 24 kHz; taken over. Null: none.
   * @param {boolean} last Whether nothing more comes.
   */
  replay(itemId, pcm, last) {
    this.#speaker.replay(itemId, pcm, last);
  }

  /** Ends it. */
  stopReplay() {
    this.#speaker.stopReplay();
  }

  /** @param {number} level Of the speaker's sound, before its volume. */
  #tellEar(level) {
    const heard = level * this.#volume;
    const louder = heard > this.#toldLevel * LEVEL_STEP;
    const softer = heard * LEVEL_STEP < this.#toldLevel;
    if (!louder && !softer) return;
    this.#toldLevel = heard;
    this.#recorder.speaker(heard);
  }
}
