import { createButton } from "./button.js";
import { canHold } from "./hold.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Button, ButtonLook} from "./button.js" */
/** @import {Hold} from "./hold.js" */

/**
 * @typedef {object} Control
 * @property {ButtonLook} first How the button looks before anything is known.
 * @property {(actions: CardActions, state: CardState) => void} press What it does.
 * @property {(state: CardState) => Partial<ButtonLook>} look How it looks in a state.
 */

/** @param {CardState} state The state. */
const isOff = (state) => state.status === "disconnected";

/** @param {CardState} state The state. */
const isDead = (state) => state.kernel !== "live";

/** @param {CardState} state The state. */
const isByHand = (state) => state.turn_detection.type === "push_to_talk";

/** @param {CardState} state The state. */
const isAnswering = (state) =>
  state.playing ||
  state.replaying !== null ||
  state.status === "speaking" ||
  state.status === "thinking";

/** @param {CardState} state The state. */
const canTalk = (state) =>
  !isDead(state) &&
  state.owner !== "other" &&
  state.status !== "connecting" &&
  (state.local_voice.state ?? "ready") === "ready";

/**
 * @param {CardState} state The state.
 * @param {string} tip What else there is to say.
 * @returns {Pick<ButtonLook, "disabled" | "tip">} Whether a button of the microphone does anything, and why not.
 */
function access(state, tip) {
  if (isDead(state)) return { disabled: true, tip: "No kernel answers" };
  if (state.owner !== "other") return { disabled: false, tip };
  return { disabled: true, tip: "The microphone is in another page or view" };
}

/** @param {CardState} state The state. @returns {Partial<ButtonLook>} The microphone's switch. */
function microphoneLook(state) {
  const byHand = isByHand(state);
  // A turn that is held by key is not one that was switched on.
  const on = state.microphone !== "off" && !(byHand && state.holding);
  const name = on ? "Stop microphone" : "Start microphone";
  const look = byHand ? "small" : canTalk(state) ? "primary" : "";
  return {
    ...access(state, byHand ? `${name}: talk without holding` : name),
    name,
    kind: on ? `${byHand ? "small " : ""}live` : look,
    ...(byHand ? { icon: "handsFree", pressed: on } : { icon: "microphone" }),
    ...(byHand ? {} : { pressed: undefined }),
    ...(on ? { disabled: false } : {}),
  };
}

/** @type {Control} */
const HOLD = {
  first: { name: "Hold to talk", icon: "microphone" },
  press: (actions, state) => {
    if (state.holding) actions.endTalk();
    else if (canHold(state)) actions.beginTalk();
  },
  look: (state) => ({
    ...access(state, "Hold to talk (Space)"),
    hidden: !isByHand(state),
    kind: state.holding
      ? "hold live"
      : canTalk(state)
        ? "hold primary"
        : "hold",
    pressed: state.holding,
  }),
};

/** @type {Control[]} */
const MAIN = [
  {
    first: { name: "Start microphone", icon: "microphone" },
    press: (actions, { microphone }) =>
      microphone === "off"
        ? actions.startMicrophone()
        : actions.stopMicrophone(),
    look: microphoneLook,
  },
  {
    first: {
      name: "Stop speaking",
      icon: "stop",
      kind: "stop",
      tip: "Stop speaking (Esc)",
    },
    press: (actions) => actions.stopSpeaking(),
    look: (state) => ({ hidden: !isAnswering(state), disabled: isDead(state) }),
  },
  {
    first: { name: "Connect", icon: "connect" },
    press: (actions, state) =>
      isOff(state) ? actions.connect() : actions.disconnect(),
    look: (state) => ({
      ...(isOff(state)
        ? { name: "Connect", icon: "connect", kind: "" }
        : { name: "Disconnect", icon: "disconnect", kind: "small" }),
      disabled: state.kernel === "restarted",
    }),
  },
];

/** @type {Control} */
const MUTE = {
  first: { name: "Mute", icon: "microphoneOff", kind: "small" },
  press: (actions, { muted }) => actions.setMuted(!muted),
  look: (state) => ({
    ...access(state, "Mute the microphone (M)"),
    pressed: state.muted,
  }),
};

/**
 * The buttons of the conversation: talking, microphone, stop, connection, and mute.
 *
 * @param {object} options
 * @param {CardActions} options.actions What they do.
 * @param {() => CardState} options.now The state at the time of a click.
 * @param {Hold} options.hold The turn that is held.
 * @param {AbortSignal} options.signal Takes the handlers away.
 * @returns {{main: HTMLElement[], mute: HTMLElement, show: (state: CardState) => void}} The buttons in order, and how to
 *   make them equal to the state.
 */
export function createControls({ actions, now, hold, signal }) {
  const talk = createButton(
    HOLD.first,
    // Fingers and keys hold; only a screen reader's click comes without either.
    ({ detail }) => detail === 0 && HOLD.press(actions, now()),
    signal,
  );
  hold.bind(talk.element);
  /** @type {[Button, Control["look"]][]} */
  const others = [...MAIN, MUTE].map(({ first, press, look }) => [
    createButton(first, () => press(actions, now()), signal),
    look,
  ]);
  const elements = others.map(([{ element }]) => element);
  const mute = /** @type {HTMLElement} */ (elements.pop());
  return {
    main: [talk.element, ...elements],
    mute,
    show(state) {
      talk.show(HOLD.look(state));
      // A button that came, went or grew would push the pressed one away from under the pointer.
      if (hold.pressed()) return;
      for (const [button, look] of others) button.show(look(state));
    },
  };
}
