/** The page of one feed: its picture as large as it goes, its figures, and the lines that show it elsewhere. */

import { Picture } from './picture.js';
import { Poll, feedUrl, presence } from './watch.js';
import { age, badge, clock, fps, isPoor, lose, make, put, say, size, state, why } from './words.js';

const byId = (id) => document.getElementById(id);
const name = nameOfPage();
const stage = byId('stage');
const picture = new Picture(name);
let feed = null;
let known = false;
let here = false;
let paused = false;
let lost = false;

function nameOfPage() {
  const last = location.pathname.split('/').filter(Boolean).pop() ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function share() {
  if (here && !paused && feed) picture.play();
  else picture.pause();
}

function heard(answer) {
  if (lost) found();
  const before = feed;
  feed = answer;
  byId('feed').hidden = !feed;
  byId('unknown').hidden = Boolean(feed);
  if (feed) show(before);
  else put(byId('badge'), '');
  if (known && !before !== !feed) say(feed ? `${name} is here` : `There is no feed called ${name}`);
  known = true;
  share();
}

function show(before) {
  badge(byId('badge'), feed);
  stage.dataset.state = feed.state;
  const reason = why(feed);
  for (const place of [byId('reason'), byId('told')]) {
    put(place, reason);
    place.hidden = !reason;
  }
  if (before && before.state !== feed.state && (isPoor(feed) || isPoor(before))) say(`${state(feed)} ${reason}`);
  if (size(feed)) byId('feed').style.setProperty('--ratio', feed.width / feed.height);
  picture.hear(feed);
  list(figures());
}

function figures() {
  const count = (number) => Number(number).toLocaleString('en-GB');
  return [
    ['State', `${state(feed)}, since ${clock(feed.since)}`],
    ['Source', feed.source],
    ['Size', size(feed)],
    ['Rate', fps(feed)],
    ['Picture', age(feed.ageMs) && `${age(feed.ageMs)} old`],
    ['Viewers', count(feed.viewers)],
    ['Encoder', feed.encoder],
    ['Frames', count(feed.frames)],
    ['Delivered', count(feed.delivered)],
    ['Skipped for slow viewers', feed.skipped > 0 && count(feed.skipped)],
    ['Dropped', feed.dropped > 0 && count(feed.dropped)],
    ['Failures', feed.failures > 0 && count(feed.failures)],
    ['Next try', feed.nextTry && clock(feed.nextTry)],
  ];
}

/** Rows stay where they are once they have appeared, so that nothing jumps while it is read. */
function list(rows) {
  const table = byId('figures');
  for (const [term, text] of rows) {
    let row = [...table.children].find((one) => one.firstChild.textContent === term);
    if (!row && text) {
      row = make('div');
      row.append(make('dt', '', term), make('dd'));
      table.append(row);
    }
    if (row) put(row.lastChild, text || '–');
  }
}

function missed() {
  if (lost) return;
  lost = true;
  document.body.classList.add('lost');
  byId('lost').hidden = false;
  say('Flipbook does not answer. Trying again.');
  for (const place of [byId('reason'), byId('told')]) {
    lose(byId('badge'), place);
    place.hidden = false;
  }
}

function found() {
  lost = false;
  document.body.classList.remove('lost');
  byId('lost').hidden = true;
  say('Flipbook answers again.');
  picture.revive();
}

function lines() {
  const stream = feedUrl(name, '.mjpg').href;
  const all = [
    ['In a web page', `<img src="${stream}">`],
    ['Stream (MJPEG)', stream],
    ['Snapshot (JPEG)', feedUrl(name, '.jpg').href],
    ['FFmpeg', `ffplay -fflags nobuffer -flags low_delay ${stream}`],
    ['OpenCV', `cv2.VideoCapture("${stream}")`],
    ['VLC', `vlc --network-caching=200 ${stream}`],
  ];
  for (const [what, text] of all) byId('lines').append(line(what, text));
}

function line(what, text) {
  const item = make('li');
  const code = make('code', '', text);
  const button = make('button', '', 'Copy');
  button.type = 'button';
  button.setAttribute('aria-label', `Copy: ${what}`);
  button.addEventListener('click', async () => {
    const done = await copy(code);
    put(button, done ? 'Copied' : 'Selected');
    say(done ? `${what}: copied` : `${what}: selected, copy it with the keyboard`);
    setTimeout(() => put(button, 'Copy'), 2000);
  });
  item.append(make('span', 'soft', what), code, button);
  return item;
}

/** The clipboard is closed to pages that came over plain HTTP from elsewhere; there the old way still works. */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(code);
    return document.execCommand('copy');
  }
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.().catch(() => say('The browser refused full screen'));
}

function pause() {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', paused);
  share();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !feed) return;
  if (event.key === 'f') fullScreen();
  if (event.key === 's') byId('save').click();
}

function controls() {
  const save = byId('save');
  save.href = feedUrl(name, '.jpg');
  save.addEventListener('click', () => {
    save.download = `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.jpg`;
  });
  byId('full').hidden = !document.fullscreenEnabled;
  byId('full').addEventListener('click', fullScreen);
  stage.addEventListener('dblclick', fullScreen);
  byId('pause').addEventListener('click', pause);
  document.addEventListener('keydown', key);
}

function start() {
  const poll = new Poll(`api/feeds/${encodeURIComponent(name)}`, heard, missed);
  byId('retry').addEventListener('click', () => poll.now());
  presence((seen) => {
    here = seen;
    share();
    if (here) poll.start();
    else poll.stop();
  });
}

document.title = `${name} – Flipbook`;
put(byId('name'), name);
put(byId('unknown-sentence'), `There is no feed called “${name}”`);
stage.prepend(picture.element);
lines();
controls();
// Not before `load`: WebKit would hold that event back until the last stream has ended.
addEventListener('load', start);
