/**
 * One WebSocket to a server: reads its feeds, decodes and paints their pictures. Uses no document, so that it can run
 * in a worker.
 */

/** The current time in ms since 1970. Date is not used, because ages would jump when the machine's clock is set. */
export const now = () => performance.timeOrigin + performance.now();

/**
 * The wait before the next attempt in ms: half a second, doubled with each failure, at most ten seconds. A random fifth
 * more or less keeps pages from reconnecting at the same time.
 */
export function backOff(/** @type {number} */ failures, lostFor = 0) {
  // A server that is restarted is back within seconds, and its pages should be live again as soon.
  const most = lostFor < 20_000 ? 2_000 : 10_000;
  return Math.min(most, 250 * 2 ** failures) * (0.8 + 0.4 * Math.random());
}

/**
 * @typedef {{ number: number, placeholder: boolean, sequence: number, captured: number, type: string,
 *   bytes: Uint8Array<ArrayBuffer> }} Picture
 * @typedef {{ width?: number, height?: number, quality?: number, rotate?: number, fps?: number }} Wishes
 * @typedef {{ canvas: HTMLCanvasElement | OffscreenCanvas,
 *   draw: (bitmap: ImageBitmap, placeholder?: boolean) => void }} Screen
 * @typedef {{ number: number, feed: string, wishes: Wishes, screen: Screen, decoding: boolean, waiting: Picture?,
 *   ready: (Picture & { bitmap: ImageBitmap })?, owed: number, skipped: number, broken: number, bytes: number,
 *   gone: boolean }} Watch
 *   skipped, broken and bytes count from the last painted picture
 * @typedef {{ state: 'connecting' | 'open' | 'lost', since: number, failures: number, nextTry: number?, reason: string,
 *   httpStatus: number, blocked: boolean }} State
 *   httpStatus: the status of a server that refuses; 0 for a server that does not answer
 */

/**
 * The sentence of a server that refuses: its own, or the status if a proxy sends a page of HTML instead.
 *
 * @param {Response} response
 */
export async function sentence(response) {
  const type = response.headers.get('Content-Type') ?? '';
  const text = /^text\/plain|json/.test(type) ? (await response.text().catch(() => '')).trim() : '';
  let said = text;
  if (type.includes('json')) {
    try {
      said = String(JSON.parse(text).detail ?? '');
    } catch {
      said = '';
    }
  }
  return { own: said !== '', reason: said.slice(0, 500) || `HTTP ${response.status} ${response.statusText}`.trim() };
}

/**
 * The picture in a binary message; null if this version does not know the message.
 *
 * @param {ArrayBuffer} buffer
 * @returns {Picture?}
 */
export function readPicture(buffer) {
  if (buffer.byteLength < 21) return null;
  const view = new DataView(buffer);
  const start = 21 + view.getUint8(20);
  if (view.getUint8(0) !== 1 || start > buffer.byteLength) return null;
  return {
    placeholder: view.getUint8(1) === 1,
    number: view.getUint16(2),
    sequence: Number(view.getBigUint64(4)),
    captured: view.getFloat64(12),
    type: String.fromCharCode(...new Uint8Array(buffer, 21, start - 21)),
    bytes: new Uint8Array(buffer, start),
  };
}

/** The offset between the server's clock and ours, from the ping of the last minute that returned most quickly. */
export class Clock {
  offset = 0;
  known = false;
  /** @type {{ offset: number, trip: number, at: number }[]} */
  #samples = [];

