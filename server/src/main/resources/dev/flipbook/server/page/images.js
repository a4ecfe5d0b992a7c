/**
 * Feeds in `<img>` elements, for networks that block WebSockets: streams for a few of the visible feeds, and snapshots
 * in turn for the rest.
 */

import { now } from './clock.js';
import { backOff } from './connection.js';
import { feedUrl } from './live.js';

/** @import { Feed, Live, Status } from './live.js' */
/** @import { FlipbookView } from './view.js' */

/** Timeout for the first picture of a stream. The server sends one at once, so such a connection is dead. */
const FIRST_PICTURE_TIMEOUT_MS = 10_000;
const SNAPSHOT_MS = 1000;

/**
 * The maximum number of streams. Browsers open six connections to a host over HTTP/1.1, and further requests wait; four
 * streams leave one connection for the status of the feeds and one for snapshots. HTTP/2 has no such limit; there the
 * machine's decoder is the limit.
 */
const entry = /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType('navigation')[0]);
const STREAMS = /^h[23]/.test(entry?.nextHopProtocol ?? '') ? 24 : 4;

/** @type {WeakMap<Live, Images>} */
const all = new WeakMap();

/** Whether there is no snapshot of a feed, because it has failed or is paused. @param {Feed | undefined} feed */
const isOffline = (feed) => feed?.state === 'offline' || feed?.state === 'paused';

/** @param {Live} live */
export function imagesOf(live) {
  const images = all.get(live) ?? new Images(live);
  all.set(live, images);
  return images;
}

class Images {
  #live;
  /** @type {Map<FlipbookView, Picture>} */
  #pictures = new Map();
  #snapping = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pulse;

  /** @param {Live} live */
  constructor(live) {
    this.#live = live;
  }

