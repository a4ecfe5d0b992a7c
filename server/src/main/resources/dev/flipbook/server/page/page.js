/** The page: all feeds in a grid, or one of them large, over one connection. */

import { sayAway, trouble } from './away.js';
import * as buttons from './buttons.js';
import { Changes } from './changes.js';
import { connect, feedUrl } from './flipbook.js';
import { listen } from './keys.js';
import * as layout from './layout.js';
import { announce, sayUnknown, toast } from './notices.js';
import { saveSnapshot } from './snapshot.js';
import { Tile, isAnnounced, needsAttention } from './tile.js';
import { language, put, t } from './words.js';

/** @import { Feed, Status } from './live.js' */
/** @import { State } from './connection.js' */

/** The server's address relative to this file, so that a reverse proxy may serve it below any path. */
const root = new URL('../', import.meta.url);
// Makes the icon's address absolute. Browsers request the icon again when the page's address becomes that of a feed,
// and a relative address would then name another file.
const favicon = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=icon]'));
favicon.href = favicon.href;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const grid = byId('grid');
const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const live = connect(root);
const changes = new Changes(root, live);
/** @type {Map<string, Tile>} */
const tiles = new Map();
let known = false;
let allFrozen = false;
/** The state of the connection, as the page has heard of it. */
let connection = live.detail;
/** The feed that is shown large. @type {string?} */
let large = null;
/** The feed that has the keyboard focus in the grid. @type {string?} */
let current = null;
let columns = 1;

/** Puts all texts into the page, in its language, and makes its buttons. */
function translate() {
  document.documentElement.lang = language;
  const texts = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-t]'));
  for (const element of texts) element.textContent = t(element.dataset.t);
  grid.setAttribute('aria-label', t('list'));
  byId('tools').setAttribute('aria-label', t('tools'));
  buttons.makeButtons(act);
  press();
  byId('tools').hidden = false;
}

/** Updates the buttons that switch something. */
function press() {
  const tile = tileOf(large);
  const [freeze, figures] = [Boolean(tile?.view.frozen), Boolean(tile?.expanded)];
  const manage = large !== null && changes.managed === large;
  buttons.press({ freeze, freezeAll: allFrozen, figures, manage, full: Boolean(document.fullscreenElement) });
  for (const [name, { more }] of tiles) more.setAttribute('aria-expanded', String(changes.managed === name));
}

/* Messages of the server */

live.addEventListener('feeds', (event) => {
  const { feeds } = /** @type {CustomEvent<Status>} */ (event).detail;
  const news = known ? feeds.filter(({ name }) => !tiles.has(name)).map(({ name }) => t('added', name)) : [];
  const names = new Set(feeds.map(({ name }) => name));
  for (const name of [...tiles.keys()]) {
    if (names.has(name)) continue;
    news.push(t('removed', name));
    drop(name);
  }
  feeds.forEach(place);
  changes.show(feeds);
  known = true;
  if (news.length) announce(news.join('. '));
  summarise();
  show();
});

/** @param {string?} name */
const tileOf = (name) => (name === null ? undefined : tiles.get(name));

/** Shows a feed at its place in the grid. @param {Feed} feed @param {number} index */
function place(feed, index) {
  const tile = tiles.get(feed.name) ?? add(feed);
  if (grid.children[index] !== tile.element) grid.insertBefore(tile.element, grid.children[index] ?? null);
  tile.more.hidden = !changes.mayManage(feed);
  changed(tile, () => tile.show(feed));
}

/** @param {Feed} feed a feed that has no tile yet */
function add(feed) {
  const tile = new Tile(feed, feedUrl(feed.name, '', root));
  tiles.set(feed.name, tile);
  tile.view.toggleAttribute('paused', allFrozen);
  tile.view.addEventListener('statechange', () => changed(tile));
  tile.link.addEventListener('focus', () => rove(feed.name));
  tile.more.addEventListener('click', () => changes.toggle(tile.feed, tile.more));
  tile.link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (large === null) go(feed.name);
  });
  current ??= feed.name;
  return tile;
}

