/** The panel in which a feed is paused, resumed or removed, and the controls of its camera are moved. */

import { send } from './config.js';
import { Controls } from './controls.js';
import { attempt, button, errorPlace, field, input, open } from './dialog.js';
import { clock, make, put, t } from './words.js';

/**
 * @import { Config, May } from './config.js'
 * @import { Feed } from './live.js'
 */

/** The panel. Events: `close`, and `removed` when its feed was removed here. */
export class Panel extends EventTarget {
  #section;
  #root;
  #config;
  /** @type {Feed?} */
  #feed = null;
  #title = make('h2');
  #reason = input('pause-reason', { maxLength: 200 });
  #pause = make('form');
  #paused = make('form');
  #pausedSince = make('p');
  #resume = button(t('resumeFeed'), null);
  #error = errorPlace();
  #pausing = make('section');
  #controls = new Controls(() => Promise.reject());
  #camera = make('section');
  #removal = make('section');

  /** @param {HTMLElement} section where the panel is shown @param {URL} root the server's address @param {Config} config */
  constructor(section, root, config) {
    super();
    this.#section = section;
    this.#root = root;
    this.#config = config;
    this.#title.id = 'panel-title';
    this.#title.tabIndex = -1;
    section.setAttribute('aria-labelledby', this.#title.id);
    const head = make('header');
    head.append(this.#title, button(t('close'), () => this.close(), ''));
    this.#makePausing();
    this.#removal.append(button(t('remove'), () => this.#confirm()));
    section.replaceChildren(head, this.#pausing, this.#camera, this.#removal);
    section.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
  }

  /** The feed that the panel is open for; null while it is closed. */
  get feed() {
    return this.#feed?.name ?? null;
  }

  #makePausing() {
    const pause = button(t('pauseFeed'), null);
    this.#pause.append(field(t('optional', t('pauseReason')), this.#reason, t('pauseWhat')), pause);
    this.#pause.addEventListener('submit', (event) => this.#switch(event, pause, 'pause'));
    this.#paused.append(this.#pausedSince, this.#resume);
    this.#paused.addEventListener('submit', (event) => this.#switch(event, this.#resume, 'resume'));
    this.#pausing.append(make('h3', '', t('pauseTitle')), this.#error, this.#pause, this.#paused);
  }

  /** @param {Feed} feed */
  open(feed) {
    if (this.feed !== feed.name) {
      this.#reason.value = '';
      put(this.#error, '');
      put(this.#title, t('manageWhat', feed.name));
      this.#controls = new Controls((values) => send(this.#root, 'PATCH', `${this.#path(feed)}/controls`, values));
      this.#camera.replaceChildren(make('h3', '', t('controls')), this.#controls.element);
    }
    this.#section.hidden = false;
    this.show(feed);
  }

  focus() {
    this.#title.focus();
  }

  /** Shows the newest status of the feed, and what this viewer may change. @param {Feed} feed */
  show(feed) {
    this.#feed = feed;
    const { may } = this.#config.now;
    const paused = feed.state === 'paused';
    this.#pausing.hidden = !may.pause;
    this.#pause.hidden = paused;
    this.#paused.hidden = !paused;
    const since = [t('paused'), t('since', clock(feed.since)), feed.reason].filter(Boolean).join(' · ');
    if (paused) put(this.#pausedSince, since);
    this.#camera.hidden = !may.controls || !feed.controls?.length;
    if (!this.#camera.hidden) this.#controls.show(feed.controls ?? []);
    this.#removal.hidden = !may.feeds;
  }

  close() {
    if (!this.#feed) return;
    this.#feed = null;
    this.#section.hidden = true;
    this.dispatchEvent(new Event('close'));
  }

  /** @param {Feed} feed */
  #path(feed) {
    return `api/feeds/${encodeURIComponent(feed.name)}`;
  }

  /**
   * Pauses or resumes the feed.
   *
   * @param {Event} event
   * @param {HTMLElement} by
   * @param {'pause' | 'resume'} what
   */
  #switch(event, by, what) {
    event.preventDefault();
    const feed = this.#feed;
    if (!feed) return;
    const reason = this.#reason.value.trim();
    return attempt(by, this.#error, async () => {
      const status = await send(this.#root, 'POST', `${this.#path(feed)}/${what}`, what === 'pause' && reason ? { reason } : undefined);
      this.#config.ask();
      if (this.feed !== feed.name) return;
      this.show({ ...feed, ...status });
      if (what === 'pause') this.#resume.focus();
      else this.#reason.focus();
    });
  }

  /** Asks whether the feed is really to be removed. */
  #confirm() {
    const feed = this.#feed;
    if (!feed) return;
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('removal'));
    const error = errorPlace();
    const remove = button(t('removeDo', feed.name), () => attempt(remove, error, async () => {
      await send(this.#root, 'DELETE', this.#path(feed));
      dialog.close();
      this.#config.ask();
      this.close();
      this.dispatchEvent(new Event('removed'));
    }), 'framed alarming');
    const row = make('p', 'row');
    row.append(remove, button(t('cancel'), () => dialog.close()));
    open(dialog, t('removeWhat', feed.name), [make('p', '', t('removeThen')), error, row]);
  }
}
