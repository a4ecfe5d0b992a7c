/** Live feeds of a Flipbook server in any page; see docs/guide/flipbook-js.md. */

import { FlipbookView } from './view.js';

export { Live, connect, feedUrl } from './live.js';
export { FlipbookView };

if (!customElements.get('flipbook-view')) customElements.define('flipbook-view', FlipbookView);
