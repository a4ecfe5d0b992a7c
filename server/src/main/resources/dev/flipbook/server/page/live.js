/** A page's connection to a server, in the page or in a worker, and what the page knows about the server. */

import { now } from './clock.js';
import { Connection, backOff, sentence } from './connection.js';

/**
 * @import { State, Wishes } from './connection.js'
 * @import { Control } from './controls.js'
 * @typedef {{ name: string, state: string, reason: string, width: number, height: number, fps: number, frames: number,
 *   viewers: number, ageMs: number?, since: string, controls?: Control[] }} Feed
 * @typedef {{ feeds: Feed[], memory: object }} Status
 * @typedef {{ wish: (wishes: Wishes) => void, forget: () => void }} Watching
 */

/** The server's address relative to this file, so that a reverse proxy may serve it below any path. */
const HOME = new URL('../', import.meta.url);

/** How long a page may be hidden before it disconnects, so that a look at another tab does not cost a reconnection. */
const HIDDEN_MS = 5000;

/** @param {string} name @param {string} ending `.mjpg`, `.jpg` or none @param {URL | string} [root] */
export function feedUrl(name, ending, root = HOME) {
  return new URL(`feeds/${encodeURIComponent(name)}${ending}`, root);
}

/** @type {Map<string, Live>} */
const all = new Map();

/**
 * The connection to a server; all callers share it.
 *
 * @param {URL | string} [root] the server's address; by default the server that this module was loaded from
 */
export function connect(root = HOME) {
  const url = new URL(root, document.baseURI);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const live = all.get(url.href) ?? new Live(url);
  all.set(url.href, live);
  return live;
}

const FIREFOX = CSS.supports('-moz-appearance', 'none');
/** The faster kind of canvas: Firefox copies a bitmap that other browsers pass on. */
const KIND = FIREFOX ? '2d' : 'bitmaprenderer';

/**
 * Whether to run in a worker. Measured with a 720p feed at 30 fps on a busy machine: Chromium paints 99 % of the
 * pictures within 60 ms in a worker and within 130 to 480 ms in the page, and goes on while the page is blocked; fifty
 * small feeds give the same. In Firefox a worker takes half as much CPU time again and shows pictures later. WebKit was
 * not measured.
 */
const IN_WORKER = /Chrome\//.test(navigator.userAgent) && new URL(import.meta.url).origin === location.origin;

/** The connection to a server. Events: `state` (detail: State) and `feeds` (detail: Status). */
export class Live extends EventTarget {
  /** @type {Status?} */
  feeds = null;
  /** The server's clock minus ours in ms. */
  offset = 0;
  /** @type {State} */
  detail = { state: 'connecting', since: now(), failures: 0, nextTry: null, reason: '', httpStatus: 0, blocked: false };
  #root;
  /** @type {Connection} */
  #connection;
  /** @type {Worker?} */
  #worker = null;
  /** @type {Map<EventListenerOrEventListenerObject, boolean>} */
  #listeners = new Map();
  /** @type {Map<number, (message: any) => void>} */
  #handlers = new Map();
  #next = 0;
  #screens = 0;
  #hiddenAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #poll;

  /** @param {URL} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#connection = IN_WORKER ? this.#inWorker() : this.#inPage();
    this.#poll = new Poll(root, (answer) => this.#polled(answer));
    document.addEventListener('visibilitychange', () => this.#checkVisibility());
    addEventListener('pagehide', () => this.#present(false));
    addEventListener('pageshow', () => this.#checkVisibility());
    addEventListener('online', () => this.retry());
    this.#checkVisibility();
  }

  #inPage() {
    return new Connection(this.#root.href, (message) => this.#receive(message));
  }

  /** A connection in a worker; its methods are called by messages. @returns {Connection} */
  #inWorker() {
    const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = () => this.#leaveWorker();
    const call = (/** @type {string} */ call, /** @type {any[]} */ args) => {
      worker.postMessage({ call, args }, args.filter((one) => one instanceof OffscreenCanvas || one instanceof ImageBitmap));
    };
    call('connect', [this.#root.href]);
    const proxy = new Proxy({}, { get: (_, name) => (/** @type {any[]} */ ...args) => call(String(name), args) });
    return /** @type {any} */ (proxy);
  }

  /**
   * Falls back to a connection in the page if the page's policy forbids workers. Canvases that were transferred to the
   * worker are lost, so views must make new ones.
   */
  #leaveWorker() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#handlers.clear();
    this.#connection = this.#inPage();
    this.#requestStatus();
    this.#checkVisibility();
    this.dispatchEvent(new Event('reset'));
  }

  get root() {
    return this.#root;
  }

  get state() {
    return this.detail.state;
  }

  /** Whether pictures come through `<img>`, because WebSockets do not work. */
  get blocked() {
    return this.detail.blocked;
  }

  /** Whether anybody looks at the page. */
  present = false;

  /** Tries to connect now. */
  retry() {
    this.#connection.retry();
    this.#poll.now();
  }

