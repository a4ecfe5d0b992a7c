/** The buttons of the page: their icons, their labels, and which of them are pressed. */

import { icon, make, put, t } from './words.js';

/** Icons whose names differ from the button's. @type {Record<string, string>} */
const ICONS = { previous: 'back', freeze: 'pause', phone: 'share' };
/** The label of a button that is pressed: what it would do now. @type {Record<string, string>} */
const PRESSED = { freeze: 'unfreeze', pause: 'resume', figures: 'figuresLess', full: 'fullLess' };

/** @type {Map<string, HTMLButtonElement>} */
const all = new Map();

/** All buttons, each with its action. */
export const entries = () => all.entries();

export const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (all.get(name));

/** Makes a button of each element that names an action. @param {(action: string) => void} act */
export function makeButtons(act) {
  const elements = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-do]'));
  for (const one of elements) {
    const { do: name = '', key } = one.dataset;
    all.set(name, one);
    one.type = 'button';
    if (key) one.setAttribute('aria-keyshortcuts', key === 'space' ? 'Space' : key);
    one.append(...(name === 'again' ? [] : [icon(ICONS[name] ?? name)]), make('span'));
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
    if (name === 'freeze' || name === 'pause') one.firstElementChild?.replaceWith(icon(on ? 'play' : 'pause'));
  }
}