/** Removes a feed. If it had the focus, the focus moves to the next one. @param {string} name */
function drop(name) {
  const tile = tiles.get(name);
  if (!tile) return;
  const there = tile.element.contains(document.activeElement);
  const neighbour = step(name, 1) ?? step(name, -1);
  tiles.delete(name);
  tile.element.remove();
  if (current === name) current = neighbour;
  if (there && large === null) tileOf(current)?.link.focus();
}

/** Updates a tile, and announces its state if that has changed. @param {Tile} tile */
function changed(tile, update = () => tile.tick()) {
  const before = tile.state;
  update();
  const { state, feed } = tile;
  if (state !== before && state !== 'lost' && before !== 'lost' && (isAnnounced(state) || isAnnounced(before))) {
    announce(`${feed.name}: ${t(state)}. ${feed.reason ?? ''}`);
  }
}

live.addEventListener('state', (event) => {
  const { detail } = /** @type {CustomEvent<State>} */ (event);
  const was = connection;
  connection = detail;
  const lost = detail.state === 'lost';
  if (lost && (was.state !== 'lost' || was.httpStatus !== detail.httpStatus)) {
    announce(detail.httpStatus ? trouble(detail, known) : t(known ? 'lost' : 'silent'));
  }
  if (known && !byId('away').hidden && detail.state === 'open') toast(t('answers'));
  tick();
  fit();
});

/** Updates all texts, twice a second: nobody reads faster. */
function tick() {
  const lost = sayAway(byId('away'), connection, known);
  if (document.hidden) return;
  for (const [name, tile] of tiles) if (large === null || large === name) tile.tick(lost);
  press();
  summarise();
}

function summarise() {
  const all = [...tiles.values()];
  const troubled = all.filter((tile) => needsAttention(tile.state)).length;
  const paused = all.filter((tile) => tile.state === 'paused').length;
  const count = all.length === 1 ? t('feed') : t('feeds', all.length);
  const words = [all.length ? count : '', troubled ? t('notLive', troubled) : '', paused ? t('countPaused', paused) : ''];
  put(byId('summary'), large === null ? words.filter(Boolean).join(' · ') : '');
  byId('note').hidden = !connection.blocked;
}

/* All, or one */

