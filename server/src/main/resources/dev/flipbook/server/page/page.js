/** The page: all feeds in a grid, or one of them large, over one connection. */

import { connect, feedUrl } from './flipbook.js';
import { Tile } from './tile.js';
import { clock, icon, language, make, put, t } from './words.js';

/** The server's address relative to this file, so that a reverse proxy may serve it below any path. */
const root = new URL('../', import.meta.url);
// Makes the icon's address absolute. Browsers request the icon again when the page's address becomes that of a feed,
// and a relative address would then name another file.
const favicon = document.querySelector('link[rel=icon]');
favicon.href = favicon.href;
const byId = (id) => document.getElementById(id);
const button = (name) => document.querySelector(`[data-do=${name}]`);
const grid = byId('grid');
const main = document.querySelector('main');
const live = connect(root);
/** @type {Map<string, Tile>} */
const tiles = new Map();
let known = false;
let paused = false;
let connection = { state: 'connecting' };
/** `large` is the feed that is shown large, `current` the one that has the keyboard focus in the grid. */
let large = null;
let current = null;
let columns = 1;

/* Words */

function speak() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  grid.setAttribute('aria-label', t('list'));
  byId('tools').setAttribute('aria-label', t('tools'));
  const icons = { previous: 'back', freeze: 'pause', phone: 'share' };
  for (const one of document.querySelectorAll('[data-do]')) {
    const { do: name, key } = one.dataset;
    one.type = 'button';
    if (key) one.setAttribute('aria-keyshortcuts', key === 'space' ? 'Space' : key);
    one.append(...(name === 'again' ? [] : [icon(icons[name] ?? name)]), make('span'));
    label(one, name);
    one.addEventListener('click', () => deeds[name]());
  }
  press();
  byId('tools').hidden = false;
  button('full').hidden = !document.fullscreenEnabled;
}

function label(one, word) {
  put(one.lastChild, t(word));
  one.title = one.dataset.key ? `${t(word)} (${one.dataset.key})` : t(word);
}

/** Updates the buttons that switch something: their labels say what they would do now. */
function press() {
  const pressed = { freeze: Boolean(tiles.get(large)?.view.frozen), pause: paused, figures: Boolean(tiles.get(large)?.expanded), full: Boolean(document.fullscreenElement) };
  const words = { freeze: 'unfreeze', pause: 'resume', figures: 'figuresLess', full: 'fullLess' };
  for (const [name, on] of Object.entries(pressed)) {
    const one = button(name);
    if (one.getAttribute('aria-pressed') === String(on)) continue;
    one.setAttribute('aria-pressed', on);
    label(one, on ? words[name] : name);
    if (name === 'freeze' || name === 'pause') one.firstChild.replaceWith(icon(on ? 'play' : 'pause'));
  }
}

/** Announces a change of state to screen readers. Never used for figures that change all the time. */
const say = (text) => put(byId('said'), text);

/** Shows the result of an action. */
function tell(text) {
  const told = byId('told');
  put(told, text);
  told.classList.add('shown');
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => told.classList.remove('shown'), 4000);
}

/* Messages of the server */

live.addEventListener('feeds', ({ detail }) => {
  const feeds = detail.feeds;
  const news = known ? feeds.filter(({ name }) => !tiles.has(name)).map(({ name }) => t('came', name)) : [];
  const names = new Set(feeds.map(({ name }) => name));
  for (const name of [...tiles.keys()]) {
    if (names.has(name)) continue;
    news.push(t('went', name));
    drop(name);
  }
  feeds.forEach(place);
  known = true;
  if (news.length) say(news.join('. '));
  summarise();
  show();
});

function place(feed, index) {
  let tile = tiles.get(feed.name);
  if (!tile) {
    tile = new Tile(feed, feedUrl(feed.name, '', root));
    tiles.set(feed.name, tile);
    tile.view.toggleAttribute('paused', paused);
    tile.view.addEventListener('statechange', () => changed(tile));
    tile.link.addEventListener('focus', () => rove(feed.name));
    tile.link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (large === null) go(feed.name);
    });
    current ??= feed.name;
  }
  if (grid.children[index] !== tile.element) grid.insertBefore(tile.element, grid.children[index] ?? null);
  changed(tile, () => tile.show(feed));
}

