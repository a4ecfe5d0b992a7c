/** One feed in the page: its picture, its state in words, its figures, and a graph of the last minute. */

import { age, clock, icon, make, put, rate, size, t } from './words.js';

/** @import { Feed } from './live.js' */
/** @import { FlipbookView } from './view.js' */

/** @type {Record<string, string>} */
const MARKS = {
  idle: 'soft', starting: 'busy', connecting: 'busy', live: 'good', still: 'good', late: 'warn', stalled: 'warn', paused: 'soft',
  stale: 'bad', offline: 'bad', lost: 'bad', refused: 'bad', frozen: 'busy',
};

/** The states of feeds that do not show what they should. */
const NEEDS_ATTENTION = ['stalled', 'offline', 'stale', 'refused', 'lost'];

export const needsAttention = (/** @type {string} */ state) => NEEDS_ATTENTION.includes(state);

/** Whether a screen reader announces when this state begins or ends. */
export const isAnnounced = (/** @type {string} */ state) => state === 'paused' || needsAttention(state);

const TRANSPORTS = { ws: 'WebSocket', img: 'MJPEG', snapshot: 'JPEG' };

export class Tile {
  element = make('li', 'tile');
  link = make('a', 'open');
  view = /** @type {FlipbookView} */ (document.createElement('flipbook-view'));
  /** Opens the panel of the feed; hidden where nothing may be changed. */
  more = make('button', 'more');
  state = 'connecting';
  /**
   * Times at which the displayed state began, the last picture that is not a placeholder was painted, and the feed's
   * last status came.
   */
  #since = Date.now();
  #last = 0;
  #feedAt = 0;
  #chip = make('p', 'chip');
  #why = make('div', 'why');
  #panel = make('div', 'panel');
  #canvas = make('canvas');
  #rows = make('dl');
  #figures = make('button', 'figures');
  #parts = ['size', 'rate', 'age'].map((name) => make('span', name));

