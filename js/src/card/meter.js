import { el } from "./dom.js";

/** @import {CardState} from "../types.js" */
/** @import {Part} from "./card.js" */

const BAR = 3;
const STEP = 5;
/** Milliseconds that one bar stands for; slower where the person asked for less motion. */
const TICK = 80;
const CALM_TICK = 320;
/** Enough for a card of 1,500 px. */
const KEPT = 300;
/** Free space at both ends, in px. */
const INSET = 16;

/**
 * @typedef {object} Sample
 * @property {number} you The person's peak, 0 to 1.
 * @property {number} it The assistant's peak, 0 to 1.
 */

/**
 * @param {CanvasRenderingContext2D} pen Where to draw.
 * @param {{x: number, level: number, height: number, alpha: number}} bar One bar, centred on the strip.
 */
function drawBar(pen, { x, level, height, alpha }) {
  const tall = Math.max(2, Math.sqrt(level) * (height - 8));
  pen.globalAlpha = alpha;
  pen.beginPath();
  pen.roundRect(x, (height - tall) / 2, BAR, tall, 1.5);
  pen.fill();
}

/**
 * Paints the strip: the newest bar on the right, dots where nothing was heard.
 *
 * @param {HTMLCanvasElement} canvas The strip. Its `color`, `outline-color` and `text-decoration-color` are the
 *   person's, the assistant's and the quiet colour.
 * @param {readonly Sample[]} samples Oldest first.
 */
function paint(canvas, samples) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const pen = canvas.getContext("2d");
  if (!pen || width === 0) return;
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  pen.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const count = Math.floor((width - 2 * INSET + STEP - BAR) / STEP);
  for (let back = 0; back < count; back++) {
    const x = width - INSET - BAR - back * STEP;
    const { you, it } = samples[samples.length - 1 - back] ?? { you: 0, it: 0 };
    pen.fillStyle = style.textDecorationColor;
    if (you < 0.004 && it < 0.004)
      drawBar(pen, { x, level: 0, height, alpha: 1 });
    pen.fillStyle = style.outlineColor;
    if (it >= 0.004)
      drawBar(pen, { x, level: it, height, alpha: you < it ? 0.9 : 0.45 });
    pen.fillStyle = style.color;
    if (you >= 0.004)
      drawBar(pen, { x, level: you, height, alpha: you < it ? 0.6 : 0.9 });
  }
}

/**
 * The last seconds of both sides' levels. It moves only while one side can be heard, and rests otherwise.
 *
 * @param {AbortSignal} signal Ends the part.
 * @returns {Part & {repaint: () => void}} The strip; `repaint` takes up new colours.
 */
export function createMeter(signal) {
  const element = el("canvas", { class: "rt-meter", "aria-hidden": "true" });
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Sample[]} */
  const samples = [];
  /** @type {Sample} */
  let peak = { you: 0, it: 0 };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {CardState | null} */
  let latest = null;
  let visible = true;

  const repaint = () => paint(element, samples);
  const audible = () => latest?.microphone === "on" || latest?.playing === true;
  const measure = () => {
    const you = latest?.microphone === "on" ? latest.microphone_level : 0;
    const it = latest?.playing ? latest.speaker_level : 0;
    peak = { you: Math.max(peak.you, you), it: Math.max(peak.it, it) };
  };
  const tick = () => {
    timer = undefined;
    measure();
    samples.push(peak);
    if (samples.length > KEPT) samples.splice(0, samples.length - KEPT);
    peak = { you: 0, it: 0 };
    if (visible) requestAnimationFrame(repaint);
    if (audible() && !signal.aborted) run();
  };
  const run = () => {
    timer ??= setTimeout(tick, calm.matches ? CALM_TICK : TICK);
  };

  const sizes = new ResizeObserver(repaint);
  sizes.observe(element);
  const sight = new IntersectionObserver(([entry]) => {
    visible = entry?.isIntersecting ?? true;
    if (visible) repaint();
  });
  sight.observe(element);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    sizes.disconnect();
    sight.disconnect();
  });

  return {
    element,
    reads: ["microphone", "microphone_level", "playing", "speaker_level"],
    update(state) {
      latest = state;
      measure();
      if (audible() && !signal.aborted) run();
    },
    repaint,
  };
}
