/** What the page tells its user: changes of feeds, results of actions, and that a feed does not exist. */

import { feedUrl } from './live.js';
import { make, put, t } from './words.js';

const TOAST_MS = 4000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Announces a change to screen readers. Never used for figures that change all the time. @param {string} text */
export function announce(text) {
  put(document.getElementById('announcement'), text);
}

/** Shows the result of an action for four seconds. @param {string} text */
export function toast(text) {
  const element = /** @type {HTMLElement} */ (document.getElementById('toast'));
  put(element, text);
  element.classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => element.classList.remove('shown'), TOAST_MS);
}

/**
 * Says that there is no feed of this name, and lists those that there are.
 *
 * @param {string} name
 * @param {string[]} others
 * @param {URL} root the server's address
 */
export function sayUnknown(name, others, root) {
  const card = /** @type {HTMLElement} */ (document.getElementById('unknown'));
  const [title, , there, list] = /** @type {Iterable<HTMLElement>} */ (card.children);
  put(title, t('unknown', name));
  there.hidden = others.length === 0;
  if (list.dataset.names === others.join()) return;
  list.dataset.names = others.join();
  list.replaceChildren(...others.map((other) => {
    const [item, link] = [make('li'), make('a', '', other)];
    link.href = feedUrl(other, '', root).href;
    item.append(link);
    return item;
  }));
}
