/** One feed's picture in the page: the last one seen as a still and, while it plays, the live stream over it. */

import { backOff, feedUrl } from './watch.js';

/** How long a stream may take to its first picture. The server sends one at once, so this is a dead connection. */
const PATIENCE_MS = 10_000;

/**
 * Numbers the connections. A browser answers a second request for an address from the picture it already holds, be it
 * a dead stream's, so each attempt has an address of its own; the server ignores the key.
 */
let attempts = 0;

/*
 * An <img> hardly says what becomes of its stream: after the first picture no engine fires `error`, Chromium and WebKit
 * show a broken one as naturalWidth 0, and a clean end is invisible. So: the still below is refreshed once a second and
 * takes over whenever the stream is gone; naturalWidth is looked at once a second; and the server's own figures tell
 * that it does not know of us (`hear`).
 */
export class Picture {
  element = document.createElement('div');
  #name;
  #still = document.createElement('canvas');
  #image = null;
  #playing = false;
  #began = 0;
  #shown = 0;
  #failures = 0;
  #unknown = 0;
  #frames = 0;
  #retry;
  #pulse;

  constructor(name) {
    this.#name = name;
    this.element.className = 'picture';
    this.element.setAttribute('role', 'img');
    this.element.setAttribute('aria-label', `Live picture of ${name}`);
    this.element.append(this.#still);
  }

  get playing() {
    return this.#playing;
  }

  play() {
    if (this.#playing) return;
    this.#playing = true;
    this.#pulse = setInterval(() => this.#look(), 1000);
    this.#open();
  }

  /** Ends the connection, which waits a moment at most for the last picture to be kept as a still. */
  async pause() {
    if (!this.#playing) return;
    this.#playing = false;
    clearInterval(this.#pulse);
    clearTimeout(this.#retry);
    this.#failures = 0;
    const image = this.#image;
    this.#image = null;
    if (image && this.#shown) await Promise.race([this.#keep(image), new Promise((done) => setTimeout(done, 200))]);
    release(image);
  }

  /** Connects anew, at once: for a server that has come back. */
  revive() {
    if (!this.#playing) return;
    this.#failures = 0;
    this.#open();
  }

  /** Takes the server's view of the feed: nobody watches though we do, or fewer frames than before: our stream is dead. */
  hear(feed) {
    const alone = feed.viewers === 0 && this.#shown > 0 && performance.now() - this.#shown > 3000;
    this.#unknown = alone ? this.#unknown + 1 : 0;
    if (this.#unknown >= 3 || feed.frames < this.#frames) {
      this.#unknown = 0;
      this.revive();
    }
    this.#frames = feed.frames;
  }

  /** Shows one picture fetched by itself; throws when there is none. */
  async snapshot() {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(feedUrl(this.#name, '.jpg'), { signal, cache: 'no-store' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    await this.#draw(await response.blob());
  }

  #open() {
    clearTimeout(this.#retry);
    release(this.#image);
    const image = new Image();
    this.#image = image;
    this.#began = performance.now();
    this.#shown = 0;
    image.alt = '';
    image.draggable = false;
    image.onload = () => this.#show(image);
    image.onerror = () => this.#fail();
    const url = feedUrl(this.#name, '.mjpg');
    url.searchParams.set('attempt', ++attempts);
    image.src = url;
    this.element.append(image);
  }

  #show(image) {
    if (this.#shown) return;
    this.#shown = performance.now();
    image.classList.add('shown');
  }

  #fail() {
    release(this.#image);
    this.#image = null;
    this.#shown = 0;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), backOff(++this.#failures));
  }

  #look() {
    if (!this.#image) return;
    const now = performance.now();
    if (!this.#shown) {
      if (now - this.#began > PATIENCE_MS) this.#fail();
    } else if (this.#image.naturalWidth === 0) {
      this.#fail();
    } else {
      if (now - this.#shown > PATIENCE_MS) this.#failures = 0;
      this.#keep(this.#image);
    }
  }

  /** createImageBitmap and not drawImage, which in Firefox goes on drawing a stream's first picture. */
  async #keep(image) {
    try {
      await this.#draw(image);
    } catch {
      // It broke in this very moment: the still from a second ago is the better picture.
    }
  }

  async #draw(picture) {
    const width = Math.round(this.element.clientWidth * devicePixelRatio);
    const options = width > 0 ? { resizeWidth: width, resizeQuality: 'medium' } : {};
    const bitmap = await createImageBitmap(picture, options);
    this.#still.width = bitmap.width;
    this.#still.height = bitmap.height;
    this.#still.getContext('bitmaprenderer').transferFromImageBitmap(bitmap);
  }
}

/** Both are needed: an image taken out of the page keeps its connection, and one without src would show as broken. */
function release(image) {
  if (!image) return;
  image.onload = image.onerror = null;
  image.src = '';
  image.remove();
}
