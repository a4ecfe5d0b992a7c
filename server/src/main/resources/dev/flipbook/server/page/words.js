/** What the page says: states, figures and times in words. Everything becomes text nodes, never markup. */

const STATES = { idle: 'Idle', starting: 'Starting', live: 'Live', stalled: 'Stalled', offline: 'Offline' };

/** Writes only what has changed, so that figures that stay the same cost no layout. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function make(tag, className, text = '') {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/** Speaks to those who listen to the page; a change of state, never a ticking figure. */
export function say(text) {
  put(document.getElementById('said'), text);
}

/** A state that this page does not know is shown as it came, in the colours of an idle feed. */
export function state(feed) {
  return STATES[feed.state] ?? String(feed.state);
}

export function badge(element, feed) {
  element.dataset.state = feed.state in STATES ? feed.state : 'idle';
  put(element, state(feed));
}

/** While the server is silent nothing is known of a feed, and a page that goes on saying "live" would lie. */
export function lose(badgeOf, line) {
  badgeOf.dataset.state = 'idle';
  put(badgeOf, 'No contact');
  put(line, `No news since ${clock(Date.now())}`);
}

export function isPoor(feed) {
  return feed.state === 'stalled' || feed.state === 'offline';
}

/** Why the feed is not live; empty when it is. Absolute times, as this clock and the server's may differ. */
export function why(feed) {
  if (isPoor(feed)) {
    const next = feed.nextTry ? `; next try ${clock(feed.nextTry)}` : '';
    return `Since ${clock(feed.since)}: ${feed.reason || 'no reason given'}${next}`;
  }
  return feed.state === 'live' ? '' : feed.reason || '';
}

export function size(feed) {
  return feed.width > 0 && feed.height > 0 ? `${feed.width} × ${feed.height}` : '';
}

/** Two digits are enough to tell 29.97 from 25, and one at most matters below ten. */
export function fps(feed) {
  return feed.fps > 0 ? `${Number(feed.fps.toFixed(feed.fps < 10 ? 1 : 0))} fps` : '';
}

export function age(ms) {
  if (!Number.isFinite(ms)) return '';
  if (ms < 100) return '< 0.1 s';
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** The time of day in this place, with the date when it was not today. */
export function clock(instant) {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return 'an unknown time';
  const time = at.toLocaleTimeString('en-GB');
  const today = at.toDateString() === new Date().toDateString();
  return today ? time : `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${time}`;
}
