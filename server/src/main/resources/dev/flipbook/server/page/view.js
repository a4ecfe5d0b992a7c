/** The element that shows a feed: requests its pictures, and reports their state. */

import { now } from './clock.js';
import { Figures, judge, limits } from './figures.js';
import { imagesOf } from './images.js';
import { connect } from './live.js';
import { TICK_MS, attend, retire, unobserve } from './sight.js';
import { wishesOf } from './wishes.js';

/** @import { Wishes } from './connection.js' */
/** @import { Feed, Live, Watching } from './live.js' */

/**
 * How long a view may be out of sight before its stream is ended, so that scrolling past does not cost a new request.
 */
const LEAVING_MS = 2000;
/** Interval at which a feed that was refused is requested again. */
const RETRY_INTERVAL_MS = 2000;
// How long the element's size must be unchanged before another size is requested.
const SETTLED_MS = 300;

const style = new CSSStyleSheet();
style.replaceSync(`
  :host { display: block; position: relative; overflow: hidden; }
  :host([hidden]) { display: none; }
  canvas, img { display: block; width: 100%; height: 100%; object-fit: var(--flipbook-fit, contain); }
  img { position: absolute; inset: 0; visibility: hidden; }
  img.shown { visibility: visible; }
  canvas.blank, canvas.blank + img { visibility: hidden; }
`);