  /** @param {FlipbookView} view a view that is visible */
  add(view) {
    if (this.#pictures.has(view)) return;
    const picture = new Picture(view, this.#live.root);
    picture.offline = isOffline(view.status);
    this.#pictures.set(view, picture);
    this.#live.addEventListener('feeds', this.#onStatus);
    this.#pulse ??= setInterval(() => this.#check(), 250);
  }

  /** @param {FlipbookView} view */
  delete(view) {
    this.#pictures.get(view)?.pause();
    if (!this.#pictures.delete(view) || this.#pictures.size > 0) return;
    this.#live.removeEventListener('feeds', this.#onStatus);
    clearInterval(this.#pulse);
    this.#pulse = undefined;
  }

  /** @param {FlipbookView} view a view that has no picture yet */
  async still(view) {
    await new Picture(view, this.#live.root).snapshot().catch(() => {});
  }

  #onStatus = (event) => {
    const { feeds } = /** @type {CustomEvent<Status>} */ (event).detail;
    for (const [view, picture] of this.#pictures) {
      const feed = feeds.find(({ name }) => name === view.feed);
      if (feed) picture.update(feed);
      else view.refuse(`there is no feed '${view.feed}'`);
    }
  };

  #check() {
    this.#share();
    for (const picture of this.#pictures.values()) picture.check();
    this.#snap();
  }

  /** Gives streams to feeds that can be live first. A feed that has a stream keeps it. */
  #share() {
    const rank = (/** @type {Picture} */ picture) => (picture.offline ? 2 : 0) + (picture.playing ? 0 : 1);
    const ranked = [...this.#pictures.values()].sort((a, b) => rank(a) - rank(b));
    for (const picture of ranked.slice(STREAMS)) picture.pause();
    for (const picture of ranked.slice(0, STREAMS)) picture.play();
  }

  /** Refreshes the picture that has waited longest. There is one request at a time for all feeds. */
  async #snap() {
    if (this.#snapping || this.#live.state === 'lost') return;
    // A feed that is offline has no snapshot, and its reason is known already.
    const waiting = [...this.#pictures.values()].filter((picture) => !picture.playing && !picture.offline && picture.due <= now());
    const picture = waiting.sort((a, b) => a.due - b.due)[0];
    if (!picture) return;
    this.#snapping = true;
    try {
      await picture.snapshot();
      picture.missed = 0;
      picture.due = now() + SNAPSHOT_MS;
    } catch {
      picture.due = now() + backOff(++picture.missed + 1);
    }
    this.#snapping = false;
    this.#snap();
  }
}

/* One feed as an <img>. An <img> hardly tells what happens to its stream: after the first picture no browser fires
   `error`, Chromium and WebKit show a broken one as naturalWidth 0, and a stream that ends normally is invisible.
   Therefore three things are watched: naturalWidth; a still below the image, which is refreshed once a second and shown
   whenever the stream is gone; and the server's own figures, which show that the server does not know this stream
   (`update`). */
class Picture {
  playing = false;
  offline = false;
  due = 0;
  missed = 0;
  #view;
  #root;
  /** @type {HTMLImageElement?} */
  #image = null;
  #id = '';
  #began = 0;
  #shown = 0;
  #kept = 0;
  #failures = 0;
  #retryAt = 0;
  #alone = 0;
  #frames = -1;

  /** @param {FlipbookView} view @param {URL} root */
  constructor(view, root) {
    this.#view = view;
    this.#root = root;
  }

  play() {
    if (this.playing) return;
    this.playing = true;
    this.#failures = this.#retryAt = 0;
    this.#view.figures.transport = 'img';
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.#view.figures.transport = 'snapshot';
    const image = this.#image;
    if (image && this.#shown) this.#keep(image).finally(() => this.#release(image));
    else this.#release(image);
    this.#image = null;
  }

  /**
   * Compares with what the server says of the feed. Our stream is dead if the server has no viewers although we watch,
   * or fewer frames than before.
   *
   * @param {Feed} feed
   */
  update(feed) {
    const alone = this.playing && feed.viewers === 0 && this.#shown > 0 && now() - this.#shown > 3000;
    this.#alone = alone ? this.#alone + 1 : 0;
    if (this.#alone >= 3 || feed.frames < this.#frames) this.#fail();
    this.offline = isOffline(feed);
    if (this.#frames !== feed.frames || this.offline !== this.#view.figures.placeholder) this.#report(feed);
    this.#frames = feed.frames;
  }

  /** There is no age, because nobody can tell which picture an <img> shows. @param {Feed} feed */
  #report({ frames, width, height, state }) {
    const placeholder = state !== 'live' && state !== 'idle';
    this.#view.paint({ sequence: frames, captured: null, placeholder, at: now(), age: null, width, height });
  }

  check() {
    if (!this.playing) return;
    const image = this.#image;
    if (!image) {
      if (now() >= this.#retryAt) this.#open();
    } else if (!this.#shown) {
      if (now() - this.#began > FIRST_PICTURE_TIMEOUT_MS) this.#fail();
    } else if (image.naturalWidth === 0) {
      this.#fail();
    } else if (now() - this.#kept > 1000) {
      if (now() - this.#shown > FIRST_PICTURE_TIMEOUT_MS) this.#failures = 0;
      this.#kept = now();
      this.#keep(image);
    }
  }

  /** Shows one picture that is fetched alone; throws if there is none. */
  async snapshot() {
    const response = await fetch(this.#url('.jpg'), { signal: AbortSignal.timeout(5000), cache: 'no-store' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    this.#view.still(await createImageBitmap(await response.blob()));
  }

  #url(ending) {
    const url = feedUrl(this.#view.feed, ending, this.#root);
    for (const key of ending === '.mjpg' ? ['fps', 'quality', 'rotate'] : ['quality', 'rotate']) {
      const value = this.#view.getAttribute(key);
      if (value) url.searchParams.set(key, value);
    }
    return url;
  }

  #open() {
    const image = new Image();
    this.#image = image;
    this.#began = now();
    this.#shown = 0;
    image.alt = '';
    image.draggable = false;
    image.setAttribute('part', 'picture');
    image.onload = () => this.#show(image);
    image.onerror = () => this.#fail();
    const url = this.#url('.mjpg');
    // A random id also keeps the browser from answering with a cached picture of this address, which may be that of a
    // dead stream.
    this.#id = `page-${Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('')}`;
    url.searchParams.set('stream', this.#id);
    image.src = url.href;
    this.#view.shadowRoot?.append(image);
  }

  #show(image) {
    this.#shown ||= now();
    image.classList.add('shown');
  }

  #fail() {
    this.#release(this.#image);
    this.#image = null;
    this.#shown = 0;
    this.#retryAt = now() + backOff(++this.#failures);
  }

  /**
   * Ends a stream. An image that is removed from the page keeps its connection, and one without src would be shown as
   * broken. WebKit keeps the connection even then, so the server must end it.
   *
   * @param {HTMLImageElement?} image
   */
  #release(image) {
    if (!image) return;
    image.onload = image.onerror = null;
    image.src = '';
    image.remove();
    this.#end(this.#id).catch(() => {});
  }

  /**
   * Ends a stream that is still open; nearly all have ended with their image. Pages of other origins may not end
   * streams.
   *
   * @param {string} id
   */
  async #end(id) {
    if (this.#root.origin !== location.origin) return;
    const { streams } = await (await fetch(new URL('api/streams', this.#root), { cache: 'no-store', keepalive: true })).json();
    if (streams.some((one) => one.id === id)) await fetch(new URL(`api/streams/${id}`, this.#root), { method: 'DELETE', keepalive: true });
  }

  /**
   * Keeps the current picture as a still. Uses createImageBitmap because drawImage always draws a stream's first
   * picture in Firefox.
   *
   * @param {HTMLImageElement} image
   */
  async #keep(image) {
    try {
      this.#view.still(await createImageBitmap(image));
    } catch {
      // The image has just broken: the still of a second ago is better.
    }
  }
}
