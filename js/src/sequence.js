/**
 * A hole in the numbers.
 *
 * @typedef {object} Gap
 * @property {string} epoch Whose numbers.
 * @property {number} from First that is missing.
 * @property {number} to Last that is missing.
 */

/**
 * @template Piece
 * @typedef {object} SequenceOptions
 * @property {(piece: Piece) => void} onReady Gets each piece once, in order.
 * @property {(gap: Gap) => void} onGap Is told of a hole once, and again while it stays open.
 * @property {(count: number) => void} onLost Is told how many pieces were given up.
 * @property {number} [patience] After this many further pieces an open hole is told again.
 * @property {number} [limit] After this many waiting pieces an open hole is given up.
 */

/**
 * Puts numbered pieces back in order, notices holes, and goes on when a hole is never filled.
 *
 * @template Piece
 */
export class Sequence {
  #options;
  #patience;
  #limit;
  /** @type {string | null} */
  #epoch = null;
  /** @type {Set<string>} */
  #past = new Set();
  #next = 0;
  #highest = -1;
  #sinceTold = 0;
  /** @type {Map<number, Piece>} */
  #waiting = new Map();

  /** @param {SequenceOptions<Piece>} options Who is told what. */
  constructor(options) {
    this.#options = options;
    this.#patience = options.patience ?? 8;
    this.#limit = options.limit ?? 32;
  }

  /** The number that comes next; null before the first piece. */
  get next() {
    return this.#epoch === null ? null : this.#next;
  }

  /**
   * Says where the numbers stand: a new epoch is entered there; of the present one, what is missing until there is told.
   *
   * @param {string} epoch Whose numbers.
   * @param {number} next The number that comes next.
   */
  join(epoch, next) {
    if (epoch !== this.#epoch) this.#enter(epoch, next);
    const hole = this.#highest + 1;
    if (hole >= next) return;
    this.#highest = next - 1;
    this.#tell(hole, next - 1);
  }

  /**
   * Takes a piece. A new epoch begins at 0, and the first of all begins where it stands.
   *
   * @param {string} epoch Whose number it is; pieces of an epoch that is over are left out.
   * @param {number} seq Its number; one that was seen is left out.
   * @param {Piece} piece What is delivered.
   */
  push(epoch, seq, piece) {
    if (this.#past.has(epoch)) return;
    if (epoch !== this.#epoch) {
      this.#enter(epoch, this.#epoch === null ? seq : 0);
    }
    if (seq < this.#next || this.#waiting.has(seq)) return;
    this.#waiting.set(seq, piece);
    const hole = seq > this.#highest + 1 ? this.#highest + 1 : null;
    this.#highest = Math.max(this.#highest, seq);
    this.#deliver();
    if (hole !== null) this.#tell(hole, seq - 1);
    else if (this.#waiting.size > 0) this.#remind();
    if (this.#waiting.size >= this.#limit) this.#giveUp();
  }

  /**
   * @param {string} epoch Begins.
   * @param {number} next Its first number.
   */
  #enter(epoch, next) {
    if (this.#epoch !== null) this.#past.add(this.#epoch);
    this.#epoch = epoch;
    this.#next = next;
    this.#highest = next - 1;
    this.#sinceTold = 0;
    this.#waiting.clear();
  }

  #deliver() {
    for (;;) {
      const seq = this.#next;
      const piece = this.#waiting.get(seq);
      if (piece === undefined) return;
      this.#waiting.delete(seq);
      this.#next = seq + 1;
      this.#options.onReady(piece);
    }
  }

  /**
   * @param {number} from First that is missing.
   * @param {number} to Last that is missing.
   */
  #tell(from, to) {
    this.#sinceTold = 0;
    this.#options.onGap({ epoch: this.#epoch ?? "", from, to });
  }

  #remind() {
    this.#sinceTold += 1;
    if (this.#sinceTold < this.#patience) return;
    this.#tell(this.#next, Math.min(...this.#waiting.keys()) - 1);
  }

  #giveUp() {
    const first = Math.min(...this.#waiting.keys());
    this.#options.onLost(first - this.#next);
    this.#sinceTold = 0;
    this.#next = first;
    this.#deliver();
  }
}

/**
 * The last pieces that were sent, for when one has to be sent again.
 *
 * @template Piece
 */
export class SentWindow {
  #size;
  /** @type {Map<number, Piece>} */
  #pieces = new Map();

  /** @param {number} size How many are kept. */
  constructor(size) {
    this.#size = size;
  }

  /**
   * @param {number} seq Its number, higher than the one before.
   * @param {Piece} piece What was sent.
   */
  add(seq, piece) {
    this.#pieces.set(seq, piece);
    this.#pieces.delete(seq - this.#size);
  }

  /**
   * @param {number} from First number.
   * @param {number} to Last number.
   * @returns {Piece[]} Those of them that are still kept, in order.
   */
  range(from, to) {
    return [...this.#pieces]
      .filter(([seq]) => seq >= from && seq <= to)
      .map(([, piece]) => piece);
  }

  /** Numbers start again. */
  clear() {
    this.#pieces.clear();
  }
}
