/** Saves a picture as a file. */

import { feedUrl } from './live.js';
import { make, t } from './words.js';

/**
 * Saves the server's newest picture of a feed in its full size, which may not be the displayed one. Returns a sentence
 * that says what came of it.
 *
 * @param {string} name of the feed
 * @param {URL} root the server's address
 */
export async function saveSnapshot(name, root) {
  try {
    const response = await fetch(feedUrl(name, '.jpg', root), { cache: 'no-store' });
    if (!response.ok) throw new Error(await response.text());
    const link = make('a');
    const taken = new Date(Number(response.headers.get('X-Timestamp')) * 1000).toISOString();
    link.href = URL.createObjectURL(await response.blob());
    link.download = `${name}-${taken.replaceAll(':', '').replace('.', '-')}.jpg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return t('saved', link.download);
  } catch (e) {
    return t('unsaved', e instanceof Error ? e.message.trim() : '');
  }
}
