/** What the page knows of the world: the server's answers, and whether anybody looks. */

/** Where Flipbook lives, seen from this file; so a reverse proxy may put it below any path. */
export const root = new URL('../', import.meta.url);

export function feedUrl(name, ending) {
  return new URL(`feeds/${encodeURIComponent(name)}${ending}`, root);
}

/** Half a second, doubled with each failure up to three, give or take a fifth so that pages do not return in step. */
export function backOff(failures) {
  return Math.min(3_000, 250 * 2 ** failures) * (0.8 + 0.4 * Math.random());
}

const HIDDEN_MS = 5000;

/**
 * Tells `heed(true)` when the page comes into sight and `heed(false)` once it has been out of it for five seconds or is
 * left; a glance at another tab so costs no reconnection. Coming back counts as a new arrival also when the timer never
 * ran, as on a phone that froze the page: its streams are dead by then.
 */
export function presence(heed) {
  let here = false;
  let hiddenAt = 0;
  let timer;
  const arrive = () => {
    clearTimeout(timer);
    if (hiddenAt && Date.now() - hiddenAt > HIDDEN_MS) leave();
    hiddenAt = 0;
    if (!here) heed((here = true));
  };
  const leave = () => {
    clearTimeout(timer);
    if (here) heed((here = false));
  };
  const look = () => {
    if (!document.hidden) return arrive();
    hiddenAt ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(leave, HIDDEN_MS);
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', look);
  look();
}

/** Asks the server the same question once a second, less often while it does not answer. */
export class Poll {
  #path;
  #heard;
  #lost;
  #on = false;
  #failures = 0;
  #asked = null;
  #timer;

  /** `heard` gets each answer, null standing for "there is no such thing"; `lost` is called for each one missing. */
  constructor(path, heard, lost) {
    this.#path = path;
    this.#heard = heard;
    this.#lost = lost;
    addEventListener('online', () => this.now());
    document.addEventListener('visibilitychange', () => document.hidden || this.now());
  }

  start() {
    this.#on = true;
    this.now();
  }

  stop() {
    this.#on = false;
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#asked = null;
  }

  now() {
    if (!this.#on) return;
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#ask((this.#asked = new AbortController()));
  }

  async #ask(asked) {
    const late = setTimeout(() => asked.abort(), 5000);
    const answer = await this.#fetch(asked.signal).catch(() => undefined);
    clearTimeout(late);
    if (this.#asked !== asked) return;
    const there = answer !== undefined;
    this.#failures = there ? 0 : this.#failures + 1;
    this.#timer = setTimeout(() => this.now(), there ? 1000 : backOff(this.#failures));
    if (there) this.#heard(answer);
    else this.#lost();
  }

  async #fetch(signal) {
    const headers = { Accept: 'application/json' };
    const response = await fetch(new URL(this.#path, root), { signal, headers, cache: 'no-store' });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.json();
  }
}
