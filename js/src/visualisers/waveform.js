/** @import {Levels, View} from "./index.js" */

const STEP = 4;
const INSET = 16;

/**
 * Two waves around one line, each as high as its side was loud; the newest moment is on the right.
 *
 * @param {CanvasRenderingContext2D} pen Where to draw.
 * @param {View} view What to draw.
 */
export function waveform(pen, { width, height, samples, colours }) {
  const middle = height / 2;
  const reach = middle - 4;
  const count = Math.floor((width - 2 * INSET) / STEP);
  const first = samples.length - count;
  /** @type {(levelOf: (moment: Levels) => number, side: 1 | -1, back: boolean) => void} */
  const edge = (levelOf, side, back) => {
    for (let n = 0; n <= count; n += 1) {
      const place = back ? count - n : n;
      const moment = samples[first + place];
      const level = moment ? Math.sqrt(levelOf(moment)) : 0;
      const x = INSET + place * STEP;
      const y = middle + side * level * reach;
      const before = x - (back ? -STEP : STEP) / 2;
      pen.quadraticCurveTo(before, y, x, y);
    }
  };
  pen.fillStyle = colours.quiet;
  pen.fillRect(INSET, middle - 0.5, width - 2 * INSET, 1);
  /** @type {(colour: string, levelOf: (moment: Levels) => number) => void} */
  const draw = (colour, levelOf) => {
    pen.fillStyle = colour;
    pen.globalAlpha = 0.8;
    pen.beginPath();
    pen.moveTo(INSET, middle);
    edge(levelOf, -1, false);
    edge(levelOf, 1, true);
    pen.closePath();
    pen.fill();
  };
  draw(colours.it, ({ it }) => it);
  draw(colours.you, ({ you }) => you);
  pen.globalAlpha = 1;
}
