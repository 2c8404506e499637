/**
 * What the page and the kernel say to each other, and what the card shows.
 * The Python side of the same contract is `rt_widget/page_model.py` (traits) and `rt_widget/messages/` (messages).
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
  /** Counts 0, 1, 2… without holes for as long as `epoch` stays the same. Absent on the chunk that closes an answer. */
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
  /** What the service can do about noise: "near_field", "far_field"; empty where it does nothing. */
  noise_reduction?: string[];
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

/** Who ends a turn, and how (`rt_widget.config.TurnDetection`); a kind's own fields are absent with the others. */
export interface TurnDetection {
  type: TurnDetectionName;
  /** `server_vad`: probability that counts as speech, 0 to 1. */
  threshold?: number;
  prefix_padding_ms?: number;
  silence_duration_ms?: number;
  /** `semantic_vad`. */
  eagerness?: "low" | "medium" | "high" | "auto";
  create_response?: boolean;
  interrupt_response?: boolean;
  /** Speech that is shorter pauses an answer, which then goes on; 0 ends it at once. */
  false_alarm_ms?: number;
}

export type NoiseReduction = "none" | "near_field" | "far_field";

/** Traits of the Python model that are synced with the page. */
export interface Traits {
  // settings, owned by the person: the page may write these and no others
  model: string;
  voice: string;
  system: string;
  speed: number;
  temperature: number;
  turn_detection: TurnDetection;
  noise_reduction: NoiseReduction;
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
  | "turn_detection"
  | "noise_reduction";

/** An item of the conversation as the card shows it. */
export interface Item {
  id: string;
  /** The item that this one follows; null for the first. */
  previous_item_id: string | null;
  role: "user" | "assistant" | "system" | "tool";
  text: string;
  status: "in_progress" | "completed" | "incomplete" | "interrupted" | "failed";
  /** Length of the item's audio, and how much of it was heard (null: not known). */
  audio_ms: number;
  heard_ms: number | null;
  /** How many of the text's UTF-16 units were heard; null when `heard_ms` is. */
  heard_end: number | null;
  /** Whether the kernel still has its sound. */
  replayable: boolean;
  /** Of role "tool" alone, whose status is "interrupted" where the person has interrupted and no answer follows. */
  call?: Call | null;
}

/** A function of the notebook that the assistant calls, as the card shows it (`rt_widget/calls.py`). */
export interface Call {
  call_id: string;
  name: string;
  /** JSON, as far as it has come. */
  arguments: string;
  status:
    | "asking"
    | "running"
    | "completed"
    | "failed"
    | "timed_out"
    | "declined"
    | "cancelled";
  /** What the model is told. */
  output: string;
  printed: string;
  /** How long it ran; null until it has. */
  seconds: number | null;
  shown: readonly Shown[];
}

/** What a call has to show to the person. */
export type Shown =
  /** `data` is a PNG in base64. */
  | { kind: "image"; data: string; alt: string }
  | {
      kind: "table";
      columns: readonly string[];
      rows: readonly (readonly string[])[];
      note: string;
    }
  | { kind: "text"; text: string };

/** When a text has been said: up to `end` (UTF-16 units) after `ms` of the item's sound. Both grow. */
export type CaptionMark = readonly [end: number, ms: number];

/** What a person prefers in this browser; remembered there. */
export interface Preferences {
  echo_cancellation: boolean;
  noise_suppression: boolean;
  auto_gain: boolean;
  /** The microphone sends nothing while an answer is heard. */
  half_duplex: boolean;
  /** Words appear as they are heard, or as they come. */
  captions: "voice" | "at_once";
  visualiser: "bars" | "waveform" | "orb";
  /** 0 to 1. */
  volume: number;
  /** Screen readers read answers aloud, over the voice. */
  announce: boolean;
}

/** Where the speaker stands: samples of that item which have left the page, at 24 kHz. */
export interface PlaybackPosition {
  item_id: string;
  content_index: number;
  played_samples: number;
}

/** Page to kernel, as custom messages; each also carries `page`, the sender's name. */
export type PageMessage =
  /** `left` are pages of this tab that are gone: what they said last may not have come. */
  | { type: "hello"; left: string[] }
  /** The last view is gone, or the page is. */
  | { type: "leave" }
  /** Microphone and sound belong to this page from now on. */
  | { type: "take_over" }
  | { type: "pong" }
  | { type: "connect" }
  | { type: "disconnect" }
  /** Sound begins or ends: switched, muted, or a key that is held. */
  | { type: "microphone"; on: boolean; label: string; sample_rate: number }
  /** 100 ms of microphone, base64 mono PCM16 24 kHz; `at` is Date.now() when the worklet had it complete. */
  | { type: "audio"; seq: number; at: number; audio: string }
  | { type: "text"; text: string }
  /**
   * The page fell silent by itself. The first position is where it cut, the others are of items that had not begun.
   * `response_id` is the answer that was heard; null for whatever is being given or asked for.
   */
  | {
      type: "interrupt";
      response_id: string | null;
      positions: PlaybackPosition[];
    }
  /** The answer to a flush, when something was being played or waited. */
  | { type: "cut"; positions: PlaybackPosition[] }
  /** Sent when an item's first sample is rendered, every two seconds while it plays, and when the queue has run empty. */
  | { type: "played"; position: PlaybackPosition; at: number; ended: boolean }
  /** Output chunks `from` to `to` (inclusive) did not arrive. */
  | { type: "resend"; epoch: string; from: number; to: number }
  /** The sound of an item once more. */
  | { type: "replay"; item_id: string }
  /** The person lets a call run, or does not. */
  | { type: "confirm"; call_id: string; allow: boolean }
  | { type: "fetch" };

/** Kernel to page, as custom messages; ordered with the trait updates. */
export type KernelMessage =
  /** The answer to hello: the conversation so far, and the next output chunk's number. */
  | {
      type: "snapshot";
      epoch: string;
      next_seq: number;
      items: Item[];
      owner: string | null;
    }
  /** New or changed items. */
  | { type: "items"; items: Item[] }
  /** Items that are gone. */
  | { type: "removed"; item_ids: string[] }
  /** Marks of an item from number `from` on; those before stay. */
  | {
      type: "captions";
      item_id: string;
      from: number;
      marks: CaptionMark[];
    }
  /** Silence at once: everything queued for the speaker is dropped. */
  | { type: "flush"; response_id: string | null }
  /** The person may be speaking: pause, and find out. */
  | { type: "hold" }
  /** Output chunks sent again. */
  | { type: "chunks"; chunks: Chunk[] }
  /** Sound of an item to be played again, in order; empty and `last` when there is none. */
  | { type: "clip"; item_id: string; audio: string; last: boolean }
  /** Microphone chunks `from` to `to` (inclusive) did not arrive. */
  | { type: "resend"; from: number; to: number }
  /** The page that has microphone and sound; null: none. */
  | { type: "lease"; owner: string | null }
  /** Wants a pong. */
  | { type: "ping" };

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
  /** The function that waits until the person lets it run, if any. */
  asking: string | null;
  /** Of the items that are being spoken, by item id. */
  captions: ReadonlyMap<string, readonly CaptionMark[]>;
  /** What the speaker renders now; null when nothing. Changes about ten times a second. */
  playhead: PlaybackPosition | null;
  /** Whether microphone and sound belong to this page. `nobody` has them before the first page has. */
  owner: "me" | "other" | "nobody";
  preferences: Readonly<Preferences>;
  /** "on": what it hears goes to the kernel, unless muted. */
  microphone: "off" | "starting" | "on";
  microphone_label: string;
  microphone_fault: MicrophoneFault | null;
  /** Microphones to choose from; empty until the browser names them (it does after the first permission). */
  microphones: readonly Choice[];
  /** The chosen one of `microphones`; "" is the browser's own choice. */
  microphone_id: string;
  /** Nothing of the microphone is sent. */
  muted: boolean;
  /** The microphone has given digital silence for seconds: some switch outside the page is off. */
  microphone_silent: boolean;
  /** A turn is being held open by key or button (push to talk). */
  holding: boolean;
  /** The last press was too short to say anything. */
  hold_longer: boolean;
  /** Peak of the last moment (50 to 100 ms), 0 to 1. */
  microphone_level: number;
  speaker_level: number;
  /** True while queued sound is leaving the page, or is held back. */
  playing: boolean;
  /** An answer is paused because the person may be speaking. */
  held: boolean;
  /** The item that is heard once more, if any. */
  replaying: string | null;
  /** How often, since the page was opened, an answer's sound ran out before its end. */
  underruns: number;
  /** How much sound is waited for before it is played, in ms; grows with underruns. */
  prebuffer_ms: number;
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
  /** A key or button goes down: the person's turn begins. */
  beginTalk(): void;
  /** It goes up, or the focus is lost: the turn ends. Safe to call when none was begun. */
  endTalk(): void;
  stopSpeaking(): void;
  /** Of the microphone: while true nothing is sent. */
  setMuted(muted: boolean): void;
  send(text: string): void;
  set(name: SettingName, value: string | number | TurnDetection): void;
  /** Takes effect at once, and is remembered in this browser. */
  prefer(change: Partial<Preferences>): void;
  /** Plays an answer again, or stops doing so. */
  replay(itemId: string): void;
  /** Lets a call run that asks, or declines it. */
  confirm(callId: string, allow: boolean): void;
  takeOver(): void;
  download(): void;
  enableSound(): void;
}
