import { SAMPLE_RATE_HZ } from "./pcm16.js";

const FRAME_MS = 10;
const FRAME_SAMPLES = (SAMPLE_RATE_HZ * FRAME_MS) / 1000;

/** Speech has most of its energy between these. */
const LOW_HZ = 180;
const HIGH_HZ = 3800;

/** Above the noise, and above this whatever the noise: a voice, in dB. */
const ABOVE_NOISE_DB = 12;
const FAINTEST_DB = -48;
/** A frame that is so much above the threshold counts twice; a sum of 5 is speech: 30 to 50 ms. */
const LOUD_DB = 9;
const ENOUGH = 5;
/** While somebody speaks, so much less is needed to go on, */
const HYSTERESIS_DB = 4;
/** and so much silence ends it. */
const HANGOVER_FRAMES = 200 / FRAME_MS;
const TELL_FRAMES = 200 / FRAME_MS;

/** The noise is the quietest frame of the last 1.5 s: speech has pauses, a fan has not. */
const WINDOWS = 12;
const WINDOW_FRAMES = 12;

/** What a loudspeaker at full level may leave in the microphone behind the echo canceller, in dB. */
const ECHO_DB = -38;
/** A room's echo is gone after some 300 ms. */
const ECHO_DECAY_DB = 0.8;
const FALSE_ALARM_DB = 6;
const MOST_FALSE_ALARM_DB = 18;
const FALSE_ALARM_FRAMES = 10_000 / FRAME_MS;

const SILENCE_DB = -120;

/**
 * Hears whether somebody speaks: cheap, within some 30 ms of a loud voice, in any steady noise.
 *
 * Runs in the audio thread and allocates nothing.
 */
export class Ear {
  #high = new Biquad("high", LOW_HZ);
  #low = new Biquad("low", HIGH_HZ);
  #energy = 0;
  #samples = 0;
  #quietest = new Float32Array(WINDOWS).fill(Number.POSITIVE_INFINITY);
  #window = 0;
  #windowFrames = 0;
  #score = 0;
  #quiet = 0;
  #untold = 0;
  #speaker = SILENCE_DB;
  #echo = SILENCE_DB;
  #alarms = 0;
  #alarmFrames = 0;
  /** Whether somebody speaks. */
  speaking = false;

  /**
   * @param {Float32Array} samples Mono at 24 kHz.
   * @param {number} count How many of them.
   * @returns {boolean} Whether there is something to tell: a change, or that speech goes on.
   */
  push(samples, count) {
    let news = false;
    for (let i = 0; i < count; i += 1) {
      const voice = this.#low.next(
        this.#high.next(/** @type {number} */ (samples[i])),
      );
      this.#energy += voice * voice;
      this.#samples += 1;
      if (this.#samples === FRAME_SAMPLES) news = this.#frame() || news;
    }
    return news;
  }

  /** @param {number} level How loud the page's own speaker is from now on, 0 to 1. */
  speaker(level) {
    this.#speaker = decibels(level * level) + ECHO_DB;
  }

  /** What was taken for speech was none: the ear is less keen for some seconds. */
  falseAlarm() {
    this.#alarms = Math.min(MOST_FALSE_ALARM_DB, this.#alarms + FALSE_ALARM_DB);
    this.#alarmFrames = FALSE_ALARM_FRAMES;
  }

  /**
   * Forgets that somebody speaks, not how noisy it is.
   *
   * @returns {boolean} Whether somebody spoke.
   */
  reset() {
    const spoke = this.speaking;
    this.speaking = false;
    this.#score = 0;
    this.#energy = 0;
    this.#samples = 0;
    return spoke;
  }

  /** @returns {boolean} Whether there is something to tell. */
  #frame() {
    const level = decibels(this.#energy / FRAME_SAMPLES);
    this.#energy = 0;
    this.#samples = 0;
    this.#echo = Math.max(this.#speaker, this.#echo - ECHO_DECAY_DB);
    const over = level - this.#threshold(level);
    if (this.#alarmFrames > 0) this.#alarmFrames -= 1;
    else this.#alarms = 0;
    return this.speaking ? this.#goOn(over) : this.#wait(over);
  }

  /**
   * @param {number} level Of the frame, in dB; the noise is learned from it.
   * @returns {number} What is speech, in dB.
   */
  #threshold(level) {
    const quietest = this.#quietest;
    const window = this.#window;
    quietest[window] = Math.min(
      level,
      /** @type {number} */ (quietest[window]),
    );
    this.#windowFrames += 1;
    if (this.#windowFrames === WINDOW_FRAMES) {
      this.#windowFrames = 0;
      this.#window = (window + 1) % WINDOWS;
      quietest[this.#window] = Number.POSITIVE_INFINITY;
    }
    let noise = level;
    for (let i = 0; i < WINDOWS; i += 1) {
      noise = Math.min(noise, /** @type {number} */ (quietest[i]));
    }
    const least = Math.max(noise + ABOVE_NOISE_DB, FAINTEST_DB, this.#echo);
    return least + this.#alarms;
  }

  /** @param {number} over How much the frame is above the threshold, in dB. */
  #wait(over) {
    if (over < 0) this.#score = Math.max(0, this.#score - 1);
    else this.#score += over >= LOUD_DB ? 2 : 1;
    if (this.#score < ENOUGH) return false;
    this.speaking = true;
    this.#quiet = 0;
    this.#untold = 0;
    return true;
  }

  /** @param {number} over How much the frame is above the threshold, in dB. */
  #goOn(over) {
    this.#quiet = over + HYSTERESIS_DB < 0 ? this.#quiet + 1 : 0;
    this.#untold += 1;
    if (this.#quiet >= HANGOVER_FRAMES) {
      this.speaking = false;
      this.#score = 0;
      return true;
    }
    if (this.#untold < TELL_FRAMES) return false;
    this.#untold = 0;
    return true;
  }
}

/** A second-order Butterworth filter for 24 kHz. */
class Biquad {
  #b0;
  #b1;
  #a1;
  #a2;
  #s1 = 0;
  #s2 = 0;

  /**
   * @param {"high" | "low"} passes What passes.
   * @param {number} hz The edge.
   */
  constructor(passes, hz) {
    const angle = (2 * Math.PI * hz) / SAMPLE_RATE_HZ;
    const alpha = Math.sin(angle) * Math.SQRT1_2;
    const cosine = Math.cos(angle);
    const a0 = 1 + alpha;
    const edge = passes === "high" ? 1 + cosine : 1 - cosine;
    this.#b0 = edge / 2 / a0;
    this.#b1 = (passes === "high" ? -edge : edge) / a0;
    this.#a1 = (-2 * cosine) / a0;
    this.#a2 = (1 - alpha) / a0;
  }

  /** @param {number} x A sample. */
  next(x) {
    const y = this.#b0 * x + this.#s1;
    this.#s1 = this.#b1 * x - this.#a1 * y + this.#s2;
    this.#s2 = this.#b0 * x - this.#a2 * y;
    return y;
  }
}

/** @param {number} power Mean square. */
function decibels(power) {
  return power > 1e-12 ? 10 * Math.log10(power) : SILENCE_DB;
}
