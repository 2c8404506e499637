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
  /** Asks for what is there of the last chunk, then `finished`. */
  | { type: "finish" };

export type FromCapture =
  /** `at` is Date.now() when the chunk was complete; `level` is the peak of its last 50 ms. */
  | { type: "chunk"; pcm: ArrayBuffer; at: number; level: number }
  | { type: "level"; level: number }
  | { type: "finished" };

export interface PlayedItem {
  item_id: string;
  content_index: number;
}

export type ToPlayback =
  | { type: "audio"; item: PlayedItem; pcm: ArrayBuffer }
  /** Nothing more comes for the items that are here. */
  | { type: "end" }
  /** Silence at once; answered by `flushed`. */
  | { type: "flush" };

export type FromPlayback =
  /** The item's first sample is being rendered. */
  | { type: "started"; position: PlaybackPosition; at: number }
  /** The item was played to its end, or nothing has been there to play for a while. */
  | { type: "ended"; position: PlaybackPosition; at: number }
  /** `position`: of the item that was cut or not begun; null when there was none. */
  | { type: "flushed"; position: PlaybackPosition | null; at: number }
  | { type: "underrun"; count: number }
  | { type: "level"; level: number };