  /** @param {Feed} feed @param {URL} href the page of the feed */
  constructor(feed, href) {
    const name = feed.name;
    this.view.setAttribute('feed', name);
    this.view.setAttribute('placeholder', 'none');
    this.link.href = href.href;
    this.link.tabIndex = -1;
    this.link.setAttribute('aria-label', t('open', name));
    this.#chip.id = `state-${name}`;
    this.link.setAttribute('aria-describedby', this.#chip.id);
    this.#why.append(make('strong'), make('p'), make('p', 'when'));
    this.#canvas.setAttribute('role', 'img');
    this.#panel.hidden = true;
    this.#panel.append(this.#canvas, this.#rows);
    this.#figures.type = 'button';
    this.#figures.append(make('span', 'unseen', `${t('figures')}: ${name} `), ...this.#parts);
    this.#figures.addEventListener('click', () => this.expand());
    this.more.type = 'button';
    this.more.hidden = true;
    this.more.title = t('manageWhat', name);
    this.more.setAttribute('aria-label', t('manageWhat', name));
    this.more.setAttribute('aria-controls', 'panel');
    this.more.append(icon('manage'));
    const strip = make('div', 'strip');
    strip.append(make('h2', '', name), this.#figures);
    this.element.append(this.view, this.link, this.#chip, this.#why, this.#panel, strip, this.more);
    this.expand(false);
    this.show(feed);
  }

  /** Opens or closes the panel with the graph and the figures. */
  expand(open = this.#panel.hidden) {
    this.#panel.hidden = !open;
    this.#figures.setAttribute('aria-expanded', String(open));
    if (open) this.tick();
  }

  get expanded() {
    return !this.#panel.hidden;
  }

  /** Updates what the server says about the feed. */
  show(feed) {
    this.feed = feed;
    this.#feedAt = Date.now();
    this.tick();
  }

  /** Updates the texts; called twice a second, and when a state changes. */
  tick(lost = this.lost) {
    this.lost = lost;
    const { feed, view } = this;
    const now = view.figures ?? {};
    const state = this.#judge(now);
    if (state !== this.state) {
      this.state = state;
      this.#since = Date.now();
    }
    this.element.dataset.state = state;
    this.element.dataset.mark = MARKS[state] ?? 'soft';
    if (now.paintedAt && !now.placeholder) this.#last = now.paintedAt;
    const last = this.#last ? t('last', clock(this.#last)) : '';
    const seen = this.#last ? clock(this.#last) : '';
    const more = { frozen: clock(this.#since), late: age(Date.now() - this.#last), stale: seen, lost: seen, paused: feed.reason }[state] ?? '';
    put(this.#chip, [t(state), more].filter(Boolean).join(' · '));
    this.#chip.title = last;
    this.#explain(state, now);
    put(this.#parts[0], size(feed.width, feed.height));
    put(this.#parts[1], state === 'live' || state === 'late' ? rate(now.transport === 'ws' ? now.fps : feed.fps) : '');
    put(this.#parts[2], this.#age(state, now) || '–');
    if (!this.#panel.hidden) {
      this.#list(now, last);
      draw(this.#canvas, now.history ?? []);
    }
  }

  /** The state of the tile. The server's reason for missing pictures has priority over what is observed here. */
  #judge(now) {
    const { feed, view } = this;
    if (feed.state === 'paused' && !this.lost) return 'paused';
    if (view.frozen) return 'frozen';
    if (this.lost) return 'lost';
    if (feed.state === 'stalled' || feed.state === 'offline') return feed.state;
    if (now.state === 'placeholder') return feed.state === 'live' ? 'connecting' : feed.state;
    // A feed that has only ever published one picture is not expected to publish more.
    if (now.state === 'stale' && feed.state === 'live' && !feed.fps && now.sequence >= feed.frames) return 'still';
    return now.state ?? 'connecting';
  }

  /** The age that is shown: for a live picture its age when it was painted, otherwise the time since then. */
  #age(state, now) {
    if (state === 'live' || state === 'still') return age(now.ageP50);
    if (state === 'paused') return '';
    const there = state !== 'lost' && state !== 'frozen' && Number.isFinite(this.feed.ageMs);
    if (now.placeholder && there) return age(this.feed.ageMs + Date.now() - this.#feedAt);
    return this.#last ? age(Date.now() - this.#last) : '';
  }

  #explain(state, now) {
    const { feed } = this;
    const failed = state === 'stalled' || state === 'offline';
    const refused = state === 'refused';
    this.#why.hidden = !failed && !refused && !(state === 'starting' && feed.reason);
    const paused = state === 'paused' ? [t('paused'), feed.reason].filter(Boolean).join(': ') : '';
    const why = this.#why.hidden ? paused : (refused ? now.reason : feed.reason) || '';
    // The title has all of the text, which a small tile cuts.
    const title = [feed.name, why].filter(Boolean).join(': ');
    if (this.link.title !== title) this.link.title = title;
    if (this.#why.hidden) return;
    const [heading, reason, when] = /** @type {Iterable<HTMLElement>} */ (this.#why.children);
    put(heading, t(state));
    put(reason, why || t('noReason'));
    reason.lang = why ? 'en' : '';
    const next = feed.nextTry ? t('retried', clock(feed.nextTry)) : '';
    put(when, [since(feed), next].filter(Boolean).join(' · '));
  }

  #list(now, last) {
    const { feed } = this;
    const [sent, whole] = [now.placeholder ? '' : size(now.width, now.height), size(feed.width, feed.height)];
    const [middle, newest] = [this.#age(this.state, now), this.state === 'live' ? age(now.age) : ''];
    const rows = [
      ['state', [t(this.state), last || since(feed)].filter(Boolean).join(', ')],
      ['size', asSent(sent, whole)],
      ['rate', asSent(now.transport === 'ws' && this.state === 'live' ? rate(now.fps) : '', rate(feed.fps))],
      ['age', newest && newest !== middle ? t('ageMost', newest, middle) : middle],
      ['number', now.sequence ? String(now.sequence) : ''],
      ['transport', TRANSPORTS[now.transport]],
      ['source', feed.source],
      ['encoder', feed.encoder],
      ['viewers', String(feed.viewers ?? '')],
    ];
    rows.forEach(([key, text], i) => {
      let row = this.#rows.children[i];
      if (!row) {
        row = make('div');
        row.append(make('dt', '', t(key)), make('dd'));
        this.#rows.append(row);
      }
      put(row.lastChild, text || '–');
    });
  }
}

const since = (feed) => (feed.since ? t('since', clock(feed.since)) : '');

/** The value as received and the feed's own, if both are known and differ. */
const asSent = (sent, whole) => (sent && whole && sent !== whole ? t('asSent', sent, whole) : whole || sent);

/** Draws the ages of the last minute as an area and the rate as a line, each scaled to its maximum. */
function draw(canvas, history) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width) return;
  const dots = devicePixelRatio;
  canvas.width = width * dots;
  canvas.height = height * dots;
  const pen = canvas.getContext('2d');
  pen.scale(dots, dots);
  const known = history.filter((one) => Number.isFinite(one.age));
  const end = history.at(-1)?.t ?? 0;
  const [ages, rates] = [known.map((one) => one.age), known.map((one) => one.fps ?? 0)];
  const most = [Math.max(40, ...ages), Math.max(1, ...rates)];
  const x = (one) => width * (1 - (end - one.t) / 60_000);
  const y = (value, i) => height - 1 - (height - 14) * Math.min(1, value / most[i] / 1.1);
  const style = getComputedStyle(canvas);
  pen.font = `10px ${style.fontFamily}`;
  const line = (colour, value, i) => {
    pen.strokeStyle = pen.fillStyle = style.getPropertyValue(colour);
    pen.lineWidth = 1.5;
    pen.beginPath();
    known.forEach((one) => pen.lineTo(x(one), y(value(one), i)));
    pen.stroke();
  };
  line('--rate', (one) => one.fps ?? 0, 1);
  line('--age', (one) => one.age, 0);
  if (known.length > 1) {
    pen.lineTo(x(known.at(-1)), height);
    pen.lineTo(x(known[0]), height);
    pen.globalAlpha = 0.25;
    pen.fill();
    pen.globalAlpha = 1;
  }
  const [from, to] = [Math.min(...ages), Math.max(...ages)];
  const span = age(from) === age(to) ? age(to) : `${age(from)} – ${age(to)}`;
  const text = known.length ? [span, rate(Math.max(...rates))] : ['–', ''];
  pen.fillText(`${t('age')} ${text[0]}`, 0, 10);
  pen.fillStyle = style.getPropertyValue('--rate');
  pen.textAlign = 'right';
  pen.fillText(text[1], width, 10);
  const label = known.length ? t('graph', age(from), age(to), Math.min(...rates).toFixed(0), Math.max(...rates).toFixed(0)) : t('minute');
  if (canvas.getAttribute('aria-label') !== label) canvas.setAttribute('aria-label', label);
}
