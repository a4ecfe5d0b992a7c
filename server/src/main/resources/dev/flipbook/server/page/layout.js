/** How the tiles of the grid share the window. */

/** @import { Tile } from './tile.js' */

/** Minimum width of a tile in rem: a picture of that width can still be recognized. */
const MIN_WIDTH_REM = 9;

/**
 * The aspect ratio of the tiles: that of all pictures if they share one, otherwise 16:9. Bars fill the rest.
 *
 * @param {Tile[]} tiles
 */
function ratio(tiles) {
  const all = tiles.filter(({ feed }) => feed.width && feed.height).map(({ feed }) => feed.width / feed.height);
  const same = all.length > 0 && all.every((one) => Math.abs(one / all[0] - 1) < 0.02);
  return same ? Math.min(2.4, Math.max(1, all[0])) : 16 / 9;
}

/**
 * Chooses the number of columns that makes the tiles largest with all of them visible, and returns that number. If they
 * would be too small, the page scrolls.
 *
 * @param {HTMLElement} grid the list of the tiles
 * @param {HTMLElement} main what the grid stands in
 * @param {Tile[]} tiles at least one
 */
export function fit(grid, main, tiles) {
  const count = tiles.length;
  const style = getComputedStyle(grid);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [gap, minWidth, shape] = [parseFloat(style.columnGap) || 0, MIN_WIDTH_REM * rem, ratio(tiles)];
  const width = grid.clientWidth;
  const height = innerHeight - main.offsetTop - parseFloat(getComputedStyle(main).paddingBottom);
  const widthIn = (/** @type {number} */ columns) => (width - gap * (columns - 1)) / columns;
  const heightOf = (/** @type {number} */ columns) => Math.ceil(count / columns) * (widthIn(columns) / shape + gap) - gap;
  const maxColumns = Math.max(1, Math.floor((width + gap) / (minWidth + gap)));
  let [best, tile] = [1, 0];
  for (let columns = 1; columns <= Math.min(maxColumns, count); columns++) {
    const rows = Math.ceil(count / columns);
    const wide = Math.min(widthIn(columns), ((height - gap * (rows - 1)) / rows) * shape);
    if (wide > tile) [best, tile] = [columns, wide];
  }
  if (tile < Math.min(minWidth, width)) [best, tile] = [maxColumns, widthIn(maxColumns)];
  // A phone may scroll, which is better than half an empty screen.
  if (width < height && best > 1 && heightOf(best) < height / 2) tile = widthIn(--best);
  grid.style.setProperty('--columns', String(best));
  grid.style.setProperty('--tile', `${Math.floor(tile)}px`);
  grid.style.setProperty('--ratio', String(shape));
  return best;
}
