/**
 * Makes an element. Children that are strings become text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag The element's name.
 * @param {string | Record<string, string | number | boolean>} [given] Its class, or its attributes: `true` gives an empty
 *   one, `false` none.
 * @param {(Node | string)[]} children What goes inside, in order.
 * @returns {HTMLElementTagNameMap[K]} The element, not yet in the page.
 */
export function el(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  const attributes = typeof given === "string" ? { class: given } : given;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Sets text where it differs, so that screen readers and the layout are left alone.
 *
 * @param {Node} node An element that holds only text.
 * @param {string} text The text.
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Sets an attribute where it differs.
 *
 * @param {Element} element The element.
 * @param {string} name The attribute.
 * @param {string | number | boolean | null | undefined} value Its value; null and undefined take it away.
 */
export function setAttribute(element, name, value) {
  const now = element.getAttribute(name);
  if (value === null || value === undefined) {
    if (now !== null) element.removeAttribute(name);
  } else if (now !== String(value)) element.setAttribute(name, String(value));
}

/**
 * Brings an element into sight or out of it; the keyboard's focus stays in the card.
 *
 * @param {HTMLElement} element Something that is not always in sight.
 * @param {boolean} visible Whether it is now.
 */
export function reveal(element, visible) {
  if (element.hidden !== visible) return;
  if (!visible) keepFocus(element);
  element.hidden = !visible;
}

/**
 * Hands the keyboard's focus to the card, so that it is not lost when what holds it goes away.
 *
 * @param {Element} leaving What is about to go.
 */
export function keepFocus(leaving) {
  if (!leaving.matches(":focus, :focus-within")) return;
  const root = leaving.closest(".rt-widget");
  if (root instanceof HTMLElement) root.focus({ preventScroll: true });
}

/**
 * Writes a sentence; what stands between backticks is set as code.
 *
 * @param {string} text A message or a hint.
 * @returns {Node[]} Text and `code` elements.
 */
export function sentence(text) {
  if (/^pip install\b/.test(text)) return [el("code", {}, text)];
  return text
    .split("`")
    .map((piece, index) =>
      index % 2 === 1 ? el("code", {}, piece) : document.createTextNode(piece),
    );
}

/**
 * A prefix for ids that no other card in the document has, also when each one has its own copy of this module.
 *
 * @returns {string} Such as `rt-k3j9x2`.
 */
export function freshId() {
  return `rt-${Math.random().toString(36).slice(2, 10)}`;
}
