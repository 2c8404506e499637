import { listen } from "../listen.js";
import { createComposer } from "./composer.js";
import { el } from "./dom.js";
import { createFooter } from "./footer.js";
import { createHeader } from "./header.js";
import { createHold } from "./hold.js";
import { bindKeys } from "./keys.js";
import { createMeter } from "./meter.js";
import { createNotices } from "./notices.js";
import { createOrb } from "./orb.js";
import { createSettings } from "./settings.js";
import { followTheme } from "./theme.js";
import { createTranscript } from "./transcript.js";

/** @import {StateKey, Store} from "../state.js" */
/** @import {CardActions, CardState} from "../types.js" */

/**
 * A part of the card.
 *
 * @typedef {object} Part
 * @property {HTMLElement} element What it shows.
 * @property {readonly StateKey[]} reads The values it depends on; it is updated when one of them changed.
 * @property {(state: CardState, changed: ReadonlySet<StateKey>) => void} update Shows the state.
 */

/**
 * Puts the card into `root` and keeps it equal to the state until `signal` aborts.
 *
 * @param {HTMLElement} root An element of its own; it gets the class `rt-widget`.
 * @param {object} options
 * @param {Store} options.state What the card shows.
 * @param {CardActions} options.actions What its buttons do.
 * @param {AbortSignal} options.signal Takes the card away.
 */
export function createCard(root, { state, actions, signal }) {
  if (signal.aborted) return;
  const now = () => state.get();
  const hold = createHold(root, { actions, now, signal });
  const orb = createOrb();
  const settings = createSettings({ actions, now, signal });
  const header = createHeader({
    actions,
    now,
    hold,
    orb: orb.element,
    settings: settings.toggle,
    signal,
  });
  const meter = createMeter({ beat: orb.beat, signal });
  const notices = createNotices({ actions, now, signal });
  const transcript = createTranscript({ actions, now, signal });
  const composer = createComposer({ actions, signal });
  const footer = createFooter();

  const stage = el("div", "rt-stage", notices.element, transcript.element);
  const card = el("div", "rt-card", header.element, meter.element, stage);
  card.append(composer.element, settings.element, footer.element);
  root.classList.add("rt-widget");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Realtime conversation");
  bindKeys(root, { actions, now, hold, signal });
  followTheme(root, meter.repaint, signal);
  root.append(card);
  listen(signal, "abort", () => card.remove());

  /** @type {readonly Part[]} */
  const parts = [
    orb,
    header,
    meter,
    notices,
    transcript,
    composer,
    settings,
    footer,
  ];
  const all = /** @type {StateKey[]} */ (Object.keys(now()));
  for (const part of parts) part.update(now(), new Set(all));
  state.subscribe((next, changed) => {
    if (changed.has("turn_detection") || changed.has("owner")) hold.end();
    for (const part of parts)
      if (part.reads.some((key) => changed.has(key)))
        part.update(next, changed);
  }, signal);
}
