const CIRCLE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z";

/** Paths on a 24 by 24 grid, drawn as 1.8 wide lines. */
const PATHS = Object.freeze({
  alert: "M12 4 2.8 19.5h18.4zM12 10v4.4M12 17.2v.1",
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  arrowUp: "M12 19V5M6 11l6-6 6 6",
  ask: `${CIRCLE}M9.3 9.8a2.7 2.7 0 1 1 4 2.3c-.9.5-1.3 1-1.3 1.9M12 16.8v.1`,
  blocked: `M5.6 5.6l12.8 12.8${CIRCLE}`,
  check: `${CIRCLE}M8 12.3l2.8 2.8L16 9.4`,
  chevron: "M9 6l6 6-6 6",
  clock: `${CIRCLE}M12 7v5.2l3.2 1.9`,
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  connect: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  disconnect: "M12 3v8M7 6.3a8 8 0 1 0 10 0",
  download: "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
  ear: "M4 10v4M8 6v12M12 9v6M16 4v16M20 10v4",
  handsFree:
    "M12 2.5a3 3 0 0 1 3 3v4a3 3 0 0 1-6 0v-4a3 3 0 0 1 3-3zM6 9.5a6 6 0 0 0 12 0M12 15.5v2M6 21h12",
  info: `${CIRCLE}M12 11v5.4M12 7.8v.1`,
  kernel:
    "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
  link: "M12 3a9 9 0 0 1 9 9M21 12a9 9 0 0 1-4 7.5M12 21a9 9 0 0 1-9-9M3 12a9 9 0 0 1 4-7.5",
  microphone:
    "M12 3a3 3 0 0 1 3 3v5.5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  microphoneOff:
    "M9 9.5v2a3 3 0 0 0 4.6 2.5M15 10.5V6a3 3 0 0 0-5.7-1.3M5.5 11.5A6.5 6.5 0 0 0 16 16.6M18.5 11.5a6.6 6.6 0 0 1-.3 2M12 18v3M4 4l16 16",
  off: `${CIRCLE}M8 12h8`,
  pages: "M9 8h11v11H9zM5 15V4h11",
  play: "M8 5.2v13.6L19 12z",
  settings:
    "M4 7h8M18 7h2M4 17h2M12 17h8M15 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4zM9 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  sound:
    "M11 5 6.5 9H3v6h3.5l4.5 4zM15 9.2a4 4 0 0 1 0 5.6M17.8 6.4a8 8 0 0 1 0 11.2",
  soundOff: "M11 5 6.5 9H3v6h3.5l4.5 4zM16 9.5l5 5M21 9.5l-5 5",
  stop: "M8 6.5h8A1.5 1.5 0 0 1 17.5 8v8a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 16V8A1.5 1.5 0 0 1 8 6.5z",
  think:
    "M5 10.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zM12 10.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zM19 10.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4z",
});

/** @typedef {keyof typeof PATHS} IconName */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an icon in the colour of the text around it; screen readers pass over it.
 *
 * @param {IconName} name Which one.
 * @returns {SVGSVGElement} The drawing.
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  setIcon(svg, name);
  return svg;
}

/**
 * @param {SVGSVGElement} svg What `icon` made.
 * @param {IconName} name What it shows from now on.
 */
export function setIcon(svg, name) {
  if (svg.dataset.icon === name) return;
  svg.dataset.icon = name;
  svg.firstElementChild?.setAttribute("d", PATHS[name]);
}
