/** The dialog in which a feed is added. */

import { send } from './config.js';
import { attempt, button, errorPlace, field, input, open } from './dialog.js';
import { make, t } from './words.js';

/** @import { Config } from './config.js' */

/** What an address of each kind looks like. Other kinds are addresses themselves. @type {Record<string, string>} */
const EXAMPLES = { http: 'http://camera/video.mjpg', rtsp: 'rtsp://camera/1' };

const form = make('form');
const error = errorPlace();
const fields = {
  name: input('add-name', { placeholder: 'yard', maxLength: 64 }),
  source: input('add-source', { placeholder: EXAMPLES.rtsp }),
  fps: input('add-fps', { inputMode: 'decimal', placeholder: '5' }),
  size: input('add-size', { placeholder: '1280x720' }),
  quality: input('add-quality', { inputMode: 'numeric', placeholder: '80' }),
};

/**
 * Opens the dialog. What was typed stays in it until a feed has been added.
 *
 * @param {HTMLDialogElement} dialog
 * @param {URL} root the server's address
 * @param {Config} config
 */
export function add(dialog, root, config) {
  const kinds = config.now.sources.map((kind) => EXAMPLES[kind] ?? kind).join(', ');
  const less = make('div', 'fields');
  less.append(...[[t('addFps'), fields.fps], [t('addSize'), fields.size], [t('addQuality'), fields.quality]]
    .map(([label, one]) => field(t('optional', label), /** @type {HTMLElement} */ (one))));
  const submit = button(t('addDo'), null, 'framed primary');
  const row = make('p', 'row');
  row.append(submit, button(t('cancel'), () => dialog.close()));
  form.noValidate = true;
  form.replaceChildren(field(t('addName'), fields.name), field(t('addSource'), fields.source, kinds && t('addKinds', kinds)), less, error, row);
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(submit, error, () => create(dialog, root, config));
  };
  open(dialog, t('add'), [form], true);
  fields.name.focus();
}

/** @param {HTMLDialogElement} dialog @param {URL} root @param {Config} config */
async function create(dialog, root, config) {
  /** @type {Record<string, string | number>} */
  const body = {};
  for (const [key, { value }] of Object.entries(fields)) {
    const typed = value.trim();
    const number = key === 'fps' || key === 'quality' ? Number(typed) : NaN;
    // What is not a number is sent as it was typed: the server says what is wrong with it.
    if (typed) body[key] = Number.isNaN(number) ? typed : number;
  }
  await send(root, 'POST', 'api/feeds', body);
  form.reset();
  dialog.close();
  config.ask();
}
