/** The bar about a server that does not answer, or that answers with a refusal. */

import { clock, put, t } from './words.js';

/** @import { State } from './connection.js' */

/**
 * Shows or hides the bar; returns whether it is shown.
 *
 * @param {HTMLElement} bar
 * @param {State} connection
 * @param {boolean} known whether the server has answered before
 */
export function sayAway(bar, connection, known) {
  // The first attempt may fail because WebSockets do not work, which is known a moment later.
  const fails = connection.state === 'lost' && (known || connection.httpStatus || connection.failures > 1);
  const lost = fails || (!bar.hidden && connection.state !== 'open' && !connection.blocked);
  bar.hidden = !lost;
  if (lost) {
    const [what, when] = bar.children;
    const seconds = Math.ceil(((connection.nextTry ?? 0) - Date.now()) / 1000);
    put(what, trouble(connection, known));
    put(when, seconds > 0 ? t('inSeconds', seconds) : t('trying'));
  }
  return Boolean(lost);
}

/**
 * A message about a server that does not answer, or that answers with a refusal; in that case the message has the
 * server's own sentence.
 *
 * @param {State} connection
 * @param {boolean} known
 */
export function trouble({ httpStatus, reason, since }, known) {
  if (!httpStatus) return known ? t('away', clock(since)) : t('silent');
  // The server accepts every IP address, so another name must have been requested on the way.
  const asked = /^[\d.]+$|:|^localhost$/.test(location.hostname) ? 'NAME' : location.hostname;
  const name = httpStatus === 421 ? t('hostName', asked) : '';
  return [t('answersWith', reason), name, known ? t('old', clock(since)) : ''].filter(Boolean).join(' ');
}
