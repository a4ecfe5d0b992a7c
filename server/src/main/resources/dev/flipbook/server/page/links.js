/** The two dialogs: the help for keys and marks, and the links and the QR code that show a feed elsewhere. */

import { open } from './dialog.js';
import { qr } from './qr.js';
import { icon, make, put, t } from './words.js';

/** @param {any} dialog @param {boolean} manages whether this viewer may change feeds */
export function help(dialog, manages) {
  const keys = [
    ['← ↑ ↓ →', 'keyArrows'], ['Enter', 'keyEnter'], ['Esc', 'keyEsc'], ['f', 'keyFull'],
    ['s', 'keySave'], ['Space', 'keySpace'], ['i', 'keyFigures'], ...(manages ? [['m', 'keyManage']] : []), ['?', 'keyHelp'],
  ];
  const touches = [
    [t('tap'), 'keyEnter'], [t('swipeAside'), 'keyArrows'], [t('swipeDown'), 'keyEsc'], [t('tapFigures'), 'keyFigures'], [t('pinch'), 'zoom'],
    [icon('full'), 'keyFull'], [icon('snapshot'), 'keySave'], [icon('pause'), 'keySpace'],
    ...(manages ? [[icon('manage'), 'keyManage']] : []),
  ];
  const byTouch = matchMedia('(pointer: coarse), (max-width: 40rem)').matches;
  const marks = [['good', 'live', 'markLive'], ['warn', 'late', 'markLate'], ['bad', 'stale', 'markStale'], ['bad', 'offline', 'markOffline'], ['soft', 'paused', 'markPaused']];
  const list = (rows) => {
    const all = make('dl');
    for (const [term, text] of rows) all.append(term, make('dd', '', t(text)));
    return all;
  };
  const term = (child) => {
    const dt = make('dt');
    dt.append(child);
    return dt;
  };
  const mark = (kind, state) => {
    const chip = make('span', 'chip', t(state));
    chip.dataset.mark = kind;
    return chip;
  };
  open(dialog, t('help'), [
    make('h3', '', t(byTouch ? 'helpTouch' : 'helpKeys')),
    list(byTouch ? touches.map(([touch, text]) => [term(touch), text]) : keys.map(([key, text]) => [term(make('kbd', '', key)), text])),
    make('h3', '', t('helpMarks')),
    list(marks.map(([kind, state, text]) => [term(mark(kind, state)), text])),
  ]);
}

/** Shows the links of the page, or of a feed as well; `toast` shows the result of a copy. */
export function links(dialog, root, name, toast) {
  const lines = [['linePage', location.href]];
  if (name) {
    const at = (ending) => new URL(`feeds/${encodeURIComponent(name)}${ending}`, root).href;
    const stream = at('.mjpg');
    lines.push(
      ['lineImage', `<img src="${stream}">`],
      ['lineView', `<script type="module" src="${new URL('page/flipbook.js', root)}"></script><flipbook-view feed="${name}"></flipbook-view>`],
      ['lineStream', stream],
      ['lineSnapshot', at('.jpg')],
      // OpenCV queues what a program does not read in time and shows it seconds late, so the rate is limited.
      ['OpenCV', `cv2.VideoCapture("${stream}?fps=10")`],
      ['FFmpeg', `ffplay -fflags nobuffer -flags low_delay ${stream}`],
      ['VLC', `vlc --network-caching=200 ${stream}`],
    );
  }
  const list = make('ul', 'lines');
  list.setAttribute('role', 'list');
  list.append(...lines.map(([what, text]) => line(t(what), text, toast)));
  open(dialog, name ? t('linesWhat', name) : t('phone'), [code(), list]);
}

function code() {
  const place = make('div', 'code');
  const local = /^(localhost$|127\.|\[::1\])/.test(location.hostname);
  const rows = local ? null : qr(location.href);
  if (rows) {
    const canvas = make('canvas');
    canvas.width = canvas.height = rows.length + 8;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `QR: ${location.href}`);
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.width);
    pen.fillStyle = '#000';
    rows.forEach((row, y) => row.forEach((dark, x) => dark && pen.fillRect(x + 4, y + 4, 1, 1)));
    place.append(canvas);
  }
  const what = make('p', '', local ? '' : t(rows ? 'phoneWhat' : 'phoneLong'));
  if (local) {
    const [before, after] = t('phoneLocal', '\n').split('\n');
    what.append(before, make('code', '', '--host 0.0.0.0 --insecure'), after);
  }
  place.append(what);
  return place;
}

function line(what, text, toast) {
  const item = make('li');
  const shown = make('code', '', text);
  const button = make('button', '', t('copy'));
  button.type = 'button';
  button.setAttribute('aria-label', `${t('copy')}: ${what}`);
  button.addEventListener('click', async () => {
    const done = await copy(shown);
    toast(`${what}: ${t(done ? 'copied' : 'selected')}`);
    put(button, done ? t('copied') : t('copy'));
  });
  item.append(make('span', '', what), shown, button);
  return item;
}

/**
 * Copies a text. Browsers deny the clipboard to pages that were loaded over plain HTTP from another machine; there the
 * old command still works.
 */
async function copy(shown) {
  try {
    await navigator.clipboard.writeText(shown.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return document.execCommand('copy');
  }
}
