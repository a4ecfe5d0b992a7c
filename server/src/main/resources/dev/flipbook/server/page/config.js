/** What this viewer may change on the server, and whether the server runs what its configuration file says. */

import { sentence } from './connection.js';

/**
 * @typedef {{ feeds: boolean, pause: boolean, controls: boolean }} May
 * @typedef {{ may: May, file: string, current: boolean, error: string[], restart: string[], sources: string[] }} Answer
 */

/** Interval at which a page that is visible asks whether the file has changed. */
const ASK_INTERVAL_MS = 10_000;
/** Timeout for an answer. Opening a camera, or reading a file with many feeds, may take some seconds. */
const ANSWER_TIMEOUT_MS = 20_000;

/** @type {Answer} */
const NOTHING = { may: { feeds: false, pause: false, controls: false }, file: '', current: true, error: [], restart: [], sources: [] };

/** A change that the server has refused; the message is the server's sentence. */
export class Refusal extends Error {
  /** @param {string} message @param {any} answer the document that the server sent, null if it sent none */
  constructor(message, answer) {
    super(message);
    this.answer = answer;
  }
}

/**
 * Sends a change to the server, and returns the document that it answers with; null if it answers without one.
 *
 * @param {URL} root the server's address
 * @param {string} method
 * @param {string} path below the root
 * @param {object} [body] sent as JSON
 * @returns {Promise<any>}
 * @throws {Refusal} if the server refuses or does not answer
 */
export async function send(root, method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (body) headers['Content-Type'] = 'application/json';
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(new URL(path, root), { method, headers, body: body && JSON.stringify(body), signal, cache: 'no-store' });
  } catch {
    throw new Refusal('the server does not answer', null);
  }
  if (response.ok) return response.json().catch(() => null);
  const answer = await response.clone().json().catch(() => null);
  throw new Refusal((await sentence(response)).reason, answer);
}

/** Event: `change`, after each answer that differs from the one before. */
export class Config extends EventTarget {
  #root;
  #now = NOTHING;
  #known = false;
  #asked = 0;

  /** @param {URL} root the server's address */
  constructor(root) {
    super();
    this.#root = root;
    document.addEventListener('visibilitychange', () => this.#look(true));
    setInterval(() => this.#look(this.#now.file !== ''), ASK_INTERVAL_MS);
  }

  get now() {
    return this.#now;
  }

  /** Whether this viewer may change anything. */
  get mayAny() {
    return Object.values(this.#now.may).some(Boolean);
  }

  /** Asks the server, unless it has said that this viewer may not change anything. */
  async ask() {
    if (this.#known && !this.mayAny) return;
    const asked = ++this.#asked;
    try {
      const response = await fetch(new URL('api/config', this.#root), { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS), cache: 'no-store' });
      const answer = response.ok ? await response.json() : {};
      if (asked === this.#asked) this.take(answer);
    } catch {
      // The server does not answer, which the page says elsewhere. It is asked again when it does.
    }
  }

  /** @param {boolean} due */
  #look(due) {
    if (due && !document.hidden) this.ask();
  }

  /** Makes the server read its file now, and throws its refusal unless the file is wrong, which is an answer too. */
  async reload() {
    try {
      this.take({ ...this.#now, ...(await send(this.#root, 'POST', 'api/config/reload')) });
    } catch (e) {
      if (!(e instanceof Refusal) || !Array.isArray(e.answer?.error)) throw e;
      this.take({ ...this.#now, ...e.answer });
    }
  }

  /** @param {Partial<Answer>} answer without a file if the server has none */
  take(answer) {
    const before = JSON.stringify(this.#now);
    this.#known = true;
    this.#now = { ...NOTHING, ...answer, file: answer.file ?? '' };
    if (JSON.stringify(this.#now) !== before) this.dispatchEvent(new Event('change'));
  }
}
