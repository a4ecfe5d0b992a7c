/** Tells each view whether it is in sight, how large it is, and when another quarter of a second has passed. */

/** @import { FlipbookView } from './view.js' */

export const TICK_MS = 250;

/** @type {Set<FlipbookView>} */
const views = new Set();
let ticks = 0;
/** @type {ReturnType<typeof setInterval> | undefined} */
let ticking;

const sight = new IntersectionObserver(
  (entries) => entries.forEach(({ target, isIntersecting }) => /** @type {FlipbookView} */ (target).see(isIntersecting)),
  { rootMargin: '64px' },
);

const size = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) /** @type {FlipbookView} */ (target).fit(contentRect.width, contentRect.height);
});

function tick() {
  ticks++;
  for (const view of views) view.tick(ticks % (1000 / TICK_MS) === 0);
}

/** Begins when a view is added to the page. @param {FlipbookView} view */
export function attend(view) {
  sight.observe(view);
  size.observe(view);
  views.add(view);
  ticking ??= setInterval(tick, TICK_MS);
}

/** Stops to observe a view that was removed from the page; its time goes on. @param {FlipbookView} view */
export function unobserve(view) {
  sight.unobserve(view);
  size.unobserve(view);
}

/** Ends a view's time as well, because the view does not come back. @param {FlipbookView} view */
export function retire(view) {
  views.delete(view);
  if (views.size > 0) return;
  clearInterval(ticking);
  ticking = undefined;
}
