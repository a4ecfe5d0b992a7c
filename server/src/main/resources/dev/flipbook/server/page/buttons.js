/** The buttons of the page: their icons, their labels, and which of them are pressed. */

import { icon, make, put, t } from './words.js';

/** Icons whose names differ from the button's. @type {Record<string, string>} */
const ICONS = { previous: 'back', freeze: 'pause', freezeAll: 'pause', phone: 'share' };
/** The label of a button that is pressed: what it would do now. @type {Record<string, string>} */
const PRESSED = { freeze: 'unfreeze', freezeAll: 'unfreezeAll', figures: 'figuresLess', manage: 'manageLess', full: 'fullLess' };
/** Buttons in bars that have words only. */
const WORDS_ONLY = ['again', 'reload'];

/** @type {[string, HTMLButtonElement][]} */
const all = [];

/** All buttons, each with its action; several may have the same. */
export const entries = () => all;

export const button = (/** @type {string} */ name) => /** @type {[string, HTMLButtonElement]} */ (all.find(([one]) => one === name))[1];

/** Makes a button of each element that names an action. @param {(action: string) => void} act */
export function makeButtons(act) {
  const elements = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-do]'));
  for (const one of elements) {
    const { do: name = '', key } = one.dataset;
    all.push([name, one]);
    one.type = 'button';
    if (key) one.setAttribute('aria-keyshortcuts', key === 'space' ? 'Space' : key);
    one.append(...(WORDS_ONLY.includes(name) ? [] : [icon(ICONS[name] ?? name)]), make('span'));
    label(one, name);
    one.addEventListener('click', () => act(name));
  }
  button('full').hidden = !document.fullscreenEnabled;
}

/** @param {HTMLButtonElement} one @param {string} word */
function label(one, word) {
  put(one.lastElementChild, t(word));
  one.title = one.dataset.key ? `${t(word)} (${one.dataset.key})` : t(word);
}

/** Updates the buttons that switch something. @param {Record<string, boolean>} pressed */
export function press(pressed) {
  for (const [name, on] of Object.entries(pressed)) {
    const one = button(name);
    if (one.getAttribute('aria-pressed') === String(on)) continue;
    one.setAttribute('aria-pressed', String(on));
    label(one, on ? PRESSED[name] : name);
    if (name.startsWith('freeze')) one.firstElementChild?.replaceWith(icon(on ? 'play' : 'pause'));
  }
}
