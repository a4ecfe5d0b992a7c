/** The page of all feeds: a tile for each, as many of them live as the browser's connections allow. */

import { Picture } from './picture.js';
import { Poll, backOff, feedUrl, presence } from './watch.js';
import { age, badge, fps, isPoor, lose, make, put, say, size, state, why } from './words.js';

/**
 * Browsers open six connections to a host over HTTP/1.1, and everything beyond hangs: four streams leave one for the
 * feeds' states and one for snapshots. HTTP/2 has no such limit; there the machine's decoder is the bound.
 */
const STREAMS = /^h[23]/.test(performance.getEntriesByType('navigation')[0]?.nextHopProtocol) ? 24 : 4;

const SNAPSHOT_MS = 1000;

const byId = (id) => document.getElementById(id);
const grid = byId('grid');
const tiles = new Map();
let known = false;
let here = false;
let paused = false;
let lost = false;
let snapping = false;
let planned;

class Tile {
  element = make('li', 'tile');
  seen = false;
  /** When the next snapshot is due, for a tile that has no stream. */
  due = 0;
  missed = 0;
  #badge = make('span', 'badge');
  #line = make('p', 'line');

  constructor(feed) {
    this.feed = feed;
    this.picture = new Picture(feed.name);
    const link = make('a', '', feed.name);
    link.href = feedUrl(feed.name, '');
    const heading = make('h2');
    heading.title = feed.name;
    heading.append(link);
    this.element.append(this.picture.element, heading, this.#badge, this.#line);
    this.show(feed);
  }

  show(feed) {
    this.feed = feed;
    this.element.dataset.state = feed.state;
    badge(this.#badge, feed);
    const reason = why(feed);
    put(this.#line, reason || figures(feed));
    this.#line.title = reason;
  }

  lose() {
    lose(this.#badge, this.#line);
  }
}

function figures(feed) {
  const old = age(feed.ageMs);
  return [fps(feed), size(feed), old && `${old} old`].filter(Boolean).join(' · ');
}

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const tile = [...tiles.values()].find((one) => one.element === entry.target);
    if (tile) tile.seen = entry.isIntersecting;
  }
  plan();
});

/** Waits a moment before it hands out streams, so that scrolling past fifty tiles does not open fifty. */
function plan() {
  clearTimeout(planned);
  planned = setTimeout(share, 150);
}

/** Streams go to the tiles in sight: those that can be live first, and who has one keeps it. */
function share() {
  const rank = (tile) => (tile.feed.state === 'offline' ? 2 : 0) + (tile.picture.playing ? 0 : 1);
  const inSight = [...tiles.values()].filter((tile) => tile.seen).sort((a, b) => rank(a) - rank(b));
  const chosen = new Set(here && !paused ? inSight.slice(0, STREAMS) : []);
  for (const tile of tiles.values()) if (!chosen.has(tile)) tile.picture.pause();
  for (const tile of chosen) tile.picture.play();
}

/** Refreshes the tile that has waited longest; one request at a time in all, whatever the number of tiles. */
async function snap() {
  if (snapping || !here || paused || lost) return;
  const now = performance.now();
  const waiting = [...tiles.values()].filter((tile) => tile.seen && !tile.picture.playing && tile.due <= now);
  const tile = waiting.sort((a, b) => a.due - b.due)[0];
  if (!tile) return;
  snapping = true;
  try {
    await tile.picture.snapshot();
    tile.missed = 0;
    tile.due = now + SNAPSHOT_MS;
  } catch {
    tile.due = performance.now() + backOff(++tile.missed + 1);
  }
  snapping = false;
  snap();
}

function heard(answer) {
  if (!Array.isArray(answer?.feeds)) return missed();
  if (lost) found();
  const told = known ? changes(answer.feeds) : '';
  known = true;
  const names = new Set(answer.feeds.map((feed) => feed.name));
  const before = [...tiles.keys()].join('\n');
  for (const name of tiles.keys()) if (!names.has(name)) drop(name);
  answer.feeds.forEach(place);
  summarise(answer.feeds);
  if (told) say(told);
  if ([...tiles.keys()].join('\n') !== before || told) plan();
  fit();
}

/** What a listener wants to hear of the difference between two answers. */
function changes(feeds) {
  const told = [];
  for (const feed of feeds) {
    const old = tiles.get(feed.name)?.feed;
    if (!old) told.push(`${feed.name}: new feed`);
    else if (old.state !== feed.state && (isPoor(feed) || isPoor(old))) told.push(`${feed.name}: ${state(feed)} ${why(feed)}`);
  }
  for (const name of tiles.keys()) if (!feeds.some((feed) => feed.name === name)) told.push(`${name}: removed`);
  return told.join('. ');
}

function place(feed, index) {
  let tile = tiles.get(feed.name);
  if (tile) {
    tile.show(feed);
  } else {
    tile = new Tile(feed);
    tiles.set(feed.name, tile);
    sight.observe(tile.element);
  }
  tile.picture.hear(feed);
  if (grid.children[index] !== tile.element) grid.insertBefore(tile.element, grid.children[index] ?? null);
}

function drop(name) {
  const tile = tiles.get(name);
  tiles.delete(name);
  sight.unobserve(tile.element);
  tile.element.remove();
  tile.picture.pause();
}

function summarise(feeds) {
  const poor = feeds.filter(isPoor).length;
  const count = feeds.length === 1 ? '1 feed' : `${feeds.length} feeds`;
  put(byId('summary'), feeds.length === 0 ? '' : poor ? `${count}, ${poor} not live` : count);
  byId('empty').hidden = feeds.length > 0;
  byId('pause').hidden = feeds.length === 0;
}

function missed() {
  if (lost) return;
  lost = true;
  document.body.classList.add('lost');
  byId('lost').hidden = false;
  say('Flipbook does not answer. Trying again.');
  for (const tile of tiles.values()) tile.lose();
  fit();
}

/** The server is back: whatever our streams look like, their connections were to the one before. */
function found() {
  lost = false;
  document.body.classList.remove('lost');
  byId('lost').hidden = true;
  say('Flipbook answers again.');
  for (const tile of tiles.values()) {
    tile.due = 0;
    tile.picture.revive();
  }
}

/** The width over height that all pictures share, else that of most screens; bars fill the rest. */
function ratio() {
  const all = [...tiles.values()].filter((tile) => size(tile.feed)).map(({ feed }) => feed.width / feed.height);
  const same = all.length > 0 && all.every((one) => Math.abs(one / all[0] - 1) < 0.02);
  return same ? Math.min(2.4, Math.max(1, all[0])) : 16 / 9;
}

/** Chooses the columns that make the tiles largest with all of them in sight; if they became too small, it scrolls. */
function fit() {
  const count = tiles.size;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [gap, words, least] = [rem, 5.2 * rem, 18 * rem];
  const width = grid.clientWidth;
  const height = innerHeight - grid.offsetTop - gap;
  const shape = ratio();
  const most = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const across = (columns) => (width - gap * (columns - 1)) / columns;
  let [best, tile] = [1, 0];
  for (let columns = 1; columns <= Math.min(most, count); columns++) {
    const rows = Math.ceil(count / columns);
    const wide = Math.min(across(columns), ((height - gap * (rows - 1)) / rows - words) * shape);
    if (wide > tile) [best, tile] = [columns, wide];
  }
  if (tile < least || (most === 1 && count > 1)) [best, tile] = [most, across(most)];
  grid.style.setProperty('--columns', best);
  grid.style.setProperty('--tile', `${Math.floor(tile)}px`);
  grid.style.setProperty('--ratio', shape);
}

function pause() {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', paused);
  share();
}

function start() {
  const poll = new Poll('api/feeds', heard, missed);
  byId('retry').addEventListener('click', () => poll.now());
  byId('pause').addEventListener('click', pause);
  addEventListener('resize', fit);
  setInterval(snap, 200);
  presence((seen) => {
    here = seen;
    share();
    if (here) poll.start();
    else poll.stop();
  });
}

// Not before `load`: WebKit would hold that event back until the last stream has ended.
addEventListener('load', start);
