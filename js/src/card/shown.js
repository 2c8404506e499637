import { el } from "./dom.js";

/** @import {Shown} from "../types.js" */

const NUMBER = /^[-+−]?[\d.,\s]*\d(e[-+]?\d+)?\s?%?$/i;

/**
 * A box of its own that scrolls, by keyboard too.
 *
 * @param {string} name What a screen reader calls it.
 * @param {Node} content What is in it.
 * @returns {HTMLElement} The box.
 */
export function scrolling(name, content) {
  const attributes = { class: "rt-scroll", role: "group", tabindex: 0 };
  return el("div", { ...attributes, "aria-label": name }, content);
}

/**
 * @param {Extract<Shown, {kind: "table"}>} table Its cells, as text.
 * @param {string} name Of the call.
 * @returns {HTMLElement} A real table in a box that scrolls.
 */
function createTable({ columns, rows, note }, name) {
  const counts = columns.map((_, place) => {
    const cells = rows.map((row) => row[place] ?? "").filter(Boolean);
    return cells.length > 0 && cells.every((cell) => NUMBER.test(cell));
  });
  const look = (/** @type {number} */ place) => ({
    class: counts[place] ? "number" : false,
  });
  const heads = columns.map((head, place) =>
    head ? el("th", { ...look(place), scope: "col" }, head) : el("td"),
  );
  const lines = rows.map((row) =>
    el("tr", {}, ...row.map((cell, place) => el("td", look(place), cell))),
  );
  const table = el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ...heads)),
    el("tbody", {}, ...lines),
  );
  if (note) table.prepend(el("caption", {}, note));
  return scrolling(`Table of ${name}`, table);
}

/**
 * @param {Shown} shown What a call shows.
 * @param {string} name Of the call.
 * @returns {HTMLElement} Its place in the conversation. Text stays text, and a picture is made of its own bytes.
 */
export function createShown(shown, name) {
  switch (shown.kind) {
    case "image":
      return el("img", {
        src: `data:image/png;base64,${shown.data}`,
        alt: shown.alt || `Picture of ${name}`,
      });
    case "table":
      return createTable(shown, name);
    case "text":
      return el("pre", { dir: "auto" }, shown.text);
  }
}