  /** @override @type {EventTarget['addEventListener']} */
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    if (type !== 'feeds' || !listener) return;
    const { once, signal } = typeof options === 'object' ? options : {};
    if (signal?.aborted) return;
    this.#listeners.set(listener, Boolean(once));
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
    this.#requestStatus();
  }

  /** @override @type {EventTarget['removeEventListener']} */
  removeEventListener(type, listener, options) {
    super.removeEventListener(type, listener, options);
    if (type === 'feeds' && listener && this.#listeners.delete(listener)) this.#requestStatus();
  }

  /**
   * Registers a canvas to paint on, and returns its number.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {boolean} keeps whether to keep the last picture instead of drawing a placeholder
   */
  screen(canvas, keeps) {
    const id = this.#screens++;
    this.#connection.screen(id, this.#worker ? canvas.transferControlToOffscreen() : canvas, KIND, keeps);
    return id;
  }

  /** @param {number} screen */
  drop(screen) {
    this.#connection.drop(screen);
  }

  /** @param {number} screen @param {ImageBitmap} bitmap */
  still(screen, bitmap) {
    this.#connection.still(screen, bitmap);
  }

  /**
   * Begins to watch a feed.
   *
   * @param {number} screen
   * @param {string} feed
   * @param {Wishes} wishes
   * @param {(message: any) => void} onMessage called for each painted picture, and for the server's messages about this
   *     feed
   * @returns {Watching}
   */
  watch(screen, feed, wishes, onMessage) {
    // A number is reused after 65,535 others, when no message about its last feed can be on its way any more.
    while (this.#handlers.has((this.#next = (this.#next + 1) % 65_536)));
    const number = this.#next;
    this.#handlers.set(number, onMessage);
    this.#connection.watch(number, screen, feed, wishes);
    return {
      wish: (other) => this.#connection.wish(number, other),
      forget: () => {
        this.#handlers.delete(number);
        this.#connection.forget(number);
      },
    };
  }

  #requestStatus() {
    this.#connection.status(this.#listeners.size > 0);
  }

  #checkVisibility() {
    clearTimeout(this.#timer);
    this.#connection.hidden(document.hidden);
    if (document.hidden) {
      this.#hiddenAt ||= now();
      this.#timer = setTimeout(() => this.#present(false), HIDDEN_MS);
      return;
    }
    // A phone that has frozen the page has not run its timers either, so the connection is as old as the picture.
    if (this.#hiddenAt && now() - this.#hiddenAt > HIDDEN_MS) this.#present(false);
    this.#hiddenAt = 0;
    this.#present(true);
    this.retry();
  }

  #present(present) {
    clearTimeout(this.#timer);
    this.present = present;
    this.#connection.presence(present);
    this.#poll.on(present && this.blocked);
  }

  #receive(message) {
    if ('offset' in message) {
      this.offset = message.offset;
    } else if ('feeds' in message) {
      this.#update(message);
    } else if ('state' in message) {
      this.#poll.on(this.present && message.state.blocked);
      if (!message.state.blocked) this.#change(message.state);
      else if (!this.blocked) this.#change({ ...message.state, state: 'connecting', nextTry: null });
    } else {
      const number = message.painted ?? message.level ?? message.refused ?? message.ended;
      const handler = this.#handlers.get(number);
      if ('refused' in message || 'ended' in message) this.#handlers.delete(number);
      handler?.(message);
    }
  }

  #update(status) {
    this.feeds = status;
    this.dispatchEvent(new CustomEvent('feeds', { detail: status }));
    for (const [listener, once] of this.#listeners) if (once) this.removeEventListener('feeds', listener);
  }

  #change(detail) {
    this.detail = detail;
    this.dispatchEvent(new CustomEvent('state', { detail }));
  }

  /**
   * Applies the answer to a request for the status, which without WebSockets shows whether the server can be reached.
   *
   * @param {Partial<State> & { status?: Status }} answer
   */
  #polled({ status, ...change }) {
    const state = change.state ?? this.state;
    const since = state === this.state ? this.detail.since : now();
    if (status) this.#update(status);
    if (state !== this.state || state === 'lost') this.#change({ ...this.detail, ...change, since });
  }
}

/** Requests the status of all feeds once a second, less often after failures. */
class Poll {
  #root;
  #report;
  #on = false;
  #failures = 0;
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {URL} root @param {(answer: Partial<State> & { status?: Status }) => void} report */
  constructor(root, report) {
    this.#root = root;
    this.#report = report;
  }

  /** @param {boolean} on */
  on(on) {
    if (on === this.#on) return;
    this.#on = on;
    this.#attempt++;
    clearTimeout(this.#timer);
    this.now();
  }

  async now() {
    if (!this.#on) return;
    clearTimeout(this.#timer);
    const attempt = ++this.#attempt;
    const answer = await this.#fetch().catch(() => ({ reason: 'the server does not answer', httpStatus: 0 }));
    if (attempt !== this.#attempt) return;
    const there = 'status' in answer;
    this.#failures = there ? 0 : this.#failures + 1;
    const wait = there ? 1000 : backOff(this.#failures);
    this.#timer = setTimeout(() => this.now(), wait);
    if (there) this.#report({ ...answer, state: 'open', failures: 0, nextTry: null, reason: '', httpStatus: 0 });
    else this.#report({ ...answer, state: 'lost', failures: this.#failures, nextTry: now() + wait });
  }

  async #fetch() {
    const headers = { Accept: 'application/json' };
    const response = await fetch(new URL('api/feeds', this.#root), { signal: AbortSignal.timeout(5000), headers, cache: 'no-store' });
    if (response.ok) return { status: await response.json() };
    return { httpStatus: response.status, reason: (await sentence(response)).reason };
  }
}
