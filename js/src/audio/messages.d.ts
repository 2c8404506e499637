/** What the page and its two audio processors say to each other. */
import type { PlaybackPosition } from "../types.js";

/** Hands a message to the other side; buffers in `transfer` move, they are not copied. */
export type Post<Message> = (
  message: Message,
  transfer?: ArrayBuffer[],
) => void;

export type ToCapture =
  /** A chunk's buffer, given back to be filled again. */
  | { type: "recycle"; pcm: ArrayBuffer }
  /** Only while it is open sound is given; closing gives what is there of the last chunk, then `shut`. */
  | { type: "gate"; open: boolean }
  /** How loud the page's own speaker is, 0 to 1: that much less keen is the ear. */
  | { type: "speaker"; level: number }
  /** What the ear took for speech was none. */
  | { type: "falseAlarm" }
  /** Nothing more is wanted: what is there of the last chunk, then `finished`. */
  | { type: "finish" };

export type FromCapture =
  /** `at` is Date.now() when the chunk was complete; `level` is the peak of its last 50 ms. */
  | { type: "chunk"; pcm: ArrayBuffer; at: number; level: number }
  | { type: "level"; level: number }
  /** Told at each change, and five times a second while somebody speaks. */
  | { type: "ear"; at: number; speaking: boolean }
  /** Whether the device has given nothing but zeros for 3 s. */
  | { type: "silent"; silent: boolean }
  /** The gate is closed, and all that came through it was given. */
  | { type: "shut" }
  | { type: "finished" };

export interface PlayedItem {
  item_id: string;
  content_index: number;
}

export type ToPlayback =
  | { type: "audio"; item: PlayedItem; pcm: ArrayBuffer }
  /** Nothing more comes for the items that are here. */
  | { type: "end" }
  /** Pauses what is heard, until `release`. */
  | { type: "hold" }
  | { type: "release" }
  /** Silence at once; answered by `flushed` with the same number. */
  | { type: "flush"; id: number }
  /** Sound of an old item, heard when no answer is. */
  | { type: "replay"; item_id: string; pcm: ArrayBuffer | null; last: boolean }
  | { type: "stopReplay" };

export type FromPlayback =
  /** The item's first sample is being rendered. */
  | { type: "started"; position: PlaybackPosition; at: number }
  /** Ten times a second while an item is heard. */
  | { type: "progress"; position: PlaybackPosition; at: number }
  /** The item was played to its end, or nothing has been there to play for a while. */
  | { type: "ended"; position: PlaybackPosition; at: number }
  | { type: "held"; held: boolean }
  /** `positions`: of the item that was cut, then of those that had not begun. */
  | { type: "flushed"; id: number; positions: PlaybackPosition[]; at: number }
  /** A replay is over. */
  | { type: "replayed" }
  /** How often an item ran empty before its end, and how much is waited for since. */
  | { type: "buffer"; underruns: number; prebufferMs: number }
  | { type: "level"; level: number }
  /** All is silent, and nothing waits; `received`: how many pieces of sound had come. */
  | { type: "idle"; received: number };
