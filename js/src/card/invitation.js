import { listen } from "../listen.js";
import { el, sentence } from "./dom.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Part} from "./card.js" */

/**
 * @typedef {object} Invitation
 * @property {string} title A short line.
 * @property {string} text What to do first.
 * @property {boolean} [ideas] Whether to offer first questions.
 */

const IDEAS = [
  "What can you do?",
  "Why is the sky blue?",
  "Tell me a short story",
];

const BEGIN = "Start the microphone and speak, or begin with a question.";
const FETCH =
  "Set a key, or talk to the local voice: it runs on this computer, once it is here.";

/** @satisfies {Record<string, Invitation>} */
const INVITATIONS = {
  dead: {
    title: "Nothing to hear yet",
    text: "Run this cell, and the conversation starts here.",
  },
  missing: { title: "Ready when you are", text: FETCH },
  failed: { title: "Ready when you are", text: FETCH },
  fetching: {
    title: "Almost there",
    text: "The local voice is on its way. After this it needs no network.",
  },
  engines_missing: {
    title: "Ready when you are",
    text: "Set a key, or add the local voice to this kernel.",
  },
  connecting: {
    title: "Just a moment",
    text: "The session is being prepared.",
  },
  open: {
    title: "Go ahead, I am listening",
    text: "Speak as you like, and interrupt at any time.",
  },
  elsewhere: {
    title: "The conversation is elsewhere",
    text: "What is said there is shown here too.",
  },
  byHand: {
    title: "Go ahead",
    text: "Hold Space, or the button, while you speak; or begin with a question.",
    ideas: true,
  },
  off: { title: "Ready when you are", text: BEGIN, ideas: true },
  ready: { title: "Say hello", text: BEGIN, ideas: true },
};

/**
 * @param {CardState} state Of a session that is open.
 * @returns {Invitation} What to do first.
 */
function invitationOf({ owner, turn_detection, microphone }) {
  if (owner === "other") return INVITATIONS.elsewhere;
  if (turn_detection.type === "push_to_talk") return INVITATIONS.byHand;
  return microphone === "on" ? INVITATIONS.open : INVITATIONS.ready;
}

/**
 * @param {CardState} state What is known.
 * @returns {Invitation} What to do first.
 */
function invitationFor(state) {
  const { state: voice = "ready" } = state.local_voice;
  if (state.kernel !== "live") return INVITATIONS.dead;
  if (state.status === "connecting") return INVITATIONS.connecting;
  if (state.status !== "disconnected") return invitationOf(state);
  return voice === "ready" ? INVITATIONS.off : INVITATIONS[voice];
}

/**
 * What stands in the place of a conversation that has not begun: what to do first.
 *
 * @param {object} options
 * @param {CardActions} options.actions What a suggestion does: it is sent as a message.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} The invitation.
 */
export function createInvitation({ actions, signal }) {
  const title = el("strong", "rt-title");
  const text = el("p", "rt-first");
  const ideas = el("div", "rt-ideas");
  for (const idea of IDEAS) {
    const chip = el("button", { type: "button", class: "rt-idea" }, idea);
    listen(chip, "click", () => actions.send(idea), signal);
    ideas.append(chip);
  }
  const element = el("div", "rt-empty", title, text, ideas);
  /** @type {Invitation | undefined} */
  let shown;
  return {
    element,
    reads: [
      "kernel",
      "status",
      "local_voice",
      "microphone",
      "owner",
      "turn_detection",
    ],
    update(state) {
      const next = invitationFor(state);
      if (next === shown) return;
      shown = next;
      title.textContent = next.title;
      text.replaceChildren(...sentence(next.text));
      ideas.hidden = !next.ideas;
    },
  };
}
