/** @import {AudioEngine} from "./audio/engine.js" */
/** @import {Gap} from "./sequence.js" */
/** @import {Store} from "./state.js" */
/** @import {Chunk, KernelMessage, PageMessage} from "./types.js" */
import { decodePcm16 } from "./audio/pcm16.js";
import { appendText, removeItems, upsertItems } from "./items.js";
import { Sequence } from "./sequence.js";

/** How many silenced answers are remembered: late sound of them is left out. */
const SILENCED = 32;

/**
 * @typedef {object} InboxParts
 * @property {Store} store Shows the conversation.
 * @property {Pick<AudioEngine, "enqueue" | "endSpeech" | "flush">} audio Plays it.
 * @property {(message: PageMessage) => void} send To the kernel.
 * @property {(from: number, to: number) => void} resend Sends microphone chunks again.
 */

/** What comes from the kernel, put where it belongs. */
export class Inbox {
  #store;
  #audio;
  #send;
  #resend;
  /** @type {Set<string>} */
  #silenced = new Set();
  /** @type {string | null} */
  #speaking = null;
  /** @type {Sequence<Chunk>} */
  #sequence;

  /** @param {InboxParts} parts Where things go. */
  constructor({ store, audio, send, resend }) {
    this.#store = store;
    this.#audio = audio;
    this.#send = send;
    this.#resend = resend;
    this.#sequence = new Sequence({
      onReady: (chunk) => this.#deliver(chunk),
      onGap: (gap) => this.#askAgain(gap),
      onLost: (count) =>
        store.set({
          notice: `${count} pieces of the answer did not reach this page.`,
        }),
    });
  }

  /** @param {Chunk} chunk A delta, or the empty chunk that ends an answer. */
  chunk(chunk) {
    const { seq, epoch = "" } = chunk.content_metadata ?? {};
    if (seq !== undefined) this.#sequence.push(epoch, seq, chunk);
    else this.#audio.endSpeech();
  }

  /** @param {KernelMessage} message A message of the kernel; an unknown one is left out. */
  message(message) {
    const store = this.#store;
    const { items } = store.get();
    switch (message.type) {
      case "snapshot":
        this.#sequence.join(message.epoch, message.next_seq);
        store.set({ items: message.items });
        break;
      case "items":
        store.set({ items: upsertItems(items, message.items) });
        break;
      case "removed":
        store.set({ items: removeItems(items, message.item_ids) });
        break;
      case "flush":
        void this.#flush(message.response_id);
        break;
      case "chunks":
        for (const chunk of message.chunks) this.chunk(chunk);
        break;
      case "resend":
        this.#resend(message.from, message.to);
        break;
    }
  }

  /**
   * Silences the answer that is being spoken, and what still comes of it.
   *
   * @param {string | null} [responseId] Another answer than the one that is being spoken.
   * @returns {ReturnType<AudioEngine["flush"]>} What was cut, and where.
   */
  silence(responseId = null) {
    const id = responseId ?? this.#speaking;
    if (id !== null) this.#silenced.add(id);
    const [oldest] = this.#silenced;
    if (this.#silenced.size > SILENCED && oldest !== undefined) {
      this.#silenced.delete(oldest);
    }
    return this.#audio.flush();
  }

  /** @param {string | null} responseId Which answer. */
  async #flush(responseId) {
    const position = await this.silence(responseId);
    if (position === null) return;
    this.#send({ type: "cut", position });
  }

  /** @param {Chunk} chunk In order, once. */
  #deliver({ content_type, content, content_metadata, done }) {
    const { item_id = "", content_index = 0, response_id } = content_metadata;
    if (content_type === "text") {
      const { items } = this.#store.get();
      if (content) {
        this.#store.set({ items: appendText(items, item_id, content) });
      }
      return;
    }
    if (response_id !== undefined && this.#silenced.has(response_id)) return;
    this.#speaking = response_id ?? null;
    const pcm = decode(content);
    if (pcm) this.#audio.enqueue({ item_id, content_index }, pcm);
    if (done) this.#audio.endSpeech();
  }

  /** @param {Gap} gap Chunks that did not come. */
  #askAgain({ epoch, from, to }) {
    this.#send({ type: "resend", epoch, from, to });
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
