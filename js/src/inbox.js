/** @import {Gap} from "./sequence.js" */
/** @import {Store} from "./state.js" */
/** @import {Chunk, Item, KernelMessage, PageMessage} from "./types.js" */
/** @import {Voice} from "./voice.js" */
import { askingOf, soundItems } from "./calls.js";
import {
  appendText,
  mergeCaptions,
  removeItems,
  upsertItems,
} from "./items.js";
import { Sequence } from "./sequence.js";

/**
 * @typedef {object} InboxParts
 * @property {Store} store Shows the conversation.
 * @property {Pick<Voice, "play" | "end" | "silence" | "clip">} voice Says it.
 * @property {string} page This page's name.
 * @property {() => boolean} isShown Whether a card is on the page: one without needs nothing of the kernel.
 * @property {(message: PageMessage) => void} send To the kernel.
 * @property {(from: number, to: number) => void} resend Sends microphone chunks again.
 * @property {() => void} onHold The server hears the person.
 */

/** What comes from the kernel, put where it belongs. */
export class Inbox {
  #parts;
  /** @type {Sequence<Chunk>} */
  #sequence;

  /** @param {InboxParts} parts Where things go. */
  constructor(parts) {
    this.#parts = parts;
    this.#sequence = new Sequence({
      onReady: (chunk) => this.#deliver(chunk),
      onGap: (gap) => this.#askAgain(gap),
      onLost: (count) =>
        parts.store.set({
          notice: `${count} pieces of the answer did not reach this page.`,
        }),
    });
  }

  /** @param {Chunk} chunk A delta, numbered, or the empty chunk that closes an answer. */
  chunk(chunk) {
    const { seq, epoch = "" } = chunk.content_metadata ?? {};
    if (seq !== undefined) this.#sequence.push(epoch, seq, chunk);
    else this.#parts.voice.end();
  }

  /** @param {KernelMessage} message A message of the kernel; an unknown one is left out. */
  message(message) {
    switch (message.type) {
      case "chunks":
        for (const chunk of message.chunks) this.chunk(chunk);
        break;
      case "resend":
        this.#parts.resend(message.from, message.to);
        break;
      case "ping":
        if (this.#parts.isShown()) this.#parts.send({ type: "pong" });
        break;
      case "lease":
        this.#lease(message.owner);
        break;
      case "flush":
      case "hold":
      case "clip":
        this.#sound(message);
        break;
      default:
        this.#items(message);
    }
  }

  /** @param {Extract<KernelMessage, {type: "flush" | "hold" | "clip"}>} message What is to be heard, or not. */
  #sound(message) {
    switch (message.type) {
      case "flush":
        void this.#flush(message.response_id);
        break;
      case "hold":
        this.#parts.onHold();
        break;
      case "clip":
        this.#parts.voice.clip(message);
        break;
    }
  }

  /** @param {KernelMessage} message What is to be seen. */
  #items(message) {
    const { store } = this.#parts;
    const { items, captions } = store.get();
    switch (message.type) {
      case "snapshot":
        this.#lease(message.owner);
        this.#sequence.join(message.epoch, message.next_seq);
        this.#converse(soundItems(message.items));
        break;
      case "items":
        this.#converse(upsertItems(items, soundItems(message.items)));
        break;
      case "removed":
        this.#converse(removeItems(items, message.item_ids));
        break;
      case "captions":
        store.set({ captions: mergeCaptions(captions, message) });
        break;
    }
  }

  /** @param {readonly Item[]} items The conversation as it is now. */
  #converse(items) {
    this.#parts.store.set({ items, asking: askingOf(items) });
  }

  /** @param {string | null} owner The page that has microphone and sound. */
  #lease(owner) {
    const { store, page } = this.#parts;
    const other = owner === null ? "nobody" : "other";
    store.set({ owner: owner === page ? "me" : other });
  }

  /** @param {string | null} responseId Which answer. */
  async #flush(responseId) {
    const positions = await this.#parts.voice.silence(responseId);
    if (positions.length > 0) this.#parts.send({ type: "cut", positions });
  }

  /** @param {Chunk} chunk In order, once. */
  #deliver(chunk) {
    const { content_type, content, content_metadata } = chunk;
    if (content_type !== "text") {
      this.#parts.voice.play(chunk);
    } else if (content) {
      const { store } = this.#parts;
      const { item_id = "" } = content_metadata;
      const { items } = store.get();
      store.set({ items: appendText(items, item_id, content) });
    }
  }

  /** @param {Gap} gap Chunks that did not come. */
  #askAgain({ epoch, from, to }) {
    this.#parts.send({ type: "resend", epoch, from, to });
  }
}
