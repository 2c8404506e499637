import { createCallTurn } from "./call.js";
import { revealTo } from "./captions.js";
import { keepFocus } from "./dom.js";
import { createTurn } from "./turn.js";

/** @import {CardState, Item} from "../types.js" */
/** @import {StateKey} from "../state.js" */
/** @import {Turn} from "./turn.js" */

/**
 * The rows of the conversation. Only those of new or changed items are touched, and those whose words wait for the voice.
 */
export class Turns {
  #list;
  #options;
  /** By item id. @type {Map<string, Turn>} */
  #turns = new Map();
  /** Whose words are not all in sight. @type {Set<Turn>} */
  #waiting = new Set();
  /** @type {readonly Item[]} */
  #items = [];
  /** @type {string | null} */
  #replaying = null;

  /**
   * @param {HTMLElement} list Where the rows stand.
   * @param {object} options
   * @param {(id: string) => void} options.again Plays an answer again.
   * @param {(callId: string, allow: boolean) => void} options.confirm Lets a call run, or declines it.
   * @param {(before: Item | undefined, item: Item) => void} options.told Hears of each change of an item.
   * @param {AbortSignal} options.signal Ends them.
   */
  constructor(list, options) {
    this.#list = list;
    this.#options = options;
  }

  /**
   * @param {CardState} state The card's state.
   * @param {ReadonlySet<StateKey>} changed What became different.
   */
  update(state, changed) {
    if (changed.has("items")) this.#arrange(state);
    if (changed.has("kernel") || changed.has("owner"))
      for (const turn of this.#turns.values()) turn.offer(state);
    if (changed.has("replaying")) this.#mark(state);
    const { playhead } = state;
    const turn = playhead && this.#turns.get(playhead.item_id);
    if (turn) turn.begun = true;
    for (const waiting of this.#waiting)
      waiting.reveal(this.#endOf(waiting, state));
  }

  /** @param {CardState} state The card's state; its items differ from those that are shown. */
  #arrange(state) {
    const before = this.#items;
    const { items } = state;
    this.#items = items;
    const same =
      before.length === items.length &&
      items.every(({ id }, place) => id === before[place]?.id);
    if (same) {
      for (const [place, item] of items.entries())
        if (item !== before[place]) this.#show(item, state);
    } else this.#order(state);
  }

  /** Brings the rows into the order of the items. @param {CardState} state The card's state. */
  #order(state) {
    const gone = new Set(this.#turns.keys());
    let place = this.#list.firstElementChild;
    for (const item of state.items) {
      gone.delete(item.id);
      const { element } = this.#show(item, state);
      if (element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(element, place);
    }
    for (const id of gone) {
      const turn = this.#turns.get(id);
      this.#turns.delete(id);
      if (!turn) continue;
      this.#waiting.delete(turn);
      keepFocus(turn.element);
      turn.element.remove();
    }
  }

  /**
   * @param {Item} item What is to be seen.
   * @param {CardState} state The card's state.
   * @returns {Turn} Its row.
   */
  #show(item, state) {
    const known = this.#turns.get(item.id);
    if (known?.item === item) return known;
    this.#options.told(known?.item, item);
    const turn = known ?? this.#create(item);
    this.#turns.set(item.id, turn);
    turn.update(item, this.#endOf(turn, state, item));
    turn.offer(state);
    return turn;
  }

  /**
   * @param {Item} item What is new.
   * @returns {Turn} A row for it.
   */
  #create(item) {
    const { again, confirm, signal } = this.#options;
    const { call } = item;
    return call
      ? createCallTurn({ ...item, call }, confirm, signal)
      : createTurn(item, again, signal);
  }

  /**
   * @param {Turn} turn A row.
   * @param {CardState} state The card's state.
   * @param {Item} [item] What it is to show.
   * @returns {number} How much of its text may be in sight.
   */
  #endOf(turn, state, item = turn.item) {
    const end = revealTo(item, state, turn.begun);
    if (end < Infinity) this.#waiting.add(turn);
    else this.#waiting.delete(turn);
    return end;
  }

  /** @param {CardState} state The card's state. */
  #mark(state) {
    const ids = [this.#replaying, state.replaying];
    this.#replaying = state.replaying;
    for (const id of ids) {
      const turn = this.#turns.get(id ?? "");
      turn?.offer(state);
    }
  }
}