/** Removes a feed. If it had the focus, the focus moves to the next one. */
function drop(name) {
  const tile = tiles.get(name);
  const there = tile.element.contains(document.activeElement);
  const neighbour = step(name, 1) ?? step(name, -1);
  tiles.delete(name);
  tile.element.remove();
  if (current === name) current = neighbour;
  if (there && current && large === null) tiles.get(current).link.focus();
}

const POOR = ['stalled', 'offline', 'stale', 'refused', 'lost'];

function changed(tile, update = () => tile.tick()) {
  const before = tile.state;
  update();
  const { state, feed } = tile;
  if (state !== before && state !== 'lost' && before !== 'lost' && (POOR.includes(state) || POOR.includes(before))) {
    say(`${feed.name}: ${t(state)}. ${feed.reason ?? ''}`);
  }
}

live.addEventListener('state', ({ detail }) => {
  const was = connection;
  connection = detail;
  const lost = detail.state === 'lost';
  if (lost && (was.state !== 'lost' || was.httpStatus !== detail.httpStatus)) say(detail.httpStatus ? trouble() : t(known ? 'lost' : 'silent'));
  if (known && !byId('away').hidden && detail.state === 'open') tell(t('answers'));
  tick();
  fit();
});

/** Updates all texts, twice a second: nobody reads faster. */
function tick() {
  const away = byId('away');
  // The first attempt may fail because WebSockets do not work, which is known a moment later.
  const fails = connection.state === 'lost' && (known || connection.httpStatus || connection.failures > 1);
  const lost = fails || (!away.hidden && connection.state !== 'open' && !connection.blocked);
  away.hidden = !lost;
  if (lost) {
    const [what, when] = away.children;
    const seconds = Math.ceil((connection.nextTry - Date.now()) / 1000);
    put(what, trouble());
    put(when, connection.nextTry && seconds > 0 ? t('inSeconds', seconds) : t('trying'));
  }
  if (document.hidden) return;
  for (const [name, tile] of tiles) if (large === null || large === name) tile.tick(lost);
  press();
  summarise();
}

/**
 * A message about a server that does not answer, or that answers with a refusal; in that case the message has the
 * server's own sentence.
 */
function trouble() {
  const { httpStatus, reason, since } = connection;
  if (!httpStatus) return known ? t('away', clock(since)) : t('silent');
  // The server accepts every IP address, so another name must have been requested on the way.
  const asked = /^[\d.]+$|:|^localhost$/.test(location.hostname) ? 'NAME' : location.hostname;
  const name = httpStatus === 421 ? t('hostName', asked) : '';
  return [t('answersWith', reason), name, known ? t('old', clock(since)) : ''].filter(Boolean).join(' ');
}

function summarise() {
  const all = [...tiles.values()];
  const poor = all.filter((tile) => POOR.includes(tile.state)).length;
  const count = all.length === 1 ? t('feed') : t('feeds', all.length);
  const words = [all.length ? count : '', poor ? t('poor', poor) : ''];
  put(byId('summary'), large === null ? words.filter(Boolean).join(' · ') : '');
  byId('note').hidden = !connection.blocked;
}

/* All, or one */

