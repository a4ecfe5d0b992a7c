/** Keys and touches of the page, and the controls that hide while nobody moves anything. */

/**
 * @typedef {{ isLarge: () => boolean, act: (action: string) => void, move: (right: number, down: number) => boolean,
 *   showAll: () => void, picture: HTMLElement }} Page
 *   isLarge: whether one feed is shown large; move: goes to another feed, false if there is none; picture: the element
 *   to swipe over
 */

/** @type {Record<string, string>} */
const ACTIONS = { f: 'full', s: 'snapshot', ' ': 'freeze', i: 'figures', m: 'manage', '?': 'help' };
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Minimum length of a swipe in pixels, to the side and down. */
const MIN_SWIPE = { aside: 50, down: 80 };
/** How long the controls stay without movement. */
const AWAKE_MS = 3000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let sleep;

/** Shows the controls in full screen, and hides them after three seconds without movement. */
function awake() {
  document.body.classList.remove('asleep');
  clearTimeout(sleep);
  sleep = setTimeout(() => document.body.classList.add('asleep'), AWAKE_MS);
}

/** @param {KeyboardEvent} event @param {Page} page */
function key(event, page) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  awake();
  // What is typed or moved in the panel of a feed is meant for it.
  if (event.target instanceof Element && event.target.closest('#panel')) return;
  const arrow = ARROWS[event.key];
  if (arrow && page.move(...arrow)) return event.preventDefault();
  if (event.key === 'Escape' && page.isLarge()) return page.showAll();
  const onButton = event.target instanceof Element && event.target.closest('button');
  if (event.repeat || (event.key === ' ' && onButton)) return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  page.act(action);
}

/** Handles swipes over the large picture: left and right to other feeds, down back to all. @param {Page} page */
function listenForSwipes(page) {
  /** @type {PointerEvent?} */
  let from = null;
  addEventListener('pointerdown', (event) => {
    awake();
    const over = event.target instanceof Node && page.picture.contains(event.target);
    from = page.isLarge() && event.pointerType === 'touch' && event.isPrimary && over ? event : null;
  });
  addEventListener('pointerup', (event) => {
    if (!from) return;
    const [x, y] = [event.clientX - from.clientX, event.clientY - from.clientY];
    from = null;
    if (Math.abs(x) > MIN_SWIPE.aside && Math.abs(x) > 2 * Math.abs(y)) page.act(x < 0 ? 'next' : 'previous');
    else if (y > MIN_SWIPE.down && y > 2 * Math.abs(x)) page.showAll();
  });
  addEventListener('pointercancel', () => (from = null));
}

/** Passes keys and swipes to the page. @param {Page} page */
export function listen(page) {
  addEventListener('keydown', (event) => key(event, page));
  addEventListener('pointermove', awake);
  listenForSwipes(page);
}
