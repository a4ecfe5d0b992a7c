/** What the dialogs and the panel of a feed are made of. */

import { Refusal } from './config.js';
import { make, put, t } from './words.js';

/**
 * Opens a dialog with a title and a button that closes it. A click outside closes the dialog as well, as Esc does.
 *
 * @param {HTMLDialogElement} dialog
 * @param {string} title
 * @param {Node[]} content
 * @param {boolean} typed whether something is typed into it, which a click outside would lose
 */
export function open(dialog, title, content, typed = false) {
  const head = make('header');
  const close = make('button', '', t('close'));
  const heading = make('h2', '', title);
  heading.id = `${dialog.id}-title`;
  dialog.setAttribute('aria-labelledby', heading.id);
  close.type = 'button';
  close.addEventListener('click', () => dialog.close());
  head.append(heading, close);
  dialog.replaceChildren(head, ...content);
  dialog.onclick = ({ target }) => {
    if (target === dialog && !typed) dialog.close();
  };
  dialog.showModal();
}

/** The place of a sentence of the server, which screen readers hear at once. */
export function errorPlace() {
  const place = make('p', 'error');
  place.setAttribute('role', 'alert');
  place.lang = 'en';
  return place;
}

/**
 * Asks the server for a change, once at a time for each button, and shows the server's sentence if it refuses. The
 * button keeps the focus meanwhile, which a disabled one would lose.
 *
 * @param {HTMLElement} button
 * @param {HTMLElement} error where the sentence is shown
 * @param {() => Promise<void>} change
 */
export async function attempt(button, error, change) {
  if (button.hasAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  put(error, '');
  try {
    await change();
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    put(error, e.message);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

/**
 * Makes a labelled field.
 *
 * @param {string} label
 * @param {HTMLElement} input
 * @param {string} [hint] shown below the field
 */
export function field(label, input, hint = '') {
  const [place, name] = [make('p', 'field'), make('label', '', label)];
  name.htmlFor = input.id;
  place.append(name, input);
  if (!hint) return place;
  const below = make('small', '', hint);
  below.id = `${input.id}-hint`;
  input.setAttribute('aria-describedby', below.id);
  place.append(below);
  return place;
}

/**
 * Makes a field to type into.
 *
 * @param {string} id
 * @param {Partial<HTMLInputElement>} [how]
 */
export function input(id, how = {}) {
  return Object.assign(make('input'), { id, type: 'text', autocomplete: 'off', spellcheck: false, ...how });
}

/** @param {string} text @param {(() => void)?} act what a click does; null for the button that sends a form */
export function button(text, act, className = 'framed') {
  const one = make('button', className, text);
  one.type = act ? 'button' : 'submit';
  if (act) one.addEventListener('click', act);
  return one;
}
