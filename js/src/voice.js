/** @import {AudioEngine} from "./audio/engine.js" */
/** @import {Stage} from "./stage.js" */
/** @import {Store} from "./state.js" */
/** @import {Chunk, KernelMessage, PlaybackPosition} from "./types.js" */
import { decodePcm16 } from "./audio/pcm16.js";

/** How many silenced answers are remembered: late sound of them is left out. */
const SILENCED = 32;

/** The assistant's voice on this page: answers as they come, and old ones once more. */
export class Voice {
  #store;
  #stage;
  #audio;
  #onSilence;
  /** @type {Set<string>} */
  #silenced = new Set();
  /** The item of which sound is wanted once more; "" for none. */
  #wanted = "";
  /** The answer whose sound came last. @type {string | null} */
  speaking = null;

  /**
   * @param {object} parts What it acts on.
   * @param {Store} parts.store Knows whose page has the sound.
   * @param {Pick<Stage, "enqueue" | "endSpeech" | "flush">} parts.stage Plays answers.
   * @param {Pick<AudioEngine, "replay" | "stopReplay">} parts.audio Plays old ones.
   * @param {() => void} parts.onSilence Is told when answers are silenced.
   */
  constructor({ store, stage, audio, onSilence }) {
    this.#store = store;
    this.#stage = stage;
    this.#audio = audio;
    this.#onSilence = onSilence;
  }

  /** @param {Chunk} chunk Sound of an answer, in order. */
  play({ content, content_metadata, done }) {
    const { item_id = "", content_index = 0, response_id } = content_metadata;
    if (response_id !== undefined && this.#silenced.has(response_id)) return;
    if (this.#store.get().owner === "other") return;
    this.speaking = response_id ?? null;
    this.#stopReplay();
    const pcm = decode(content);
    if (pcm) this.#stage.enqueue({ item_id, content_index }, pcm);
    if (done) this.end();
  }

  /** Nothing more comes of the answer. */
  end() {
    this.#stage.endSpeech();
  }

  /**
   * Silences the answer that is being spoken, and what still comes of it.
   *
   * @param {string | null} [responseId] Another answer than the one that is being spoken.
   * @returns {Promise<PlaybackPosition[]>} Where it was cut, and what had not begun.
   */
  silence(responseId = null) {
    const id = responseId ?? this.speaking;
    if (id !== null) this.#silenced.add(id);
    const [oldest] = this.#silenced;
    if (this.#silenced.size > SILENCED && oldest !== undefined) {
      this.#silenced.delete(oldest);
    }
    this.#stopReplay();
    const positions = this.#stage.flush();
    this.#onSilence();
    return positions;
  }

  /** @param {string} itemId An old answer that is wanted once more; "" to stop. */
  replay(itemId) {
    this.#stopReplay();
    this.#wanted = itemId;
    if (itemId) this.#store.set({ replaying: itemId });
  }

  /** @param {Extract<KernelMessage, {type: "clip"}>} clip A piece of an old answer. */
  clip({ item_id, audio, last }) {
    if (item_id !== this.#wanted) return;
    this.#audio.replay(item_id, decode(audio), last);
    if (last) this.#wanted = "";
  }

  #stopReplay() {
    if (this.#wanted === "" && this.#store.get().replaying === null) return;
    this.#wanted = "";
    this.#audio.stopReplay();
    this.#store.set({ replaying: null });
  }
}

/**
 * @param {string} content Of a chunk.
 * @returns {Int16Array<ArrayBuffer> | null} Its sound; null when there is none, or none that can be read.
 */
function decode(content) {
  try {
    return content ? decodePcm16(content) : null;
  } catch (error) {
    console.warn("rt_widget: a piece of an answer is damaged.", error);
    return null;
  }
}
