/** @import {Preferences} from "./types.js" */

const CHOICE_KEY = "rt_widget.microphone";
const PREFERENCES_KEY = "rt_widget.preferences";

/** @type {Readonly<Preferences>} */
export const DEFAULT_PREFERENCES = Object.freeze({
  echo_cancellation: true,
  noise_suppression: true,
  auto_gain: true,
  half_duplex: false,
  captions: "voice",
  visualiser: "bars",
  volume: 1,
  announce: false,
});

const isSwitch = (/** @type {unknown} */ value) => typeof value === "boolean";

/**
 * @param {readonly unknown[]} names What is possible.
 * @returns {(value: unknown) => boolean} Whether a value is one of them.
 */
const isOneOf = (names) => (value) => names.includes(value);

/** @type {Record<keyof Preferences, (value: unknown) => boolean>} */
const CHECKS = {
  echo_cancellation: isSwitch,
  noise_suppression: isSwitch,
  auto_gain: isSwitch,
  half_duplex: isSwitch,
  captions: isOneOf(["voice", "at_once"]),
  visualiser: isOneOf(["bars", "waveform", "orb"]),
  volume: (value) => typeof value === "number" && value >= 0 && value <= 1,
  announce: isSwitch,
};

/** @returns {Preferences} Those of this browser, as far as they are ones that this version knows. */
export function rememberedPreferences() {
  const kept = read(PREFERENCES_KEY);
  const known = Object.entries(CHECKS).filter(([name, isGood]) =>
    isGood(kept[name]),
  );
  const good = known.map(([name]) => [name, kept[name]]);
  return { ...DEFAULT_PREFERENCES, ...Object.fromEntries(good) };
}

/** @param {Preferences} preferences What the person prefers now. */
export function rememberPreferences(preferences) {
  write(PREFERENCES_KEY, JSON.stringify(preferences));
}

/** @returns {string} The microphone that was chosen in this browser; "" for the browser's own choice. */
export function rememberedMicrophone() {
  try {
    return localStorage.getItem(CHOICE_KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} id The chosen microphone. */
export function rememberMicrophone(id) {
  write(CHOICE_KEY, id);
}

/**
 * @param {string} key Where it is kept.
 * @returns {Record<string, unknown>} What is kept there; empty when it is nothing that was written here.
 */
function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * @param {string} key Where to keep it.
 * @param {string} value What to keep.
 */
function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Some hosts (sandboxed frames, private windows) give an output no storage.
  }
}
