import { createButton } from "./button.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Button, ButtonLook} from "./button.js" */

/** @type {Record<CardState["microphone"], Partial<ButtonLook>>} */
const MICROPHONE = {
  off: { name: "Start microphone" },
  starting: { name: "Stop microphone", kind: "live" },
  on: { name: "Stop microphone", kind: "live" },
};

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
const isAnswering = (state) =>
  state.playing || state.status === "speaking" || state.status === "thinking";

/** @param {CardState} state The state. */
const canTalk = (state) =>
  !isDead(state) &&
  state.status !== "connecting" &&
  (state.local_voice.state ?? "ready") === "ready";

/** @type {Control[]} */
const CONTROLS = [
  {
    first: { name: "Start microphone", icon: "microphone" },
    press: (actions, { microphone }) =>
      microphone === "off"
        ? actions.startMicrophone()
        : actions.stopMicrophone(),
    look: (state) => ({
      kind: canTalk(state) ? "primary" : "",
      ...MICROPHONE[state.microphone],
      disabled: isDead(state) && state.microphone === "off",
    }),
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
  {
    first: { name: "Mute", icon: "sound", kind: "small", tip: "Mute (M)" },
    press: (actions, { muted }) => actions.setMuted(!muted),
    look: ({ muted }) => ({
      icon: muted ? "soundOff" : "sound",
      pressed: muted,
    }),
  },
];

/**
 * The buttons of the conversation: microphone, stop, connection, mute.
 *
 * @param {object} options
 * @param {CardActions} options.actions What they do.
 * @param {() => CardState} options.now The state at the time of a click.
 * @param {AbortSignal} options.signal Takes the handlers away.
 * @returns {{elements: HTMLElement[], show: (state: CardState) => boolean}} The buttons in order;
 *   `show` tells whether all of them are in sight.
 */
export function createControls({ actions, now, signal }) {
  /** @type {[Button, Control["look"]][]} */
  const controls = CONTROLS.map(({ first, press, look }) => [
    createButton(first, () => press(actions, now()), signal),
    look,
  ]);
  return {
    elements: controls.map(([{ element }]) => element),
    show(state) {
      for (const [button, look] of controls) button.show(look(state));
      return isAnswering(state);
    },
  };
}
