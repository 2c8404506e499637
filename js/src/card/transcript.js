import { listen } from "../listen.js";
import { createAnnouncer } from "./announcer.js";
import { createButton } from "./button.js";
import { CAPTION_KEYS } from "./captions.js";
import { el, reveal } from "./dom.js";
import { createInvitation } from "./invitation.js";
import { stickToEnd } from "./scroll.js";
import { Turns } from "./turns.js";

/** @import {CardActions, CardState} from "../types.js" */
/** @import {Part} from "./card.js" */

/**
 * The conversation as it happens, and an invitation where there is none yet.
 *
 * @param {object} options
 * @param {CardActions} options.actions What suggestions and replay buttons do.
 * @param {() => CardState} options.now The state at the time of a change.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part} The middle of the card.
 */
export function createTranscript({ actions, now, signal }) {
  const list = el("div", "rt-turns");
  const log = el(
    "div",
    {
      class: "rt-log",
      role: "log",
      "aria-label": "Conversation",
      "aria-live": "off",
      tabindex: 0,
    },
    list,
  );
  const announcer = createAnnouncer();
  const invitation = createInvitation({ actions, signal });
  const latest = createButton(
    { name: "Latest", icon: "arrowDown", kind: "latest", hidden: true },
    () => stick.toEnd(),
    signal,
  );
  const stick = stickToEnd(
    log,
    list,
    (stuck) => latest.show({ hidden: stuck }),
    signal,
  );
  listen(
    log,
    "click",
    ({ target }) => {
      if (target instanceof Element && target.closest("summary")) stick.hold();
    },
    signal,
  );
  const turns = new Turns(list, {
    again: (id) => actions.replay(id),
    confirm: (id, allow) => actions.confirm(id, allow),
    told: (before, item) =>
      announcer.told(before, item, now().preferences.announce),
    signal,
  });
  const element = el("div", "rt-talk", log, invitation.element);
  element.append(latest.element, announcer.element);
  return {
    element,
    reads: ["items", "replaying", ...CAPTION_KEYS, ...invitation.reads],
    update(state, changed) {
      turns.update(state, changed);
      reveal(invitation.element, state.items.length === 0);
      if (!invitation.element.hidden) invitation.update(state, changed);
    },
  };
}
