/** What a view requests of the server: what its attributes say, and no more pixels than it shows. */

/**
 * @import { Wishes } from './connection.js'
 * @import { Feed } from './live.js'
 * @typedef {{ width: number, height: number }} Size
 */

/**
 * @param {Element} view
 * @param {Size} box the view's size in CSS pixels
 * @param {Size} full the size of the feed's pictures, as far as they have shown it
 * @param {Feed | undefined} feed the server's status of the feed, which has priority
 * @returns {Wishes}
 */
export function wishesOf(view, box, full, feed) {
  /** @type {Record<string, number>} */
  const wishes = {};
  for (const key of ['fps', 'quality', 'rotate']) {
    const value = Number(view.getAttribute(key) || NaN);
    if (!Number.isNaN(value)) wishes[key] = value;
  }
  const turned = (wishes.rotate ?? 0) % 180 !== 0;
  const own = feed?.width ? { width: turned ? feed.height : feed.width, height: turned ? feed.width : feed.height } : full;
  const width = widthFor(box, own);
  return width > 0 ? { ...wishes, width } : wishes;
}

/**
 * The smallest multiple of an eighth of the feed's width that is not below the displayed width; 0 if the feed's own
 * width is as good.
 *
 * @param {Size} box
 * @param {Size} full
 */
function widthFor(box, full) {
  if (!full.width || !box.width) return 0;
  const scale = Math.min(box.width / full.width, (box.height || Infinity) / full.height);
  const part = scale * devicePixelRatio;
  return part < 0.8 ? Math.max(16, Math.floor((full.width * Math.ceil(part * 8)) / 8)) : 0;
}
