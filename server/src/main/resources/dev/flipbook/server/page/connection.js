/**
 * One WebSocket to a server: connects, connects again after failures, and watches feeds. Uses no document, so that it
 * can run in a worker.
 */

import { Clock, now } from './clock.js';
import { Painter, Watch, readPicture, screenOn } from './screen.js';

/**
 * @import { Screen } from './screen.js'
 * @typedef {{ width?: number, height?: number, quality?: number, rotate?: number, fps?: number }} Wishes
 * @typedef {{ feed: string, wishes: Wishes, watch: Watch }} WatchRequest
 * @typedef {{ state: 'connecting' | 'open' | 'lost', since: number, failures: number, nextTry: number?, reason: string,
 *   httpStatus: number, blocked: boolean }} State
 *   httpStatus: the status of a server that refuses; 0 for a server that does not answer
 */

/**
 * The wait before the next attempt in ms: half a second, doubled with each failure, at most ten seconds. A random fifth
 * more or less keeps pages from reconnecting at the same time.
 */
export function backOff(/** @type {number} */ failures, lostFor = 0) {
  // A server that is restarted is back within seconds, and its pages should be live again as soon.
  const max = lostFor < 20_000 ? 2_000 : 10_000;
  return Math.min(max, 250 * 2 ** failures) * (0.8 + 0.4 * Math.random());
}

/**
 * The sentence of a server that refuses: its own, or the status if a proxy sends a page of HTML instead.
 *
 * @param {Response} response
 */
export async function sentence(response) {
  const type = response.headers.get('Content-Type') ?? '';
  const text = /^text\/plain|json/.test(type) ? (await response.text().catch(() => '')).trim() : '';
  let own = text;
  if (type.includes('json')) {
    try {
      own = String(JSON.parse(text).detail ?? '');
    } catch {
      own = '';
    }
  }
  return { own: own !== '', reason: own.slice(0, 500) || `HTTP ${response.status} ${response.statusText}`.trim() };
}

/** Timeout for a handshake and for the answer to a request. */
const ANSWER_TIMEOUT_MS = 5000;
// Seconds after which a connection counts as stable, so that the next failure waits only shortly.
const STABLE_S = 5;
/** Interval at which WebSockets are tried again if they do not work. */
const BLOCKED_INTERVAL_MS = 60_000;

export class Connection {
  #root;
  #report;
  #clock = new Clock();
  #painter;
  /** @type {WebSocket?} */
  #socket = null;
  #present = false;
  #status = false;
  /** @type {Map<number, WatchRequest>} */
  #requests = new Map();
  /** @type {Map<number, Screen>} */
  #screens = new Map();
  /** @type {State} */
  #state = { state: 'connecting', since: now(), failures: 0, nextTry: null, reason: '', httpStatus: 0, blocked: false };
  #attempt = 0;
  #silent = 0;
  #beats = 0;
  #pings = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pulse;

  /** @param {string} root of the server @param {(message: any) => void} report gets messages for the page */
  constructor(root, report) {
    this.#root = root;
    this.#report = report;
    this.#painter = new Painter(this.#clock, (number) => this.#send({ painted: number }), report);
  }

