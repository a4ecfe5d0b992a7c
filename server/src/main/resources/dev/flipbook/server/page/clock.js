/** Our clock, and what is known of the server's. */

/** The current time in ms since 1970. Date is not used, because ages would jump when the machine's clock is set. */
export const now = () => performance.timeOrigin + performance.now();

/** The offset between the server's clock and ours, from the ping of the last minute that returned most quickly. */
export class Clock {
  offset = 0;
  known = false;
  /** @type {{ offset: number, trip: number, at: number }[]} */
  #samples = [];

  /** Forgets what is known, because the next answers come from another connection. */
  reset() {
    this.#samples = [];
    this.offset = 0;
    this.known = false;
  }

  /**
   * Takes the answer to a ping.
   *
   * @param {number} sent when the ping was sent
   * @param {number} time the server's time
   * @param {number} at when the answer came
   */
  add(sent, time, at) {
    const sample = { offset: time - (sent + at) / 2, trip: at - sent, at };
    // If two offsets differ by more than both round trips allow, one of the clocks was set, and the older offset is
    // stale.
    const fits = (/** @type {typeof sample} */ old) => Math.abs(old.offset - sample.offset) <= (old.trip + sample.trip) / 2 + 5;
    this.#samples = this.#samples.filter((old) => at - old.at < 60_000 && fits(old));
    this.#samples.push(sample);
    this.offset = this.#samples.reduce((best, one) => (one.trip < best.trip ? one : best)).offset;
    this.known = true;
  }
}