  /**
   * @param {number} sent when the ping was sent
   * @param {number} time the server's time
   * @param {number} at when the answer came
   */
  hear(sent, time, at) {
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

/**
 * A canvas to draw on. `bitmaprenderer` takes a bitmap without a copy; Firefox is faster with a 2D canvas.
 *
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {'2d' | 'bitmaprenderer'} kind
 * @param {boolean} keeps whether to keep the last picture instead of drawing a placeholder, because the page shows the
 *     reason itself
 * @returns {Screen}
 */
export function screenOn(canvas, kind, keeps) {
  const context = /** @type {any} */ (canvas).getContext(kind, kind === '2d' ? { alpha: false } : undefined);
  return {
    canvas,
    draw(bitmap, placeholder = false) {
      if (keeps && placeholder) return bitmap.close();
      if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
      if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
      if (kind === '2d') context.drawImage(bitmap, 0, 0);
      else context.transferFromImageBitmap(bitmap);
      bitmap.close();
    },
  };
}

// Maximum number of pictures that are decoded at once.
const DECODERS = 2 + (navigator.hardwareConcurrency || 2);
/** Timeout for a handshake and for the answer to a request. */
const PATIENCE_MS = 5000;
// Seconds after which a connection counts as stable, so that the next failure waits only shortly.
const STEADY_S = 5;
/** Interval at which WebSockets are tried again if they do not work. */
const BLOCKED_MS = 60_000;

export class Connection {
  #root;
  #tell;
  #clock = new Clock();
  /** @type {WebSocket?} */
  #socket = null;
  #present = false;
  #status = false;
  #hidden = false;
  /** @type {Map<number, Watch>} */
  #watches = new Map();
  /** @type {Map<number, Screen>} */
  #screens = new Map();
  /** @type {Set<Watch>} */
  #due = new Set();
  /** @type {Set<Watch>} */
  #queue = new Set();
  #decoding = 0;
  /** @type {State} */
  #state = { state: 'connecting', since: now(), failures: 0, nextTry: null, reason: '', httpStatus: 0, blocked: false };
  #attempt = 0;
  #silent = 0;
  #beats = 0;
  #pings = 0;
  #flushing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pulse;

  /** @param {string} root of the server @param {(message: any) => void} tell */
  constructor(root, tell) {
    this.#root = root;
    this.#tell = tell;
  }

  /** @param {boolean} present whether anybody looks; without that there is no connection */
  presence(present) {
    if (present === this.#present) return;
    this.#present = present;
    if (present) return this.#open();
    this.#close();
    this.#say({ state: 'connecting', failures: 0, nextTry: null, reason: '', httpStatus: 0 });
  }

  /** @param {boolean} hidden whether the page is hidden; a page that is not rendered has no animation frames */
  hidden(hidden) {
    this.#hidden = hidden;
    if (hidden) this.#flush();
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
    const fresh = { decoding: false, waiting: null, ready: null, owed: 0, skipped: 0, broken: 0, bytes: 0, gone: false };
    this.#watches.set(number, { number, feed, wishes, screen: on, ...fresh });
    this.#send({ watch: number, feed, ...wishes });
  }

  /** @param {number} number @param {Wishes} wishes replaces the previous ones */
  wish(number, wishes) {
    const watch = this.#watches.get(number);
    if (!watch) return;
    watch.wishes = wishes;
    this.#send({ watch: number, feed: watch.feed, ...wishes });
  }

  /** @param {number} number */
  forget(number) {
    if (this.#end(number)) this.#send({ forget: number });
  }

  #end(number) {
    const watch = this.#watches.get(number);
    if (!watch) return false;
    watch.gone = true;
    this.#empty(watch);
    return this.#watches.delete(number);
  }

  /** @param {Watch} watch a watch whose pictures are not wanted any more */
  #empty(watch) {
    watch.ready?.bitmap.close();
    watch.ready = watch.waiting = null;
    watch.owed = 0;
  }

  async #open() {
    this.#close();
    const attempt = this.#attempt;
    const { failures } = this.#state;
    if (failures > 0) this.#say({ nextTry: null });
    // An HTTP request first, because Firefox delays each further WebSocket to a server that has failed, up to a minute.
    const answer = failures > 0 ? await this.#question('healthz') : null;
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
    this.#timer = setTimeout(() => this.#broken(socket, 'the server does not answer'), PATIENCE_MS);
    socket.onopen = () => {
      opened = true;
      this.#opened();
    };
    socket.onmessage = ({ data }) => this.#hear(data);
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
    const answer = await this.#question('ws');
    // The server's own answer to this request is 426. If it comes, the server can be reached, and something in between
    // blocks WebSockets. 0: the server has just gone.
    const refuses = answer && (answer.own ? answer.httpStatus !== 426 : answer.httpStatus === 0);
    if (refuses) this.#broken(socket, answer.reason, answer);
    else this.#broken(socket, 'the server does not take WebSockets', { blocked: true });
  }

  /** The server's answer at an address; null if a page of another origin may not see it. */
  async #question(path) {
    try {
      const response = await fetch(new URL(path, this.#root), { signal: AbortSignal.timeout(PATIENCE_MS), cache: 'no-store' });
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
    for (const [number, watch] of this.#watches) {
      watch.gone = true;
      this.#empty(watch);
      this.#watches.set(number, { ...watch, decoding: false, gone: false });
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
    const wait = blocked || this.#state.blocked ? BLOCKED_MS : backOff(failures, now() - since);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#say({ state: 'lost', failures, nextTry: now() + wait, reason, httpStatus, blocked: blocked || this.#state.blocked });
  }

  #opened() {
    clearTimeout(this.#timer);
    this.#silent = this.#pings = this.#beats = 0;
    this.#clock = new Clock();
    this.#pulse = setInterval(() => this.#beat(), 1000);
    this.#ping();
    if (this.#status) this.#send({ status: true });
    for (const { number, feed, wishes } of this.#watches.values()) this.#send({ watch: number, feed, ...wishes });
    this.#say({ state: 'open', nextTry: null, reason: '', httpStatus: 0, blocked: false });
  }

  /**
   * Counts beats instead of time: a page that was busy or asleep has not heard anything, although the server has sent.
   */
  #beat() {
    this.#silent++;
    // Not at once: a server that accepts a connection and then fails must not be tried twice a second.
    if (++this.#beats === STEADY_S) this.#say({ failures: 0 });
    if (this.#silent > 6) return this.#fail('nothing has come from the server for six seconds');
    if (this.#silent === 3 || this.#pings++ % 10 === 0) this.#ping();
  }

  #ping() {
    this.#send({ ping: now() });
  }

  #say(change) {
    const since = change.state && change.state !== this.#state.state ? now() : this.#state.since;
    this.#state = { ...this.#state, ...change, since };
    this.#tell({ state: this.#state });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #hear(data) {
    this.#silent = 0;
    if (typeof data !== 'string') return this.#picture(data);
    const message = JSON.parse(data);
    if ('pong' in message) {
      this.#clock.hear(message.pong, message.time, now());
      this.#tell({ offset: this.#clock.offset });
      if (this.#pings++ < 4) this.#ping();
    } else if ('ended' in message ? this.#end(message.ended) : 'refused' in message ? this.#end(message.refused) : true) {
      this.#tell(message);
    }
  }

  #picture(buffer) {
    const picture = readPicture(buffer);
    const watch = picture && this.#watches.get(picture.number);
    if (!watch) return;
    watch.bytes += buffer.byteLength;
    if (watch.waiting) this.#pass(watch);
    watch.waiting = picture;
    this.#queue.add(watch);
    this.#work();
  }

  /**
   * Decodes at most one picture for each processor and two more: a picture that waits can still be skipped for a newer
   * one.
   */
  #work() {
    for (const watch of this.#queue) {
      if (this.#decoding >= DECODERS) return;
      if (watch.decoding) continue;
      this.#queue.delete(watch);
      if (watch.waiting) this.#decode(watch, watch.waiting);
    }
  }

  /** @param {Watch} watch a watch that has a newer picture */
  #pass(watch) {
    watch.skipped++;
    this.#owe(watch);
  }

  #owe(watch) {
    watch.owed++;
    this.#due.add(watch);
    this.#render();
  }

  async #decode(watch, picture) {
    watch.decoding = true;
    watch.waiting = null;
    this.#decoding++;
    const bitmap = await createImageBitmap(new Blob([picture.bytes], { type: picture.type })).catch(() => null);
    this.#decoding--;
    watch.decoding = false;
    this.#work();
    if (watch.gone) return bitmap?.close();
    if (!bitmap) {
      watch.broken++;
      return this.#owe(watch);
    }
    if (watch.ready) this.#pass(watch);
    watch.ready?.bitmap.close();
    watch.ready = { ...picture, bitmap };
    this.#due.add(watch);
    this.#render();
  }

  #render() {
    if (this.#flushing) return;
    this.#flushing = true;
    if (this.#hidden) setTimeout(() => this.#flush());
    else requestAnimationFrame(() => this.#flush());
  }

  /**
   * Pictures are acknowledged only here, including those that were skipped. So a page gets no more pictures than it has
   * time to render.
   */
  #flush() {
    this.#flushing = false;
    const due = [...this.#due];
    this.#due.clear();
    for (const watch of due) {
      if (watch.gone) continue;
      if (watch.ready) this.#paint(watch, watch.ready);
      for (; watch.owed > 0; watch.owed--) this.#send({ painted: watch.number });
    }
  }

  #paint(watch, { bitmap, sequence, captured, placeholder }) {
    const { width, height } = bitmap;
    watch.ready = null;
    watch.owed++;
    watch.screen.draw(bitmap, placeholder);
    const at = now();
    const age = this.#clock.known ? at + this.#clock.offset - captured : null;
    const { number: painted, skipped, broken, bytes } = watch;
    this.#tell({ painted, sequence, captured, placeholder, at, age, width, height, skipped, broken, bytes });
    watch.skipped = watch.broken = watch.bytes = 0;
  }
}