  /** @param {boolean} present whether anybody looks; without that there is no connection */
  presence(present) {
    if (present === this.#present) return;
    this.#present = present;
    if (present) return this.#open();
    this.#close();
    this.#change({ state: 'connecting', failures: 0, nextTry: null, reason: '', httpStatus: 0 });
  }

  /** @param {boolean} hidden whether the page is hidden; a page that is not rendered has no animation frames */
  hidden(hidden) {
    this.#painter.hidden(hidden);
  }

  /** Connects now, without waiting for the next attempt. */
  retry() {
    if (this.#state.nextTry !== null) this.#open();
  }

  /** @param {boolean} wanted */
  status(wanted) {
    if (wanted !== this.#status) this.#send({ status: wanted });
    this.#status = wanted;
  }

  /**
   * @param {number} id
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas
   * @param {'2d' | 'bitmaprenderer'} kind
   * @param {boolean} keeps
   */
  screen(id, canvas, kind, keeps) {
    this.#screens.set(id, screenOn(canvas, kind, keeps));
  }

  /** @param {number} id */
  drop(id) {
    this.#screens.delete(id);
  }

  /** @param {number} id @param {ImageBitmap} bitmap a picture that was not received over this connection */
  still(id, bitmap) {
    this.#screens.get(id)?.draw(bitmap);
  }

  /** @param {number} number @param {number} screen @param {string} feed @param {Wishes} wishes */
  watch(number, screen, feed, wishes) {
    const on = this.#screens.get(screen);
    if (!on) return;
    this.#requests.set(number, { feed, wishes, watch: new Watch(number, on) });
    this.#send({ watch: number, feed, ...wishes });
  }

  /** @param {number} number @param {Wishes} wishes replaces the previous ones */
  wish(number, wishes) {
    const request = this.#requests.get(number);
    if (!request) return;
    request.wishes = wishes;
    this.#send({ watch: number, feed: request.feed, ...wishes });
  }

  /** @param {number} number */
  forget(number) {
    if (this.#end(number)) this.#send({ forget: number });
  }

  /** Forgets a watch. Returns false if there is none of this number. @param {number} number */
  #end(number) {
    this.#requests.get(number)?.watch.end();
    return this.#requests.delete(number);
  }

  async #open() {
    this.#close();
    const attempt = this.#attempt;
    const { failures } = this.#state;
    if (failures > 0) this.#change({ nextTry: null });
    // An HTTP request first, because Firefox delays each further WebSocket to a server that has failed, up to a minute.
    const answer = failures > 0 ? await this.#ask('healthz') : null;
    if (attempt !== this.#attempt) return;
    if (answer && answer.httpStatus !== 200) return this.#fail(answer.reason, answer);
    const url = new URL('ws', this.#root);
    url.protocol = url.protocol.replace('http', 'ws');
    let socket;
    try {
      socket = new WebSocket(url, 'flipbook.v1');
    } catch {
      // A page that was loaded over https may not open a WebSocket to http.
      return this.#fail('this page may not open a WebSocket to the server', { blocked: true });
    }
    let opened = false;
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.#timer = setTimeout(() => this.#broken(socket, 'the server does not answer'), ANSWER_TIMEOUT_MS);
    socket.onopen = () => {
      opened = true;
      this.#opened();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => {
      const stopping = code === 1001 ? 'the server has stopped' : 'the connection has broken off';
      if (!opened && answer) this.#refused(socket);
      else this.#broken(socket, reason || (opened ? stopping : 'the server does not take WebSockets'));
    };
  }

  /**
   * Asks the same address over HTTP, because a browser does not tell a page how the server has answered a WebSocket.
   */
  async #refused(socket) {
    clearTimeout(this.#timer);
    const answer = await this.#ask('ws');
    // The server's own answer to this request is 426. If it comes, the server can be reached, and something in between
    // blocks WebSockets. 0: the server has just gone.
    const refuses = answer && (answer.own ? answer.httpStatus !== 426 : answer.httpStatus === 0);
    if (refuses) this.#broken(socket, answer.reason, answer);
    else this.#broken(socket, 'the server does not take WebSockets', { blocked: true });
  }

  /** The server's answer at an address; null if a page of another origin may not see it. */
  async #ask(path) {
    try {
      const response = await fetch(new URL(path, this.#root), { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS), cache: 'no-store' });
      return { httpStatus: response.status, ...(response.ok ? { own: false, reason: '' } : await sentence(response)) };
    } catch {
      const ours = new URL(this.#root).origin === self.location.origin;
      return ours ? { httpStatus: 0, own: false, reason: 'the server does not answer' } : null;
    }
  }

  /** @param {WebSocket} socket @param {string} reason @param {{ blocked?: boolean, httpStatus?: number }} [how] */
  #broken(socket, reason, how) {
    if (this.#socket === socket) this.#fail(reason, how);
  }

  #close() {
    this.#attempt++;
    clearTimeout(this.#timer);
    clearInterval(this.#pulse);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    // Pictures that are being decoded belong to the old connection.
    for (const request of this.#requests.values()) {
      request.watch.end();
      request.watch = request.watch.renewed();
    }
  }

  /**
   * @param {string} reason
   * @param {{ blocked?: boolean, httpStatus?: number }} [how] blocked: the server answers, but WebSockets do not work
   */
  #fail(reason, { blocked = false, httpStatus = 0 } = {}) {
    this.#close();
    const failures = this.#state.failures + 1;
    const since = this.#state.state === 'lost' ? this.#state.since : now();
    const wait = blocked || this.#state.blocked ? BLOCKED_INTERVAL_MS : backOff(failures, now() - since);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#change({ state: 'lost', failures, nextTry: now() + wait, reason, httpStatus, blocked: blocked || this.#state.blocked });
  }

  #opened() {
    clearTimeout(this.#timer);
    this.#silent = this.#pings = this.#beats = 0;
    this.#clock.reset();
    this.#pulse = setInterval(() => this.#beat(), 1000);
    this.#ping();
    if (this.#status) this.#send({ status: true });
    for (const [number, { feed, wishes }] of this.#requests) this.#send({ watch: number, feed, ...wishes });
    this.#change({ state: 'open', nextTry: null, reason: '', httpStatus: 0, blocked: false });
  }

  /**
   * Counts beats instead of time: a page that was busy or asleep has not heard anything, although the server has sent.
   */
  #beat() {
    this.#silent++;
    // Not at once: a server that accepts a connection and then fails must not be tried twice a second.
    if (++this.#beats === STABLE_S) this.#change({ failures: 0 });
    if (this.#silent > 6) return this.#fail('nothing has come from the server for six seconds');
    if (this.#silent === 3 || this.#pings++ % 10 === 0) this.#ping();
  }

  #ping() {
    this.#send({ ping: now() });
  }

  /** @param {Partial<State>} change */
  #change(change) {
    const since = change.state && change.state !== this.#state.state ? now() : this.#state.since;
    this.#state = { ...this.#state, ...change, since };
    this.#report({ state: this.#state });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @param {string | ArrayBuffer} data a message of the server */
  #receive(data) {
    this.#silent = 0;
    if (typeof data !== 'string') return this.#receivePicture(data);
    const message = JSON.parse(data);
    if ('pong' in message) {
      this.#clock.add(message.pong, message.time, now());
      this.#report({ offset: this.#clock.offset });
      if (this.#pings++ < 4) this.#ping();
    } else if ('ended' in message ? this.#end(message.ended) : 'refused' in message ? this.#end(message.refused) : true) {
      this.#report(message);
    }
  }

  /** @param {ArrayBuffer} buffer */
  #receivePicture(buffer) {
    const picture = readPicture(buffer);
    const request = picture && this.#requests.get(picture.number);
    if (picture && request) this.#painter.take(request.watch, picture, buffer.byteLength);
  }
}
