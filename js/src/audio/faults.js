/** @import {MicrophoneFault} from "../types.js" */
import { WorkletError } from "./worklet.js";

/**
 * What the page around the microphone is like.
 *
 * @typedef {object} Surroundings
 * @property {boolean} secure Whether the page is a secure context.
 * @property {boolean} allowed Whether the host's permissions policy lets the microphone through.
 */

const TYPE_INSTEAD = "You can type your message instead.";

/** @type {Record<MicrophoneFault["code"], Omit<MicrophoneFault, "code">>} */
const SENTENCES = {
  denied: {
    message: "The browser blocks the microphone for this page.",
    hint: "Click the icon beside the page's address, allow the microphone, and start it again.",
  },
  absent: {
    message: "No microphone was found.",
    hint: `Plug one in and start it again. ${TYPE_INSTEAD}`,
  },
  busy: {
    message: "The microphone could not be opened; another program may hold it.",
    hint: "Close the other program, or choose another microphone, and start it again.",
  },
  insecure: {
    message:
      "Browsers allow the microphone only on https or localhost, and this page is neither.",
    hint: `Open the notebook over https, or through an SSH tunnel to localhost. ${TYPE_INSTEAD}`,
  },
  blocked: {
    message: "This host does not pass the microphone on to notebook outputs.",
    hint: `Open the notebook in JupyterLab in a browser. ${TYPE_INSTEAD}`,
  },
  lost: {
    message: "The microphone is gone: it was unplugged or switched off.",
    hint: "Plug it in again, or choose another one, and start it again.",
  },
  failed: {
    message: "The microphone could not be started.",
    hint: `Choose another microphone, or reload the page. ${TYPE_INSTEAD}`,
  },
};

/** @type {Record<string, MicrophoneFault["code"]>} */
const CODES = {
  NotAllowedError: "denied",
  SecurityError: "blocked",
  NotFoundError: "absent",
  NotReadableError: "busy",
};

/** @returns {Surroundings} What this page is like. */
export function surroundings() {
  const policy =
    /** @type {{featurePolicy?: {allowsFeature(name: string): boolean}}} */ (
      /** @type {unknown} */ (document)
    ).featurePolicy;
  return {
    secure: globalThis.isSecureContext,
    allowed: policy?.allowsFeature("microphone") ?? true,
  };
}

/**
 * Says in a person's words why there is no microphone.
 *
 * @param {MicrophoneFault["code"]} code What happened.
 * @param {string} [detail] What the browser said.
 * @returns {MicrophoneFault} For the card.
 */
export function fault(code, detail = "") {
  const { message, hint } = SENTENCES[code];
  return { code, message: detail ? `${message} (${detail})` : message, hint };
}

/**
 * @param {unknown} error What starting the microphone threw.
 * @param {Surroundings} page What the page is like.
 * @returns {MicrophoneFault} For the card.
 */
export function microphoneFault(error, { secure, allowed }) {
  if (!secure) return fault("insecure");
  if (!allowed) return fault("blocked");
  if (error instanceof WorkletError) {
    return {
      code: "blocked",
      message: "This site's security policy forbids the widget's audio code.",
      hint: `Whoever runs the site can allow "blob:" in its script-src. ${TYPE_INSTEAD}`,
    };
  }
  if (!(error instanceof Error)) return fault("failed", String(error));
  const code = CODES[error.name];
  if (code !== undefined) return fault(code);
  return fault(
    "failed",
    error.message ? `${error.name}: ${error.message}` : error.name,
  );
}

/**
 * Says why there is no microphone any more.
 *
 * @param {unknown} error What starting another one threw.
 * @param {string} gone Name of the one that went away.
 * @param {Surroundings} page What the page is like.
 * @returns {MicrophoneFault} For the card.
 */
export function lostFault(error, gone, page) {
  const cause = microphoneFault(error, page);
  return cause.code === "absent" ? fault("lost", gone) : cause;
}

/**
 * @param {string} name Of a microphone; "" when the browser names none.
 * @returns {string} As it stands in a sentence.
 */
const named = (name) => (name ? `“${name}”` : "the browser's own choice");

/**
 * Says that another microphone is used than the one that was chosen.
 *
 * @param {string} gone Name of one that was open and went away; "" when the chosen one was not found.
 * @param {string} used The one that is used.
 * @returns {MicrophoneFault} For the card.
 */
export function replacedFault(gone, used) {
  const what = gone
    ? `The microphone “${gone}” is gone`
    : "The chosen microphone was not found";
  return {
    code: gone ? "lost" : "absent",
    message: `${what}; ${named(used)} is used now.`,
    hint: "Choose another microphone in the settings if that is not the right one.",
  };
}
