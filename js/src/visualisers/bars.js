import { SILENCE } from "./levels.js";

/** @import {Levels, View} from "./index.js" */

const BAR = 3;
const STEP = 5;
/** Free space at both ends, in px. */
const INSET = 16;

/**
 * One bar a moment, the newest on the right; dots where nothing was heard.
 *
 * @param {CanvasRenderingContext2D} pen Where to draw.
 * @param {View} view What to draw.
 */
export function bars(pen, { width, height, samples, colours }) {
  const count = Math.floor((width - 2 * INSET + STEP - BAR) / STEP);
  const newest = samples.length - 1;
  /** @type {(colour: string, levelOf: (moment: Levels) => number | null) => void} */
  const draw = (colour, levelOf) => {
    pen.fillStyle = colour;
    pen.beginPath();
    for (let back = 0; back < count; back += 1) {
      const level = levelOf(samples[newest - back] ?? { you: 0, it: 0 });
      if (level === null) continue;
      const tall = Math.max(2, Math.sqrt(level) * (height - 8));
      const x = width - INSET - BAR - back * STEP;
      const y = (height - tall) / 2;
      // Most of a strip is silence, and a plain dot is painted far sooner.
      if (tall <= 4) pen.rect(x, y, BAR, tall);
      else pen.roundRect(x, y, BAR, tall, 1.5);
    }
    pen.fill();
  };
  draw(colours.quiet, ({ you, it }) =>
    you < SILENCE && it < SILENCE ? 0 : null,
  );
  draw(colours.it, ({ you, it }) => (it >= SILENCE && it >= you ? it : null));
  draw(colours.you, ({ you, it }) => (you >= SILENCE && you > it ? you : null));
  pen.globalAlpha = 0.45;
  draw(colours.it, ({ you, it }) => (it >= SILENCE && it < you ? it : null));
  draw(colours.you, ({ you, it }) =>
    you >= SILENCE && you <= it ? you : null,
  );
  pen.globalAlpha = 1;
}
