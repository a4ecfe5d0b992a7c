/** What is known about a picture on the screen, and the word for its state. */

import { now } from './clock.js';

/** @typedef {'connecting' | 'live' | 'late' | 'stale' | 'placeholder' | 'lost' | 'refused' | 'frozen'} ViewState */

const HISTORY_S = 60;

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
}

/**
 * How long the next picture may take until the feed is late, and until it is stale.
 *
 * @param {number} expected interval in ms
 */
export const limits = (expected) => ({ late: Math.max(1000, 2 * expected), stale: Math.max(4000, 3 * expected) });

/**
 * The state of a view.
 *
 * @param {{ frozen: boolean, lost: boolean, refused: boolean, shown: boolean, placeholder: boolean, silent: number,
 *     expected: number }} of
 *     silent: ms since the last new picture
 * @returns {ViewState}
 */
export function judge({ frozen, lost, refused, shown, placeholder, silent, expected }) {
  if (frozen) return 'frozen';
  if (lost) return 'lost';
  if (refused) return 'refused';
  if (!shown) return 'connecting';
  if (placeholder) return 'placeholder';
  const { late, stale } = limits(expected);
  return silent > stale ? 'stale' : silent > late ? 'late' : 'live';
}

/**
 * The figures of a view. Times are ms since 1970, `captured` by the server's clock and all others by ours. Ages and
 * intervals are in ms.
 */
export class Figures {
  /** @type {ViewState} */
  state = 'connecting';
  reason = '';
  since = now();
  /** @type {number?} */
  sequence = null;
  /** @type {number?} */
  captured = null;
  /** Time at which the picture was painted; `age` is how old it was then. @type {number?} */
  paintedAt = null;
  /** @type {number?} */
  age = null;
  width = 0;
  height = 0;
  /** How far the server has reduced the size because the connection is slow, 0 to 3. */
  step = 0;
  /** @type {'ws' | 'img' | 'snapshot'} */
  transport = 'ws';
  placeholder = false;
  painted = 0;
  /** Pictures that arrived but were replaced by a newer one before they could be painted. */
  skipped = 0;
  /** Pictures that the browser could not decode. */
  broken = 0;
  bytesPerSecond = 0;
  /** One entry a second, for the last minute. @type {{ t: number, age: number?, fps: number }[]} */
  history = [];
  /** @type {{ at: number, age: number? }[]} */
  #recent = [];
  /** @type {number[]} */
  #intervals = [];
  #bytes = 0;
  #secondAt = now();

  /** Pictures painted a second, over the last five seconds. */
  get fps() {
    const times = this.#last(5000);
    const span = times.length > 1 ? times[times.length - 1].at - times[0].at : 0;
    return span > 0 ? (1000 * (times.length - 1)) / span : 0;
  }

  /** The median age of the last second, or the age of the last picture if none came in that second. */
  get ageP50() {
    return median(this.#last(1000).flatMap(({ age }) => age ?? [])) ?? this.age;
  }

  /** The median of the recent intervals between two pictures; null if there were fewer than two pictures. */
  get interval() {
    return median(this.#intervals);
  }

  /** Counts a painted picture; returns whether it is a new one. @param {any} message */
  paint({ sequence, captured, placeholder, at, age, width, height, skipped = 0, broken = 0, bytes = 0 }) {
    const fresh = !placeholder && sequence !== this.sequence;
    if (fresh && this.captured !== null && captured > this.captured) {
      this.#intervals = [...this.#intervals.slice(-8), captured - this.captured];
    }
    if (!placeholder) this.#recent = [...this.#last(5000), { at, age }];
    Object.assign(this, { sequence, captured, placeholder, paintedAt: at, age, width, height });
    this.painted++;
    this.skipped += skipped;
    this.broken += broken;
    this.#bytes += bytes;
    return fresh;
  }

  /** Called once a second. */
  second() {
    const t = now();
    this.bytesPerSecond = Math.round((1000 * this.#bytes) / Math.max(1, t - this.#secondAt));
    this.#bytes = 0;
    this.#secondAt = t;
    const age = median(this.#last(1000).flatMap((one) => one.age ?? []));
    this.history = [...this.history.slice(1 - HISTORY_S), { t, age, fps: this.fps }];
  }

  #last(ms) {
    const from = now() - ms;
    return this.#recent.filter(({ at }) => at >= from);
  }
}
