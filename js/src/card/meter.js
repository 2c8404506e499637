import { listen } from "../listen.js";
import { VISUALISERS } from "../visualisers/index.js";
import { SILENCE } from "../visualisers/levels.js";
import { el, setAttribute } from "./dom.js";

/** @import {CardState} from "../types.js" */
/** @import {Levels, View} from "../visualisers/index.js" */
/** @import {Part} from "./card.js" */

/** Milliseconds of one moment; slower where the person asked for less motion. */
const TICK = 125;
const CALM_TICK = 320;
/** The strip rests after so many silent moments, until somebody is heard. */
const REST = 10;
/** Enough for a card of 1,500 px. */
const KEPT = 300;

/** @type {Levels} */
const NOTHING = { you: 0, it: 0 };

/**
 * @param {CardState} state The card's state.
 * @returns {Levels} How loud both sides are now.
 */
function levelsOf(state) {
  const hears = state.microphone === "on" && !state.muted;
  const speaks = state.playing || state.replaying !== null;
  return {
    you: hears ? state.microphone_level : 0,
    it: speaks ? state.speaker_level : 0,
  };
}

/** @param {Levels} levels Of a moment. */
const isLoud = ({ you, it }) => you >= SILENCE || it >= SILENCE;

/**
 * The canvas with its size and colours, looked up when they change and not while it moves.
 *
 * @param {HTMLCanvasElement} canvas The strip. Its `color`, `outline-color` and `text-decoration-color` are the
 *   person's, the assistant's and the quiet colour.
 * @returns {{measure: () => void, view: Omit<View, "samples">, pen: CanvasRenderingContext2D | null}} What to draw on.
 */
function createStrip(canvas) {
  const pen = canvas.getContext("2d");
  const view = {
    width: 0,
    height: 0,
    colours: { you: "", it: "", quiet: "" },
  };
  const measure = () => {
    const scale = devicePixelRatio || 1;
    const style = getComputedStyle(canvas);
    view.colours = {
      you: style.color,
      it: style.outlineColor,
      quiet: style.textDecorationColor,
    };
    // A host that changes its theme may take the page out of sight for a moment.
    if (canvas.clientWidth === 0) return;
    view.width = canvas.clientWidth;
    view.height = canvas.clientHeight;
    canvas.width = Math.round(view.width * scale);
    canvas.height = Math.round(view.height * scale);
    pen?.scale(scale, scale);
  };
  return { measure, view, pen };
}

/**
 * The last seconds of both sides' levels. It moves only while one side can be heard and the strip can be seen.
 *
 * @param {object} options
 * @param {(levels: Levels, calm: boolean) => void} options.beat Is given each moment, for what moves with the strip.
 * @param {AbortSignal} options.signal Ends the part.
 * @returns {Part & {repaint: () => void}} The strip; `repaint` takes up new colours.
 */
export function createMeter({ beat, signal }) {
  const element = el("canvas", { class: "rt-meter", "aria-hidden": "true" });
  const { measure, view, pen } = createStrip(element);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Levels[]} */
  const samples = [];
  let peak = NOTHING;
  let now = NOTHING;
  let quiet = 0;
  let visible = true;
  let draw = VISUALISERS.bars;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const paint = () => {
    if (!pen || view.width === 0) return;
    pen.clearRect(0, 0, view.width, view.height);
    draw(pen, { ...view, samples });
  };
  const repaint = () => {
    measure();
    paint();
  };
  const tick = () => {
    timer = undefined;
    samples.push(peak);
    if (samples.length > KEPT) samples.shift();
    paint();
    beat(peak, calm.matches);
    quiet = isLoud(peak) ? 0 : quiet + 1;
    peak = now;
    if (quiet < REST) run();
  };
  const run = () => {
    if (!visible || signal.aborted) return;
    timer ??= setTimeout(tick, calm.matches ? CALM_TICK : TICK);
  };
  const see = (/** @type {boolean} */ value) => {
    visible = value;
    if (visible && isLoud(now)) run();
  };

  const sizes = new ResizeObserver(repaint);
  sizes.observe(element);
  const sight = new IntersectionObserver(([entry]) =>
    see(entry?.isIntersecting ?? true),
  );
  sight.observe(element);
  listen(signal, "abort", () => {
    clearTimeout(timer);
    sizes.disconnect();
    sight.disconnect();
  });

  return {
    element,
    reads: [
      "microphone",
      "microphone_level",
      "muted",
      "playing",
      "replaying",
      "speaker_level",
      "preferences",
    ],
    update(state, changed) {
      now = levelsOf(state);
      peak = {
        you: Math.max(peak.you, now.you),
        it: Math.max(peak.it, now.it),
      };
      if (isLoud(peak)) run();
      if (!changed.has("preferences")) return;
      const { visualiser } = state.preferences;
      draw = VISUALISERS[visualiser];
      setAttribute(element, "data-kind", visualiser);
      paint();
    },
    repaint,
  };
}