function named() {
  const [folder, name] = location.pathname.slice(root.pathname.length).split('/');
  if (folder !== 'feeds' || !name) return null;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Shows one feed large, or all of them. `replace` replaces the history entry, so that "back" leads to the grid. */
function go(name, replace = large !== null) {
  const url = name === null ? root : feedUrl(name, '', root);
  if (name === null && history.state?.inside) return history.back();
  history[replace ? 'replaceState' : 'pushState']({ inside: replace ? history.state?.inside : true }, '', url);
  route();
}

function route() {
  const before = large;
  large = named();
  if (large !== null) current = tiles.has(large) ? large : current;
  show();
  if (before !== large && current) {
    const { link } = tiles.get(current) ?? {};
    link?.focus({ preventScroll: large !== null });
    if (large === null) link?.scrollIntoView({ block: 'nearest' });
  }
  tick();
}

function show() {
  const missing = known && large !== null && !tiles.has(large);
  document.body.classList.toggle('large', large !== null);
  document.title = large === null ? 'Flipbook' : `${large} – Flipbook`;
  put(byId('title'), large ?? 'Flipbook');
  byId('none').hidden = !known || tiles.size > 0 || large !== null;
  byId('unknown').hidden = !missing;
  for (const one of document.querySelectorAll('[data-do]')) {
    const { on, do: name } = one.dataset;
    const idle = (on === 'grid' && tiles.size === 0 && name === 'pause') || (on === 'large' && missing);
    if (on) one.hidden = (on === 'large') !== (large !== null) || idle;
  }
  for (const name of ['previous', 'next']) button(name).disabled = tiles.size < 2;
  for (const [name, tile] of tiles) {
    tile.element.classList.toggle('one', name === large);
    tile.element.hidden = large !== null && name !== large;
  }
  if (missing) unknown();
  if (tiles.has(large)) document.body.style.setProperty('--one', tiles.get(large).feed.width / tiles.get(large).feed.height || 16 / 9);
  rove(current);
  fit();
}

function unknown() {
  const [title, , there, list] = byId('unknown').children;
  put(title, t('unknown', large));
  there.hidden = tiles.size === 0;
  const names = [...tiles.keys()];
  if (list.dataset.names === names.join()) return;
  list.dataset.names = names.join();
  list.replaceChildren(...names.map((name) => {
    const [item, link] = [make('li'), make('a', '', name)];
    link.href = feedUrl(name, '', root);
    item.append(link);
    return item;
  }));
}

/** Makes one tile reachable by Tab; the arrow keys lead to the others. */
function rove(name) {
  current = tiles.has(name) ? name : tiles.keys().next().value ?? null;
  for (const [one, tile] of tiles) tile.link.tabIndex = one === current ? 0 : -1;
}

function step(from, by, round = false) {
  const names = [...tiles.keys()];
  const at = names.indexOf(from) + by;
  return names[round ? (at + names.length) % names.length : at] ?? null;
}

/* Layout */

/** The aspect ratio of the tiles: that of all pictures if they share one, otherwise 16:9. Bars fill the rest. */
function ratio() {
  const all = [...tiles.values()].filter(({ feed }) => feed.width && feed.height).map(({ feed }) => feed.width / feed.height);
  const same = all.length > 0 && all.every((one) => Math.abs(one / all[0] - 1) < 0.02);
  return same ? Math.min(2.4, Math.max(1, all[0])) : 16 / 9;
}

/**
 * Chooses the number of columns that makes the tiles largest with all of them visible. If they would be too small, the
 * page scrolls.
 */
function fit() {
  const count = tiles.size;
  if (!count || large !== null) return;
  const style = getComputedStyle(grid);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [gap, least, shape] = [parseFloat(style.columnGap) || 0, 9 * rem, ratio()];
  const width = grid.clientWidth;
  const height = innerHeight - main.offsetTop - parseFloat(getComputedStyle(main).paddingBottom);
  const across = (count) => (width - gap * (count - 1)) / count;
  const most = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const high = (columns) => Math.ceil(count / columns) * (across(columns) / shape + gap) - gap;
  let [best, tile] = [1, 0];
  for (let i = 1; i <= Math.min(most, count); i++) {
    const rows = Math.ceil(count / i);
    const wide = Math.min(across(i), ((height - gap * (rows - 1)) / rows) * shape);
    if (wide > tile) [best, tile] = [i, wide];
  }
  if (tile < Math.min(least, width)) [best, tile] = [most, across(most)];
  // A phone may scroll, which is better than half an empty screen.
  if (width < height && best > 1 && high(best) < height / 2) tile = across(--best);
  columns = best;
  grid.style.setProperty('--columns', best);
  grid.style.setProperty('--tile', `${Math.floor(tile)}px`);
  grid.style.setProperty('--ratio', shape);
}

/* Actions */

const chosen = () => tiles.get(large ?? current);

const deeds = {
  again: () => live.retry(),
  previous: () => tiles.size && go(step(large, -1, true)),
  next: () => tiles.size && go(step(large, 1, true)),
  figures() {
    chosen()?.expand();
    press();
  },
  share: () => dialogs((all) => all.links(byId('links'), root, large, tell)),
  phone: () => dialogs((all) => all.links(byId('links'), root, null, tell)),
  help: () => dialogs((all) => all.help(byId('help'))),
  freeze() {
    const view = chosen()?.view;
    if (!view) return;
    if (view.frozen) view.unfreeze();
    else view.freeze();
    tick();
  },
  pause() {
    paused = !paused;
    for (const { view } of tiles.values()) view.toggleAttribute('paused', paused);
    tick();
  },
  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => tell(t('noFull')));
  },
  /** Saves the server's newest picture in its full size, not the one that is displayed. */
  async snapshot() {
    const name = large ?? current;
    if (!tiles.has(name)) return;
    try {
      const response = await fetch(feedUrl(name, '.jpg', root), { cache: 'no-store' });
      if (!response.ok) throw new Error(await response.text());
      const link = make('a');
      const taken = new Date(response.headers.get('X-Timestamp') * 1000).toISOString();
      link.href = URL.createObjectURL(await response.blob());
      link.download = `${name}-${taken.replaceAll(':', '').replace('.', '-')}.jpg`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      tell(t('saved', link.download));
    } catch (e) {
      tell(t('unsaved', e.message.trim()));
    }
  },
};

