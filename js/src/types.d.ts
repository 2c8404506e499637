/**
 * What the page and the kernel say to each other, and what the card shows.
 * The Python side of the same contract is `rt_widget/widget.py` (traits) and `rt_widget/messages.py` (messages).
 */

/** A piece of the conversation in the workflow format: text, or base64 mono PCM16 at 24 kHz. */
export interface Chunk {
  type: "chunk";
  node_id: string | null;
  content_type: "text" | "audio";
  content: string;
  content_metadata: ChunkMetadata;
  done: boolean;
}

export interface ChunkMetadata {
  /** Counts 0, 1, 2… without holes for as long as `epoch` stays the same. Absent on the empty chunk. */
  seq?: number;
  /** Changes with every new live session: numbers start again. */
  epoch?: string;
  response_id?: string;
  item_id?: string;
  content_index?: number;
}

export interface Choice {
  value: string;
  label: string;
}

/** What the backend can do; the pickers and sliders obey it (`rt_widget.backends.Capabilities`). */
export interface Capabilities {
  backend: string;
  /** One line for the card, such as "local voice · no key, no network". */
  label: string;
  models: Choice[];
  voices: Choice[];
  /** Speaks for names that are not among `voices`; empty where any name is passed on. */
  fallback_voice?: string;
  /** [lowest, highest], or null where the backend takes none. */
  temperature: [number, number] | null;
  /** Why the temperature slider is off; empty when it is on. */
  temperature_reason: string;
  speed: [number, number] | null;
  turn_detection: string[];
}

export type Status =
  | "disconnected"
  | "connecting"
  | "ready"
  | "listening"
  | "thinking"
  | "speaking";

/** A failure as shown to a person; `{}` when there is none. */
export interface Failure {
  code?: string;
  message?: string;
  /** What to do next. */
  hint?: string;
  retryable?: boolean;
}

/** The local voice's files: whether they are here, and how far a download has come. `{}` with other backends. */
export interface LocalVoice {
  state?: "ready" | "missing" | "fetching" | "failed" | "engines_missing";
  /** What has to be downloaded in all, and what is here already, in bytes. */
  total?: number;
  done?: number;
  /** What is being fetched, or what to do (`pip install …`, an error's next step). */
  hint?: string;
}

export interface Usage {
  total_tokens?: number;
  input_tokens?: number;
  output_tokens?: number;
}

/** Seconds since the person's turn ended; a key is absent until it is known. */
export interface Latency {
  first_text?: number;
  first_audio?: number;
}

export type TurnDetectionName = "server_vad" | "semantic_vad" | "push_to_talk";

/** Traits of the Python model that are synced with the page. */
export interface Traits {
  // settings, owned by the person: the page may write these and no others
  model: string;
  voice: string;
  system: string;
  speed: number;
  temperature: number;
  turn_detection: TurnDetectionName;
  // owned by the kernel
  status: Status;
  error: Failure;
  notice: string;
  capabilities: Capabilities;
  local_voice: LocalVoice;
  usage: Usage;
  latency: Latency;
  output_chunk: Chunk;
  text: string;
}

export type SettingName =
  | "model"
  | "voice"
  | "system"
  | "speed"
  | "temperature"
  | "turn_detection";

/** An item of the conversation as the card shows it. */
export interface Item {
  id: string;
  /** The item that this one follows; null for the first. */
  previous_item_id: string | null;
  role: "user" | "assistant" | "system";
  text: string;
  status: "in_progress" | "completed" | "incomplete" | "interrupted" | "failed";
  /** Length of the item's audio, and how much of it was heard (null: all, or not known). */
  audio_ms: number;
  heard_ms: number | null;
}

/** Where the speaker stands: samples of that item which have left the page, at 24 kHz. */
export interface PlaybackPosition {
  item_id: string;
  content_index: number;
  played_samples: number;
}

/** Page to kernel, as custom messages. */
export type PageMessage =
  | { type: "hello"; page: string }
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "microphone"; on: boolean; label: string; sample_rate: number }
  /** 100 ms of microphone, base64 mono PCM16 24 kHz; `at` is Date.now() when the worklet had it complete. */
  | { type: "audio"; seq: number; at: number; audio: string }
  | { type: "text"; text: string }
  | { type: "interrupt"; position: PlaybackPosition | null }
  /** The answer to a flush, when something was being played. */
  | { type: "cut"; position: PlaybackPosition }
  /** Sent when an item's first sample is rendered, and when the queue has run empty. */
  | { type: "played"; position: PlaybackPosition; at: number; ended: boolean }
  /** Output chunks `from` to `to` (inclusive) did not arrive. */
  | { type: "resend"; epoch: string; from: number; to: number }
  | { type: "fetch" };

/** Kernel to page, as custom messages; ordered with the trait updates. */
export type KernelMessage =
  /** The answer to hello: the conversation so far, and the next output chunk's number. */
  | { type: "snapshot"; epoch: string; next_seq: number; items: Item[] }
  /** New or changed items. */
  | { type: "items"; items: Item[] }
  /** Items that are gone. */
  | { type: "removed"; item_ids: string[] }
  /** Silence at once: everything queued for the speaker is dropped. */
  | { type: "flush"; response_id: string | null }
  /** Output chunks sent again. */
  | { type: "chunks"; chunks: Chunk[] }
  /** Microphone chunks `from` to `to` (inclusive) did not arrive. */
  | { type: "resend"; from: number; to: number };

/** Why the microphone does not run, in a person's words. */
export interface MicrophoneFault {
  code:
    | "denied"
    | "absent"
    | "busy"
    | "insecure"
    | "blocked"
    | "lost"
    | "failed";
  message: string;
  hint: string;
}

/** All that the card shows: the traits, and what only this page knows. */
export interface CardState extends Omit<Traits, "output_chunk" | "text"> {
  /** In conversation order. */
  items: readonly Item[];
  microphone: "off" | "starting" | "on";
  microphone_label: string;
  microphone_fault: MicrophoneFault | null;
  /** Microphones to choose from; empty until the browser names them (it does after the first permission). */
  microphones: readonly Choice[];
  /** The chosen one of `microphones`; "" is the browser's own choice. */
  microphone_id: string;
  muted: boolean;
  /** Peak of the last 50 ms, 0 to 1. */
  microphone_level: number;
  speaker_level: number;
  /** True while queued sound is leaving the page. */
  playing: boolean;
  /** How often, since the page was opened, an answer's sound ran out before its end. */
  underruns: number;
  /** The browser wants a click before it lets sound out. */
  sound_blocked: boolean;
  /** No kernel answers: a saved notebook, or a kernel that was restarted. */
  kernel: "live" | "absent" | "restarted";
  /** Date.now() of the moment the session became ready; null when there is none. */
  connected_at: number | null;
}

/** What the card's buttons do. */
export interface CardActions {
  connect(): void;
  disconnect(): void;
  startMicrophone(): void;
  stopMicrophone(): void;
  /** Takes effect at once when the microphone is on; remembered in this browser. */
  chooseMicrophone(id: string): void;
  stopSpeaking(): void;
  setMuted(muted: boolean): void;
  send(text: string): void;
  set(name: SettingName, value: string | number): void;
  download(): void;
  enableSound(): void;
}