/** The feed that the page's address names; null if it names none. */
function named() {
  const [folder, name] = location.pathname.slice(root.pathname.length).split('/');
  if (folder !== 'feeds' || !name) return null;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Shows one feed large, or all of them. `replace` replaces the history entry, so that "back" leads to the grid.
 *
 * @param {string?} name
 */
function go(name, replace = large !== null) {
  const url = name === null ? root : feedUrl(name, '', root);
  if (name === null && history.state?.inside) return history.back();
  history[replace ? 'replaceState' : 'pushState']({ inside: replace ? history.state?.inside : true }, '', url);
  route();
}

function route() {
  const before = large;
  large = named();
  if (large !== null && tiles.has(large)) current = large;
  show();
  if (before !== large) {
    const link = tileOf(current)?.link;
    link?.focus({ preventScroll: large !== null });
    if (large === null) link?.scrollIntoView({ block: 'nearest' });
    changes.follow(tileOf(large)?.feed);
  }
  tick();
}

/** Shows and hides everything that depends on whether one feed is large, and on which feeds there are. */
function show() {
  const tile = tileOf(large);
  const missing = known && large !== null && !tile;
  document.body.classList.toggle('large', large !== null);
  document.title = [large, tile?.state === 'paused' ? t('paused') : '', 'Flipbook'].filter(Boolean).join(' – ');
  put(byId('title'), large ?? 'Flipbook');
  byId('none').hidden = !known || tiles.size > 0 || large !== null;
  byId('unknown').hidden = !missing;
  const idle = (/** @type {string} */ name) => ({
    freezeAll: tiles.size === 0, add: !changes.mayAdd, manage: !changes.mayManage(tile?.feed),
  })[name] ?? false;
  for (const [name, one] of buttons.entries()) {
    const { on } = one.dataset;
    if (on) one.hidden = (on === 'large') !== (large !== null) || (on === 'large' && missing) || idle(name);
  }
  for (const name of ['previous', 'next']) buttons.button(name).disabled = tiles.size < 2;
  for (const [name, { element }] of tiles) {
    element.classList.toggle('one', name === large);
    element.hidden = large !== null && name !== large;
  }
  if (large !== null && missing) sayUnknown(large, [...tiles.keys()], root);
  if (tile) document.body.style.setProperty('--one', String(tile.feed.width / tile.feed.height || 16 / 9));
  rove(current);
  fit();
}

/** Makes one tile reachable by Tab; the arrow keys lead to the others. @param {string?} name */
function rove(name) {
  current = name !== null && tiles.has(name) ? name : tiles.keys().next().value ?? null;
  for (const [one, tile] of tiles) tile.link.tabIndex = one === current ? 0 : -1;
}

/** The name of the feed that is this many places further; null if there is none. @param {string?} from @param {number} by */
function step(from, by, round = false) {
  const names = [...tiles.keys()];
  const at = names.indexOf(from ?? '') + by;
  return names[round ? (at + names.length) % names.length : at] ?? null;
}

/** Chooses the number of columns. */
function fit() {
  if (tiles.size && large === null) columns = layout.fit(grid, main, [...tiles.values()]);
}

/* Actions */

const chosen = () => tileOf(large ?? current);

/** @param {string} action */
const act = (action) => actions[action]();

/** What buttons and keys do. @type {Record<string, () => unknown>} */
const actions = {
  again: () => live.retry(),
  previous: () => tiles.size && go(step(large, -1, true)),
  next: () => tiles.size && go(step(large, 1, true)),
  figures() {
    chosen()?.expand();
    press();
  },
  share: () => dialogs((all) => all.links(byId('links'), root, large, toast)),
  phone: () => dialogs((all) => all.links(byId('links'), root, null, toast)),
  help: () => dialogs((all) => all.help(byId('help'), [...tiles.values()].some(({ more }) => !more.hidden))),
  add: () => changes.add(),
  reload: () => changes.reload(),
  manage() {
    const tile = chosen();
    if (tile) return changes.toggle(tile.feed, large === null ? tile.more : buttons.button('manage'));
  },
  freeze() {
    const view = chosen()?.view;
    if (!view) return;
    if (view.frozen) view.unfreeze();
    else view.freeze();
    tick();
  },
  freezeAll() {
    allFrozen = !allFrozen;
    for (const { view } of tiles.values()) view.toggleAttribute('paused', allFrozen);
    tick();
  },
  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => toast(t('noFull')));
  },
  async snapshot() {
    const tile = chosen();
    if (tile) toast(await saveSnapshot(tile.feed.name, root));
  },
};

/** Opens a dialog, unless one is open. @param {(all: typeof import('./links.js')) => void} use */
async function dialogs(use) {
  if (!document.querySelector('dialog[open]')) use(await import('./links.js'));
}

/**
 * Moves the focus in the grid, or shows another feed large. Returns false if there is none.
 *
 * @param {number} right columns to the right
 * @param {number} down rows down
 */
function move(right, down) {
  if (tiles.size === 0) return false;
  if (large !== null) {
    go(step(large, right + down, true));
  } else {
    const to = document.activeElement?.closest('.tile') ? step(current, right + down * columns) : null;
    tileOf(to ?? current)?.link.focus();
  }
  return true;
}

byId('old').remove();
translate();
const back = /** @type {HTMLAnchorElement} */ (byId('back'));
back.href = root.href;
back.setAttribute('aria-label', t('back'));
back.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (large !== null) go(null);
});
grid.addEventListener('click', press);
grid.addEventListener('dblclick', () => large !== null && act('full'));
addEventListener('popstate', route);
addEventListener('fullscreenchange', press);
addEventListener('resize', fit);
changes.addEventListener('change', () => {
  for (const tile of tiles.values()) tile.more.hidden = !changes.mayManage(tile.feed);
  show();
});
changes.addEventListener('panel', () => {
  press();
  fit();
  // What had the focus went with its feed.
  if (changes.managed === null && document.activeElement === document.body) tileOf(current)?.link.focus();
});
changes.addEventListener('removed', () => large !== null && go(null));
listen({ isLarge: () => large !== null, act, move, showAll: () => go(null), picture: grid });
route();
setInterval(tick, 500);
