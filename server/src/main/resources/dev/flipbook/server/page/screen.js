/** What becomes of the pictures of a connection: they are read, decoded, painted and acknowledged. */

import { now } from './clock.js';

/**
 * @import { Clock } from './clock.js'
 * @typedef {{ number: number, placeholder: boolean, sequence: number, captured: number, type: string,
 *   bytes: Uint8Array<ArrayBuffer> }} Picture
 * @typedef {{ canvas: HTMLCanvasElement | OffscreenCanvas,
 *   draw: (bitmap: ImageBitmap, placeholder?: boolean) => void }} Screen
 */

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

/** A feed that is watched, from its pictures' side. The counts are from the last painted picture on. */
export class Watch {
  /** Whether the pictures are not wanted any more. */
  gone = false;
  decoding = false;
  /** The newest picture that is not decoded yet. @type {Picture?} */
  waiting = null;
  /** The newest picture that is decoded and not painted yet. @type {(Picture & { bitmap: ImageBitmap })?} */
  ready = null;
  /** Pictures that the server does not know yet to be done with. */
  unacknowledged = 0;
  skipped = 0;
  broken = 0;
  bytes = 0;

  /** @param {number} number @param {Screen} screen */
  constructor(number, screen) {
    this.number = number;
    this.screen = screen;
  }

  /** The same over a new connection, whose server knows nothing of these pictures. */
  renewed() {
    const next = new Watch(this.number, this.screen);
    [next.skipped, next.broken, next.bytes] = [this.skipped, this.broken, this.bytes];
    return next;
  }

  /** Drops all pictures, also the one that is being decoded. */
  end() {
    this.gone = true;
    this.ready?.bitmap.close();
    this.ready = this.waiting = null;
    this.unacknowledged = 0;
  }
}

/** Maximum number of pictures that are decoded at once. */
const MAX_DECODING = 2 + (navigator.hardwareConcurrency || 2);

/**
 * Decodes and paints the pictures of all watched feeds. A picture for which there is no time is skipped for a newer one
 * of the same feed.
 */
export class Painter {
  #clock;
  #acknowledge;
  #report;
  #hidden = false;
  /** Watches with a picture to decode. @type {Set<Watch>} */
  #undecoded = new Set();
  /** Watches with a picture to paint or to acknowledge. @type {Set<Watch>} */
  #unacknowledged = new Set();
  #decoding = 0;
  #rendering = false;

  /**
   * @param {Clock} clock
   * @param {(number: number) => void} acknowledge tells the server that a picture of this number is done with
   * @param {(message: any) => void} report tells the page what was painted
   */
  constructor(clock, acknowledge, report) {
    this.#clock = clock;
    this.#acknowledge = acknowledge;
    this.#report = report;
  }

  /** @param {boolean} hidden whether the page is hidden; a page that is not rendered has no animation frames */
  hidden(hidden) {
    this.#hidden = hidden;
    if (hidden) this.#flush();
  }

  /** @param {Watch} watch @param {Picture} picture @param {number} size bytes of its message */
  take(watch, picture, size) {
    watch.bytes += size;
    if (watch.waiting) this.#skip(watch);
    watch.waiting = picture;
    this.#undecoded.add(watch);
    this.#decodeNext();
  }

  /**
   * Decodes at most one picture for each processor and two more: a picture that waits can still be skipped for a newer
   * one.
   */
  #decodeNext() {
    for (const watch of this.#undecoded) {
      if (this.#decoding >= MAX_DECODING) return;
      if (watch.decoding) continue;
      this.#undecoded.delete(watch);
      if (watch.waiting) this.#decode(watch, watch.waiting);
    }
  }

  /** @param {Watch} watch a watch that has a newer picture */
  #skip(watch) {
    watch.skipped++;
    this.#done(watch);
  }

  /** Notes that a picture is done with. @param {Watch} watch */
  #done(watch) {
    watch.unacknowledged++;
    this.#unacknowledged.add(watch);
    this.#render();
  }

  /** @param {Watch} watch @param {Picture} picture */
  async #decode(watch, picture) {
    watch.decoding = true;
    watch.waiting = null;
    this.#decoding++;
    const bitmap = await createImageBitmap(new Blob([picture.bytes], { type: picture.type })).catch(() => null);
    this.#decoding--;
    watch.decoding = false;
    this.#decodeNext();
    if (watch.gone) return bitmap?.close();
    if (!bitmap) {
      watch.broken++;
      return this.#done(watch);
    }
    if (watch.ready) this.#skip(watch);
    watch.ready?.bitmap.close();
    watch.ready = { ...picture, bitmap };
    this.#unacknowledged.add(watch);
    this.#render();
  }

  #render() {
    if (this.#rendering) return;
    this.#rendering = true;
    if (this.#hidden) setTimeout(() => this.#flush());
    else requestAnimationFrame(() => this.#flush());
  }

  /**
   * Pictures are acknowledged only here, including those that were skipped. So a page gets no more pictures than it has
   * time to render.
   */
  #flush() {
    this.#rendering = false;
    const watches = [...this.#unacknowledged];
    this.#unacknowledged.clear();
    for (const watch of watches) {
      if (watch.gone) continue;
      if (watch.ready) this.#paint(watch, watch.ready);
      for (; watch.unacknowledged > 0; watch.unacknowledged--) this.#acknowledge(watch.number);
    }
  }

  /** @param {Watch} watch @param {Picture & { bitmap: ImageBitmap }} picture */
  #paint(watch, { bitmap, sequence, captured, placeholder }) {
    const { width, height } = bitmap;
    watch.ready = null;
    watch.unacknowledged++;
    watch.screen.draw(bitmap, placeholder);
    const at = now();
    // The estimate of the server's clock may be wrong by half a round trip, but nothing is shown before it was captured.
    const age = this.#clock.known ? Math.max(0, at + this.#clock.offset - captured) : null;
    const { number: painted, skipped, broken, bytes } = watch;
    this.#report({ painted, sequence, captured, placeholder, at, age, width, height, skipped, broken, bytes });
    watch.skipped = watch.broken = watch.bytes = 0;
  }
}
