/** The page: all feeds in a grid, or one of them large, over one connection. */

import { connect, feedUrl } from './flipbook.js';
import { Tile } from './tile.js';
import { clock, icon, language, make, put, t } from './words.js';

/** Where Flipbook lives, seen from this file; so a reverse proxy may put it below any path. */
const root = new URL('../', import.meta.url);
// A relative address means another file as soon as the page's own address is that of a feed, and browsers ask for the icon again then.
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
/** The feed that is large, and the one where the keys are in the grid. */
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

/** Buttons that turn something on and off say what they would do now. */
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

/** For those who listen to the page: a change of state, never a ticking figure. */
const say = (text) => put(byId('said'), text);

/** What has become of something that was asked for. */
function tell(text) {
  const told = byId('told');
  put(told, text);
  told.classList.add('shown');
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => told.classList.remove('shown'), 4000);
}

/* What the server says */

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

/** Who was at a feed that goes is at the next one. */
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

/** Texts follow twice a second, which is as fast as one reads. */
function tick() {
  const away = byId('away');
  // The first try may fail because WebSockets do not come through, which is known a moment later.
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

/** A server that is silent is told from one that answers something else; its sentence stands here as it is. */
function trouble() {
  const { httpStatus, reason, since } = connection;
  if (!httpStatus) return known ? t('away', clock(since)) : t('silent');
  // An address is always right, so that another name was asked for on the way.
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

/** Shows one feed large, or all; `replace` when it stands for what was there, so that "back" leads to the grid. */
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

/** Of all tiles one is reached by Tab; the arrows lead to the others. */
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

/** The width over height that all pictures share, else that of most screens; bars fill the rest. */
function ratio() {
  const all = [...tiles.values()].filter(({ feed }) => feed.width && feed.height).map(({ feed }) => feed.width / feed.height);
  const same = all.length > 0 && all.every((one) => Math.abs(one / all[0] - 1) < 0.02);
  return same ? Math.min(2.4, Math.max(1, all[0])) : 16 / 9;
}

/** Chooses the columns that make the tiles largest with all of them in sight; if they became too small, it scrolls. */
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
  // A phone has room to scroll, and half a screen left empty is worse.
  if (width < height && best > 1 && high(best) < height / 2) tile = across(--best);
  columns = best;
  grid.style.setProperty('--columns', best);
  grid.style.setProperty('--tile', `${Math.floor(tile)}px`);
  grid.style.setProperty('--ratio', shape);
}

/* What one can do */

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
  /** The server's newest picture, and in its own size, not what stands here. */
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

/** A swipe over the large picture: to the sides from feed to feed, down back to all. */
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

/** In full screen the controls leave when nobody has moved for three seconds. */
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