async function dialogs(use) {
  if (!document.querySelector('dialog[open]')) use(await import('./links.js'));
}

const KEYS = { f: 'full', s: 'snapshot', ' ': 'freeze', i: 'figures', '?': 'help' };

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  awake();
  const arrow = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (arrow && tiles.size) {
    event.preventDefault();
    if (large !== null) return go(step(large, Math.sign(arrow), true));
    const to = tiles.get(step(current, arrow) ?? current).link;
    return (document.activeElement?.closest?.('.tile') ? to : tiles.get(current).link).focus();
  }
  if (event.key === 'Escape' && large !== null) return go(null);
  if (event.repeat || (event.key === ' ' && event.target.closest('button'))) return;
  const deed = KEYS[event.key];
  if (!deed) return;
  event.preventDefault();
  deeds[deed]();
}

/** Handles swipes over the large picture: left and right to other feeds, down back to all. */
function swipes() {
  let from = null;
  addEventListener('pointerdown', (event) => {
    awake();
    const swipe = large !== null && event.pointerType === 'touch' && event.isPrimary && main.contains(event.target);
    from = swipe ? event : null;
  });
  addEventListener('pointerup', (event) => {
    if (!from) return;
    const [x, y] = [event.clientX - from.clientX, event.clientY - from.clientY];
    from = null;
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) deeds[x < 0 ? 'next' : 'previous']();
    else if (y > 80 && y > 2 * Math.abs(x)) go(null);
  });
  addEventListener('pointercancel', () => (from = null));
}

/** Shows the controls in full screen, and hides them after three seconds without movement. */
function awake() {
  document.body.classList.remove('asleep');
  clearTimeout(awake.timer);
  awake.timer = setTimeout(() => document.body.classList.add('asleep'), 3000);
}

byId('old').remove();
speak();
byId('back').href = root;
byId('back').setAttribute('aria-label', t('back'));
byId('back').addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (large !== null) go(null);
});
grid.addEventListener('click', press);
grid.addEventListener('dblclick', () => large !== null && deeds.full());
addEventListener('keydown', key);
addEventListener('pointermove', awake);
addEventListener('popstate', route);
addEventListener('fullscreenchange', press);
addEventListener('resize', fit);
swipes();
route();
setInterval(tick, 500);
