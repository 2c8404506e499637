import { bars } from "./bars.js";
import { orb } from "./orb.js";
import { waveform } from "./waveform.js";

/** @import {Preferences} from "../types.js" */

/**
 * Peaks of a moment, 0 to 1.
 *
 * @typedef {object} Levels
 * @property {number} you The person's.
 * @property {number} it The assistant's.
 */

/**
 * @typedef {object} View
 * @property {number} width Of the strip, in px.
 * @property {number} height Likewise.
 * @property {readonly Levels[]} samples Moments, oldest first.
 * @property {{you: string, it: string, quiet: string}} colours Of the two sides, and of silence.
 */

/**
 * Draws the levels on a strip that was cleared before.
 *
 * @callback Visualiser
 * @param {CanvasRenderingContext2D} pen Where to draw, in px of the page.
 * @param {View} view What to draw.
 */

/** @type {Record<Preferences["visualiser"], Visualiser>} */
export const VISUALISERS = { bars, waveform, orb };