/** The element. Events: `frame` after each painted picture, and `statechange`; the detail of both is the figures. */
export class FlipbookView extends HTMLElement {
  static observedAttributes = ['feed', 'root', 'fps', 'quality', 'rotate', 'transport', 'paused'];
  figures = new Figures();
  #canvas = document.createElement('canvas');
  /** @type {Live?} */
  #live = null;
  /** Number of the canvas in `Live`. @type {number?} */
  #screen = null;
  /** @type {Watching?} */
  #watching = null;
  /** @type {Wishes} */
  #wishes = {};
  #asked = 0;
  #seen = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;
  #box = { width: 0, height: 0, at: 0 };
  /** The feed's size, as far as its pictures show it. */
  #full = { width: 0, height: 0 };
  /** Whether there was a picture since the last request. */
  #shown = false;
  #newAt = 0;
  /** @type {{ reason: string, at: number }?} */
  #refused = null;
  #byImage = false;
  /** Whether the feed is paused, as far as a view that keeps its last picture has to know. */
  #paused = false;
  #stillAt = 0;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [style];
  }

  connectedCallback() {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'img');
    this.#label();
    this.#join();
    attend(this);
  }

  disconnectedCallback() {
    unobserve(this);
    // An element that is only moved to another place is back at once, and keeps its stream.
    this.see(false);
  }

  /** @param {string} name @param {string?} before @param {string?} value */
  attributeChangedCallback(name, before, value) {
    if (before === value || !this.#live) return;
    if (name === 'feed' || name === 'root') {
      this.#leave();
      if (this.isConnected) this.#join();
      this.#label(before);
    }
    this.#plan();
    this.#sendWishes();
    this.judge();
  }

  get live() {
    return this.#live;
  }

  get feed() {
    return this.getAttribute('feed') ?? '';
  }

  set feed(name) {
    this.setAttribute('feed', name);
  }

  get state() {
    return this.figures.state;
  }

  get reason() {
    return this.figures.reason;
  }

  get since() {
    return this.figures.since;
  }

  get frozen() {
    return this.hasAttribute('paused');
  }

  /** Keeps the current picture until {@link unfreeze} is called. */
  freeze() {
    this.setAttribute('paused', '');
  }

  unfreeze() {
    this.removeAttribute('paused');
  }

  /**
   * Sets the label, unless the page has set one.
   *
   * @param {string?} [before] the previous feed's name, which is a label of ours
   */
  #label(before) {
    const label = this.getAttribute('aria-label');
    if (!label || label === before) this.setAttribute('aria-label', this.feed);
  }

  #join() {
    if (this.#live) return;
    this.#live = connect(this.getAttribute('root') ?? undefined);
    this.#live.addEventListener('state', this.#onState);
    this.#live.addEventListener('reset', this.#onReset);
    if (this.#keeps) this.#live.addEventListener('feeds', this.#onFeeds);
    this.#paused = this.#keeps && this.status?.state === 'paused';
    this.#canvas = document.createElement('canvas');
    this.#canvas.width = 16;
    this.#canvas.height = 9;
    this.#canvas.setAttribute('part', 'picture');
    this.shadowRoot?.replaceChildren(this.#canvas);
    this.#screen = this.#live.screen(this.#canvas, this.#keeps && !this.#paused);
  }

  /** Releases everything that costs something; the picture stays. */
  #leave() {
    const live = this.#live;
    if (!live) return;
    this.#unwatch();
    imagesOf(live).delete(this);
    live.removeEventListener('state', this.#onState);
    live.removeEventListener('reset', this.#onReset);
    live.removeEventListener('feeds', this.#onFeeds);
    if (this.#screen !== null) live.drop(this.#screen);
    this.#live = this.#screen = this.#refused = null;
    this.#shown = this.#byImage = false;
    this.#full = { width: 0, height: 0 };
    this.figures = new Figures();
  }

  #onState = () => {
    if (this.#live?.state !== 'open') this.#shown = false;
    this.#plan();
    this.judge();
  };

  #onReset = () => {
    this.#leave();
    this.#join();
  };

  /** Begins again on an empty canvas when the feed is paused or resumed: nobody may see a paused feed's last picture. */
  #onFeeds = () => {
    if ((this.status?.state === 'paused') === this.#paused) return;
    this.#onReset();
    this.#plan();
    this.judge();
  };

  /** Whether to keep the last picture instead of drawing a placeholder. */
  get #keeps() {
    return this.getAttribute('placeholder') === 'none';
  }

  /** @param {boolean} seen */
  see(seen) {
    clearTimeout(this.#leaving);
    if (seen) {
      this.#seen = true;
      this.#plan();
      return;
    }
    this.#leaving = setTimeout(() => {
      this.#seen = false;
      this.#plan();
      if (this.isConnected) return;
      this.#leave();
      retire(this);
    }, LEAVING_MS);
  }

  /** @param {number} width @param {number} height */
  fit(width, height) {
    this.#box = { width, height, at: now() };
  }

  /** @param {boolean} second true once a second */
  tick(second) {
    if (second) this.figures.second();
    this.#plan();
    if (now() - this.#box.at > SETTLED_MS) this.#sendWishes();
    if (this.#refused && this.#watching && now() - this.#asked > 1000) this.#refused = null;
    this.#still();
    this.judge();
  }

  /** Begins or ends the stream, whichever is due. */
  #plan() {
    const live = this.#live;
    if (!live) return;
    const transport = this.getAttribute('transport');
    // A view that was frozen before its first picture still gets that one.
    const wanted = this.#seen && this.feed !== '' && !(this.frozen && this.figures.painted > 0);
    this.#byImage = transport === 'img' || (transport !== 'ws' && live.blocked);
    if (wanted && !this.#byImage) this.#watch(live);
    else this.#unwatch();
    if (wanted && this.#byImage && live.present) imagesOf(live).add(this);
    else imagesOf(live).delete(this);
  }

  #watch(live) {
    const known = live.feeds?.feeds.some(({ name }) => name === this.feed);
    const wait = this.#refused && now() - this.#refused.at < (known ? TICK_MS : RETRY_INTERVAL_MS);
    if (this.#watching || this.#screen === null || wait) return;
    this.#asked = now();
    this.#shown = false;
    this.figures.step = 0;
    this.figures.transport = 'ws';
    this.#wishes = this.#readWishes();
    this.#watching = live.watch(this.#screen, this.feed, this.#wishes, (message) => this.#receive(message));
  }

  #unwatch() {
    this.#watching?.forget();
    this.#watching = null;
    if (!this.#byImage) this.#shown = false;
  }

  /** Sends the request again if it has changed. */
  #sendWishes() {
    const wishes = this.#readWishes();
    if (!this.#watching || JSON.stringify(wishes) === JSON.stringify(this.#wishes)) return;
    this.#wishes = wishes;
    this.#watching.wish(wishes);
  }

  #readWishes() {
    return wishesOf(this, this.#box, this.#full, this.status);
  }

  /** The server's status of the feed, if anybody listens to it. */
  get status() {
    return this.#live?.feeds?.feeds.find(({ name }) => name === this.feed);
  }

  #receive(message) {
    if ('painted' in message) return this.paint(message);
    if ('level' in message) {
      this.figures.step = message.step;
      return;
    }
    this.#watching = null;
    this.refuse(message.reason ?? 'the feed has ended');
    this.#plan();
  }

  /** @param {string} reason */
  refuse(reason) {
    this.#refused = { reason, at: now() };
    this.judge();
  }

  /** @param {any} message about a painted picture */
  paint(message) {
    const first = !this.#shown;
    const fresh = this.figures.paint(message);
    // A picture that was old when it was requested counts as late from the beginning.
    const old = first ? Math.min(message.age ?? 0, limits(this.#expected()).late) : 0;
    if (fresh || first) this.#newAt = message.at - old;
    this.#shown = true;
    this.#refused = null;
    if (!this.#wishes.width && this.figures.step === 0) this.#full = { width: message.width, height: message.height };
    if (this.frozen) this.#plan();
    this.judge();
    this.dispatchEvent(new CustomEvent('frame', { detail: this.figures }));
  }

  /** @param {ImageBitmap} bitmap */
  still(bitmap) {
    if (this.#screen !== null && !this.#paused) this.#live?.still(this.#screen, bitmap);
    else bitmap.close();
  }

  /** Expected interval between two pictures in ms. */
  #expected() {
    const { interval } = this.figures;
    const rates = [this.#wishes.fps, interval ? 0 : this.status?.fps];
    return Math.max(interval ?? 0, ...rates.map((rate) => (rate ? 1000 / rate : 0)));
  }

  /** Fetches one snapshot while the connection takes long, or while a proxy delays it. */
  #still() {
    const live = this.#live;
    const due = this.#watching && !this.#shown && live?.state === 'connecting' && now() - Math.max(this.#asked, this.#stillAt) > 1000;
    if (!due || this.figures.painted > 0) return;
    this.#stillAt = now() + 4000;
    imagesOf(live).still(this);
  }

  judge() {
    const live = this.#live;
    if (!live) return;
    const lost = live.state === 'lost';
    const facts = { frozen: this.frozen, lost, refused: this.#refused !== null, shown: this.#shown, placeholder: this.figures.placeholder };
    const state = judge({ ...facts, silent: now() - this.#newAt, expected: this.#expected() });
    // An <img> shows placeholders like any picture; over the WebSocket they are not drawn.
    this.#canvas.classList.toggle('blank', this.figures.placeholder && this.#byImage && this.#keeps && !this.#paused);
    const reasons = { lost: live.detail.reason, refused: this.#refused?.reason, placeholder: this.status?.reason };
    const reason = /** @type {Record<string, string | undefined>} */ (reasons)[state] ?? '';
    if (state === this.figures.state && reason === this.figures.reason && this.hasAttribute('state')) return;
    if (state !== this.figures.state) this.figures.since = now();
    Object.assign(this.figures, { state, reason });
    this.setAttribute('state', state);
    this.dispatchEvent(new CustomEvent('statechange', { detail: this.figures }));
  }
}
