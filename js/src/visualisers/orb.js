import { SILENCE } from "./levels.js";

/** @import {Levels, View} from "./index.js" */

const RAYS = 60;

/**
 * A ball that swells with the voice, in the middle of rays that remember the last seconds: the newest at the top,
 * the person's to the left and the assistant's to the right.
 *
 * @param {CanvasRenderingContext2D} pen Where to draw.
 * @param {View} view What to draw.
 */
export function orb(pen, { width, height, samples, colours }) {
  const [x, y] = [width / 2, height / 2];
  const inner = height * 0.29;
  const reach = height * 0.17;
  const { you, it } = samples.at(-1) ?? { you: 0, it: 0 };
  const louder = it >= you ? colours.it : colours.you;
  const tone = Math.max(you, it) < SILENCE ? colours.quiet : louder;

  pen.lineWidth = 2.5;
  pen.lineCap = "round";
  /** @type {(colour: string, side: 1 | -1, levelOf: (moment: Levels) => number) => void} */
  const rays = (colour, side, levelOf) => {
    pen.strokeStyle = colour;
    pen.beginPath();
    for (let n = 0; n < RAYS / 2; n += 1) {
      const moment = samples[samples.length - 1 - n];
      const level = moment ? Math.sqrt(levelOf(moment)) : 0;
      const angle = side * ((n + 0.5) / RAYS) * 2 * Math.PI - Math.PI / 2;
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const far = inner + 3 + Math.max(0.5, level * reach);
      pen.moveTo(x + dx * (inner + 3), y + dy * (inner + 3));
      pen.lineTo(x + dx * far, y + dy * far);
    }
    pen.stroke();
  };
  rays(colours.you, -1, (moment) => moment.you);
  rays(colours.it, 1, (moment) => moment.it);

  const size = inner * (0.72 + 0.2 * Math.sqrt(Math.max(you, it)));
  const shine = pen.createRadialGradient(
    x - size * 0.35,
    y - size * 0.45,
    size * 0.1,
    x,
    y,
    size,
  );
  shine.addColorStop(0, "rgb(255 255 255 / 65%)");
  shine.addColorStop(0.6, "rgb(255 255 255 / 8%)");
  shine.addColorStop(1, "rgb(0 0 0 / 14%)");
  for (const paint of [tone, shine]) {
    pen.fillStyle = paint;
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.fill();
  }
}
