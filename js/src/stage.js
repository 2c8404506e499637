/** @import {PlaybackPosition} from "./types.js" */
/** @import {PlayedItem} from "./audio/messages.js" */

/** A cell's answer may begin before its card is drawn; after this long it is old. */
const HELD_MS = 5000;

/**
 * @typedef {object} Sound
 * @property {(item: PlayedItem, pcm: Int16Array<ArrayBuffer>) => void} enqueue Plays it.
 * @property {() => void} endSpeech Nothing more comes.
 * @property {() => Promise<PlaybackPosition[]>} flush Silence at once.
 * @property {() => void} closeSound Gives the sound card back.
 */

/**
 * Lets an answer be heard only while a card of the widget is on the page.
 *
 * What comes before the first card is held for some seconds; what comes after the last one is not heard.
 */
export class Stage {
  #sound;
  #now;
  /** @type {((sound: Sound) => void)[]} */
  #held = [];
  #heldSince = 0;
  /** @type {"before" | "shown" | "gone"} */
  #state = "before";

  /**
   * @param {Sound} sound Where it is heard.
   * @param {() => number} [now] Milliseconds of any clock.
   */
  constructor(sound, now = Date.now) {
    this.#sound = sound;
    this.#now = now;
  }

  /** A card is on the page. */
  enter() {
    this.#state = "shown";
    const fresh = this.#now() - this.#heldSince <= HELD_MS;
    const held = this.#held;
    this.#held = [];
    if (fresh) for (const play of held) play(this.#sound);
  }

  /** The last card is gone. */
  leave() {
    this.#state = "gone";
    void this.#sound.flush().then(() => {
      if (this.#state === "gone") this.#sound.closeSound();
    });
  }

  /**
   * @param {PlayedItem} item Whose sound it is.
   * @param {Int16Array<ArrayBuffer>} pcm Mono at 24 kHz; taken over.
   */
  enqueue(item, pcm) {
    this.#do((sound) => sound.enqueue(item, pcm));
  }

  /** Nothing more comes for what was enqueued. */
  endSpeech() {
    this.#do((sound) => sound.endSpeech());
  }

  /** @returns {Promise<PlaybackPosition[]>} What was cut, and what had not begun. */
  flush() {
    this.#held = [];
    return this.#sound.flush();
  }

  /** @param {(sound: Sound) => void} act Now, later, or never. */
  #do(act) {
    if (this.#state === "shown") act(this.#sound);
    if (this.#state !== "before") return;
    if (this.#held.length === 0) this.#heldSince = this.#now();
    if (this.#now() - this.#heldSince > HELD_MS) this.#held = [];
    else this.#held.push(act);
  }
}
