/** Feeds by `<img>`, where WebSockets do not come through: streams for a few of those in sight, snapshots in turn for the rest. */

import { backOff, now } from './connection.js';
import { feedUrl } from './live.js';

/** @import { Feed, Live, Status } from './live.js' */
/** @import { FlipbookView } from './view.js' */

/** How long a stream may take to its first picture. The server sends one at once, so this is a dead connection. */
const PATIENCE_MS = 10_000;
const SNAPSHOT_MS = 1000;

/**
 * Browsers open six connections to a host over HTTP/1.1, and everything beyond hangs: four streams leave one for the
 * feeds' states and one for snapshots. HTTP/2 has no such limit; there the machine's decoder is the bound.
 */
const entry = /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType('navigation')[0]);
const STREAMS = /^h[23]/.test(entry?.nextHopProtocol ?? '') ? 24 : 4;

/** @type {WeakMap<Live, Images>} */
const all = new WeakMap();

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

  /** @param {FlipbookView} view that is in sight */
  add(view) {
    if (this.#pictures.has(view)) return;
    const picture = new Picture(view, this.#live.root);
    picture.offline = view.status?.state === 'offline';
    this.#pictures.set(view, picture);
    this.#live.addEventListener('feeds', this.#heard);
    this.#pulse ??= setInterval(() => this.#look(), 250);
  }

  /** @param {FlipbookView} view */
  delete(view) {
    this.#pictures.get(view)?.pause();
    if (!this.#pictures.delete(view) || this.#pictures.size > 0) return;
    this.#live.removeEventListener('feeds', this.#heard);
    clearInterval(this.#pulse);
    this.#pulse = undefined;
  }

  /** @param {FlipbookView} view that has no picture yet */
  async still(view) {
    await new Picture(view, this.#live.root).snapshot().catch(() => {});
  }

  #heard = (event) => {
    const { feeds } = /** @type {CustomEvent<Status>} */ (event).detail;
    for (const [view, picture] of this.#pictures) {
      const feed = feeds.find(({ name }) => name === view.feed);
      if (feed) picture.hear(feed);
      else view.refuse(`there is no feed '${view.feed}'`);
    }
  };

  #look() {
    this.#share();
    for (const picture of this.#pictures.values()) picture.look();
    this.#snap();
  }

  /** Streams go to those that can be live first, and who has one keeps it. */
  #share() {
    const rank = (/** @type {Picture} */ picture) => (picture.offline ? 2 : 0) + (picture.playing ? 0 : 1);
    const ranked = [...this.#pictures.values()].sort((a, b) => rank(a) - rank(b));
    for (const picture of ranked.slice(STREAMS)) picture.pause();
    for (const picture of ranked.slice(0, STREAMS)) picture.play();
  }

  /** Refreshes the picture that has waited longest; one request at a time in all, whatever their number. */
  async #snap() {
    if (this.#snapping || this.#live.state === 'lost') return;
    // Of a feed that is offline there is none to be had: what the server says of it is known already.
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

/*
 * An <img> hardly says what becomes of its stream: after the first picture no engine fires `error`, Chromium and WebKit
 * show a broken one as naturalWidth 0, and a clean end is invisible. So: the still below is refreshed once a second and
 * takes over whenever the stream is gone; naturalWidth is looked at; and the server's own figures tell that it does not
 * know of us (`hear`).
 */
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

  /** @param {Feed} feed as the server sees it: nobody watches though we do, or fewer frames than before: our stream is dead */
  hear(feed) {
    const alone = this.playing && feed.viewers === 0 && this.#shown > 0 && now() - this.#shown > 3000;
    this.#alone = alone ? this.#alone + 1 : 0;
    if (this.#alone >= 3 || feed.frames < this.#frames) this.#fail();
    this.offline = feed.state === 'offline';
    if (this.#frames !== feed.frames || this.offline !== this.#view.figures.placeholder) this.#say(feed);
    this.#frames = feed.frames;
  }

  /** No age: nobody can tell which picture an <img> shows. @param {Feed} feed */
  #say({ frames, width, height, state }) {
    const placeholder = state !== 'live' && state !== 'idle';
    this.#view.paint({ sequence: frames, captured: null, placeholder, at: now(), age: null, width, height });
  }

  look() {
    if (!this.playing) return;
    const image = this.#image;
    if (!image) {
      if (now() >= this.#retryAt) this.#open();
    } else if (!this.#shown) {
      if (now() - this.#began > PATIENCE_MS) this.#fail();
    } else if (image.naturalWidth === 0) {
      this.#fail();
    } else if (now() - this.#kept > 1000) {
      if (now() - this.#shown > PATIENCE_MS) this.#failures = 0;
      this.#kept = now();
      this.#keep(image);
    }
  }

  /** Shows one picture fetched by itself; throws when there is none. */
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
    // Also lest the browser answers from the picture that it holds of this address, be it a dead stream's.
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
   * An image taken out of the page keeps its connection, and one without src would show as broken. WebKit keeps it even
   * then: there the server has to end it.
   * @param {HTMLImageElement?} image
   */
  #release(image) {
    if (!image) return;
    image.onload = image.onerror = null;
    image.src = '';
    image.remove();
    this.#end(this.#id).catch(() => {});
  }

  /** Only one that is open still: nearly all have ended with their image. Pages of another origin may end none. @param {string} id */
  async #end(id) {
    if (this.#root.origin !== location.origin) return;
    const { streams } = await (await fetch(new URL('api/streams', this.#root), { cache: 'no-store', keepalive: true })).json();
    if (streams.some((one) => one.id === id)) await fetch(new URL(`api/streams/${id}`, this.#root), { method: 'DELETE', keepalive: true });
  }

  /** createImageBitmap and not drawImage, which in Firefox goes on drawing a stream's first picture. @param {HTMLImageElement} image */
  async #keep(image) {
    try {
      this.#view.still(await createImageBitmap(image));
    } catch {
      // It broke in this very moment: the still from a second ago is the better picture.
    }
  }
}
