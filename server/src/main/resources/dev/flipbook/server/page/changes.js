/** What a page shows that may change things: buttons, the panel of a feed, and a notice about the configuration. */

import { Config, Refusal } from './config.js';
import { announce, toast } from './notices.js';
import { make, put, t } from './words.js';

/**
 * @import { Feed, Live } from './live.js'
 * @import { Panel } from './panel.js'
 */

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Events: `change`, when something else may be changed; `panel`, when the panel was opened or
 * closed; `removed`, when its feed was removed here.
 */
export class Changes extends EventTarget {
  #root;
  #config;
  /** @type {Panel?} */
  #panel = null;
  /** What the panel was opened with, which gets the focus back. @type {HTMLElement?} */
  #opener = null;
  #lost = false;

  /** @param {URL} root the server's address @param {Live} live */
  constructor(root, live) {
    super();
    this.#root = root;
    this.#config = new Config(root);
    this.#config.addEventListener('change', () => {
      this.#notice();
      this.dispatchEvent(new Event('change'));
    });
    // A server that was started again may have another configuration.
    live.addEventListener('state', () => {
      if (this.#lost && live.state === 'open') this.#config.ask();
      this.#lost = live.state === 'lost';
    });
    this.#config.ask();
  }

  get mayAdd() {
    return this.#config.now.may.feeds;
  }

  /** Whether there is anything to change about this feed. @param {Feed | undefined} feed */
  mayManage(feed) {
    const { feeds, pause, controls } = this.#config.now.may;
    return feed !== undefined && (feeds || pause || (controls && Boolean(feed.controls?.length)));
  }

  /** The feed that the panel is open for; null while it is closed. */
  get managed() {
    return this.#panel?.feed ?? null;
  }

  async add() {
    const { add } = await import('./add.js');
    if (this.mayAdd && !document.querySelector('dialog[open]')) add(/** @type {HTMLDialogElement} */ (byId('adding')), this.#root, this.#config);
  }

  /** Opens the panel for a feed, or closes it if it is open for that. @param {Feed} feed @param {HTMLElement} opener */
  async toggle(feed, opener) {
    if (this.managed === feed.name) return this.#panel?.close();
    if (!this.mayManage(feed)) return;
    this.#panel ??= await this.#makePanel();
    this.#opener = opener;
    this.#panel.open(feed);
    this.#panel.focus();
    this.dispatchEvent(new Event('panel'));
  }

  async #makePanel() {
    const { Panel } = await import('./panel.js');
    const section = byId('panel');
    const panel = new Panel(section, this.#root, this.#config);
    panel.addEventListener('close', () => {
      const { activeElement } = document;
      if (activeElement === document.body || section.contains(activeElement)) this.#opener?.focus();
      this.dispatchEvent(new Event('panel'));
    });
    panel.addEventListener('removed', () => this.dispatchEvent(new Event('removed')));
    return panel;
  }

  /** Shows the newest status in the panel, which closes when its feed is gone. @param {Feed[]} feeds */
  show(feeds) {
    const feed = feeds.find(({ name }) => name === this.managed);
    if (feed && this.mayManage(feed)) this.#panel?.show(feed);
    else this.#panel?.close();
  }

  /** Lets an open panel follow the large picture. @param {Feed | undefined} feed */
  follow(feed) {
    if (feed && this.managed !== null && this.managed !== feed.name) this.#panel?.open(feed);
  }

  async reload() {
    try {
      await this.#config.reload();
      if (byId('config').hidden) toast(t('reloaded'));
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      toast(e.message);
    }
  }

  /** Says that the running configuration is not the file's, and why. */
  #notice() {
    const { file, current, error, restart } = this.#config.now;
    const bar = byId('config');
    const [what, list] = bar.children;
    const before = bar.hidden ? '' : what.textContent;
    bar.hidden = current && error.length === 0 && restart.length === 0;
    const sentence = bar.hidden ? '' : t('configOther', file);
    put(what, sentence);
    const lines = [...error, ...(restart.length ? [t('configRestart', restart.join(', '))] : [])];
    list.replaceChildren(...lines.map((line) => make('li', '', line)));
    if (sentence && sentence !== before) announce([sentence, ...lines].join(' '));
  }
}
