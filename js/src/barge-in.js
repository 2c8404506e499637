/** The page's ear calls speech over only after this much silence. */
const EAR_TAIL_MS = 200;
/** Longest wait, beyond the grace period, for the server to say that it hears nothing more. */
const PATIENCE_MS = 1500;

/**
 * @typedef {object} Consequences
 * @property {(limitMs: number) => void} hold Pause the answer at once, and call `expire` after this time.
 * @property {(fooled: boolean) => void} release Go on; `fooled` when the page's own ear took something else for speech.
 * @property {() => void} interrupt The person speaks: end the answer.
 */

/**
 * Decides, while an answer plays, whether the person interrupts it.
 *
 * At the first sign of speech, of the page's own ear or the server's, the answer pauses. It ends when the page's ear has
 * heard speech for the grace period, and goes on when neither ear hears any more (a cough, a door). What only the server
 * hears is the kernel's to judge: it flushes. A fold without a clock: each fact comes with its time in milliseconds.
 */
export class BargeIn {
  #act;
  #playing = false;
  #armed = false;
  #graceMs = 500;
  /** Since when the page's ear hears speech over an answer. @type {number | null} */
  #earSince = null;
  #serverHears = false;
  #held = false;
  #fooled = false;

  /** @param {Consequences} consequences What to do. */
  constructor(consequences) {
    this.#act = consequences;
  }

  /** Whether an answer is paused because it is not clear yet who speaks. */
  get holding() {
    return this.#held;
  }

  /**
   * @param {boolean} armed Whether speech may interrupt at all; while it may not, the page's ear is not listened to.
   * @param {number} graceMs Speech that is shorter is a false alarm; 0 interrupts at once.
   */
  configure(armed, graceMs) {
    this.#graceMs = graceMs;
    this.#armed = armed;
    if (armed) return;
    this.#earSince = null;
    this.#letGo(false);
  }

  /**
   * @param {number} at When, in ms.
   * @param {boolean} playing Whether an answer can be heard, or is paused here.
   */
  playing(at, playing) {
    if (playing === this.#playing) return;
    this.#playing = playing;
    if (!playing) {
      this.#letGo(false);
      return;
    }
    // The person speaks on where the answer begins: what was said before does not count against it.
    const speaking = this.#earSince !== null;
    if (speaking) this.#earSince = at;
    if (speaking || this.#serverHears) this.#hold(false);
  }

  /**
   * The page's own ear; tells at each change and some times a second.
   *
   * @param {number} at When, in ms.
   * @param {boolean} speaking Whether it hears speech.
   */
  ear(at, speaking) {
    if (!this.#armed) return;
    const begins = speaking && this.#earSince === null;
    if (!speaking) this.#earSince = null;
    else if (begins) this.#earSince = at;
    if (begins && this.#graceMs <= 0) this.#interrupt();
    else if (begins) this.#hold(true);
    this.#judge(at);
  }

  /** The ear is shut. */
  deafen() {
    this.#earSince = null;
    this.#letGo(false);
  }

  /**
   * The server's ear.
   *
   * @param {number} at When, in ms.
   * @param {boolean} hears Whether it hears speech; true again is a new sign.
   */
  server(at, hears) {
    this.#serverHears = hears;
    if (hears) this.#hold(false);
    else this.#judge(at);
  }

  /** The answer was silenced for another reason. */
  silenced() {
    this.#playing = false;
    this.#letGo(false);
  }

  /** A hold has lasted as long as it may. */
  expire() {
    if (!this.#held) return;
    this.#serverHears = false;
    if (this.#earSince === null) this.#letGo(false);
    else this.#interrupt();
  }

  /** @param {boolean} byEar Whether the page's own ear says so. */
  #hold(byEar) {
    if (!(this.#armed && this.#playing) || this.#held) return;
    this.#held = true;
    this.#fooled = byEar;
    this.#act.hold(this.#graceMs + PATIENCE_MS);
  }

  /** @param {number} at Now. */
  #judge(at) {
    if (!this.#held) return;
    if (this.#earSince === null) {
      if (!this.#serverHears) this.#letGo(this.#fooled);
    } else if (at - this.#earSince >= this.#graceMs + EAR_TAIL_MS) {
      this.#interrupt();
    }
  }

  #interrupt() {
    if (!(this.#armed && this.#playing)) return;
    this.#held = false;
    this.#playing = false;
    this.#act.interrupt();
  }

  /** @param {boolean} fooled Whether the ear had taken something else for speech. */
  #letGo(fooled) {
    if (!this.#held) return;
    this.#held = false;
    this.#act.release(fooled);
  }
}
