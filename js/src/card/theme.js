import { listen } from "../listen.js";

/** Attributes by which pages say that they are dark, and what they then hold. */
const MARKS = /** @type {const} */ ([
  ["data-jp-theme-light", { true: "light", false: "dark" }],
  [
    "data-vscode-theme-kind",
    {
      "vscode-light": "light",
      "vscode-high-contrast-light": "light",
      "vscode-dark": "dark",
      "vscode-high-contrast": "dark",
    },
  ],
  ["data-theme", { light: "light", dark: "dark" }],
  ["data-bs-theme", { light: "light", dark: "dark" }],
  ["theme", { light: "light", dark: "dark" }],
]);
const CLASSES = /** @type {const} */ ([
  ["vscode-dark", "dark"],
  ["vscode-light", "light"],
  ["dark", "dark"],
]);

/** @typedef {"light" | "dark"} Theme */

/**
 * @param {Element} start Where to begin.
 * @returns {Generator<Element>} It and what it stands in, out of shadow trees too.
 */
function* lineage(start) {
  /** @type {Element | null} */
  let element = start;
  while (element) {
    yield element;
    const root = element.getRootNode();
    element =
      element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
}

/**
 * @param {Element} element A part of the page.
 * @returns {Theme | undefined} What it says of itself.
 */
function declared(element) {
  for (const [name, values] of MARKS) {
    const value = element.getAttribute(name);
    const theme = Object.entries(values).find(([key]) => key === value);
    if (theme) return theme[1];
  }
  return CLASSES.find(([name]) => element.classList.contains(name))?.[1];
}

/**
 * @param {Element} element A part of the page.
 * @returns {Theme | undefined} What its colours say: a scheme it asks for, or an opaque background.
 */
function painted(element) {
  const style = getComputedStyle(element);
  if (style.colorScheme === "dark" || style.colorScheme === "light")
    return style.colorScheme;
  const rgb = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(style.backgroundColor);
  if (!rgb) return undefined;
  const [, red, green, blue] = rgb.map(Number);
  const light = 0.3 * (red ?? 0) + 0.6 * (green ?? 0) + 0.1 * (blue ?? 0);
  return light < 128 ? "dark" : "light";
}

/**
 * @param {Element} host What the card stands in.
 * @param {MediaQueryList} prefersDark What the person told the system.
 * @returns {Theme} What the page around the card looks like.
 */
function detect(host, prefersDark) {
  for (const look of [declared, painted]) {
    for (const element of lineage(host)) {
      const theme = look(element);
      if (theme) return theme;
    }
  }
  return prefersDark.matches ? "dark" : "light";
}

/**
 * Keeps `data-rt-theme` on the card equal to the page's own look, also when that changes.
 *
 * @param {HTMLElement} root The card's outermost element.
 * @param {() => void} changed Called after a change.
 * @param {AbortSignal} signal Ends it.
 */
export function followTheme(root, changed, signal) {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = detect(root.parentElement ?? document.body, prefersDark);
    if (root.dataset.rtTheme === theme) return;
    root.dataset.rtTheme = theme;
    changed();
  };
  const observer = new MutationObserver(apply);
  for (const page of [document.documentElement, document.body])
    observer.observe(page, { attributes: true });
  listen(prefersDark, "change", apply, signal);
  listen(signal, "abort", () => observer.disconnect());
  apply();
  // The element is given to us before the host puts it into the page.
  if (!root.isConnected) requestAnimationFrame(apply);
}
