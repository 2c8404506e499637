import { megabytes } from "./format.js";

/** @import {CardActions, CardState, LocalVoice} from "../types.js" */
/** @import {IconName} from "./icons.js" */

/**
 * Something that the person should know now.
 *
 * @typedef {object} Notice
 * @property {string} key What it is about; one with the same key and words is left in place.
 * @property {"error" | "warn" | "info"} kind How grave it is. An error is announced at once.
 * @property {IconName} icon The drawing in front.
 * @property {string} text What is the matter.
 * @property {string} [hint] What to do.
 * @property {Press} [press] Its button.
 * @property {unknown} [cause] The value it comes from. It can be put away, until there is another one.
 */

/**
 * @typedef {object} Press
 * @property {string} name What the button says.
 * @property {IconName} icon The button's drawing.
 * @property {(actions: CardActions) => void} run What it does.
 */

/**
 * @param {LocalVoice} voice What is known of the files.
 * @returns {string} How much has to be fetched.
 */
function amount({ total = 0, done = 0 }) {
  if (total <= 0) return "";
  const here = done > 0 && done < total ? ` (${megabytes(done)} are here)` : "";
  return ` ${megabytes(total)}${here},`;
}

/** @type {Partial<Record<NonNullable<LocalVoice["state"]>, (voice: LocalVoice) => Notice>>} */
const LOCAL_VOICE = {
  missing: (voice) => ({
    key: "voice",
    kind: "warn",
    icon: "download",
    text: `Local voice:${amount(voice)} checked against the official files.`,
    press: {
      name: "Download local voice",
      icon: "download",
      run: (actions) => actions.download(),
    },
  }),
  failed: ({ hint = "" }) => ({
    key: "voice",
    kind: "error",
    icon: "alert",
    text: "The local voice could not be downloaded.",
    hint,
    press: {
      name: "Try again",
      icon: "download",
      run: (actions) => actions.download(),
    },
  }),
  engines_missing: ({ hint = "" }) => ({
    key: "voice",
    kind: "warn",
    icon: "info",
    text: "The local voice's engines are not installed.",
    hint,
  }),
};

/** Each looks at one thing; the gravest first. @type {((state: CardState) => Notice | null | undefined)[]} */
const ADVICE = [
  ({ error }) =>
    error.message
      ? {
          key: "error",
          kind: "error",
          icon: "alert",
          text: error.message,
          hint: error.hint ?? "",
          cause: error,
        }
      : null,
  ({ microphone_fault: fault }) =>
    fault && {
      key: "microphone",
      kind: "error",
      icon: "microphoneOff",
      text: fault.message,
      hint: fault.hint,
      cause: fault,
    },
  ({ owner }) =>
    owner === "other"
      ? {
          key: "lease",
          kind: "info",
          icon: "pages",
          text: "Sound and microphone are in another page or view.",
          press: {
            name: "Take over",
            icon: "sound",
            run: (actions) => actions.takeOver(),
          },
        }
      : null,
  ({ microphone_silent, microphone, muted }) =>
    microphone_silent && microphone === "on" && !muted
      ? {
          key: "silent",
          kind: "warn",
          icon: "microphoneOff",
          text: "The microphone gives digital silence: it is muted outside this page.",
          hint: "Look for a switch on the device, or in the system's sound settings.",
        }
      : null,
  ({ sound_blocked }) =>
    sound_blocked
      ? {
          key: "sound",
          kind: "warn",
          icon: "soundOff",
          text: "The browser holds the sound back until you click.",
          press: {
            name: "Enable sound",
            icon: "sound",
            run: (actions) => actions.enableSound(),
          },
        }
      : null,
  ({ preferences, playing, owner }) =>
    playing && preferences.volume === 0 && owner !== "other"
      ? {
          key: "volume",
          kind: "info",
          icon: "soundOff",
          text: "The assistant speaks, but the volume is at zero.",
          press: {
            name: "Sound on",
            icon: "sound",
            run: (actions) => actions.prefer({ volume: 1 }),
          },
        }
      : null,
  ({ local_voice: voice }) =>
    voice.state ? LOCAL_VOICE[voice.state]?.(voice) : null,
  ({ notice }) =>
    notice
      ? {
          key: "notice",
          kind: "info",
          icon: "info",
          text: notice,
          cause: notice,
        }
      : null,
];

/** @type {Record<CardState["kernel"], Notice | null>} */
const KERNEL = {
  live: null,
  absent: {
    key: "kernel",
    kind: "warn",
    icon: "kernel",
    text: "No kernel answers.",
    hint: "Run this cell to talk.",
  },
  restarted: {
    key: "kernel",
    kind: "warn",
    icon: "kernel",
    text: "The kernel was restarted.",
    hint: "Run this cell again to talk.",
  },
};

/**
 * @param {CardState} state What is known.
 * @returns {Notice[]} What the person should know now, the gravest first. Without a kernel only that counts.
 */
export function adviceFor(state) {
  const kernel = KERNEL[state.kernel];
  if (kernel) return [kernel];
  return ADVICE.map((look) => look(state) ?? null).filter(
    (notice) => notice !== null,
  );
}
