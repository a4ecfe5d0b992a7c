/** The controls of a camera as sliders, switches and choices, and how a moved one reaches the camera. */

import { Refusal } from './config.js';
import { button, errorPlace } from './dialog.js';
import { make, put, t } from './words.js';

/**
 * @typedef {{ name: string, kind: string, least: number, most: number, step: number, usual: number, value: number,
 *   choices: string[] }} Control
 *   least, most: the range; usual: the default of the driver; choices: names of the values of a menu, from least on
 */

/** How long the status, which comes once a second, may still have the value from before a change. */
const SETTLED_MS = 1500;

/** @param {string} name of a control, such as `white_balance_automatic` */
const title = (name) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');

/** One control: its label, its inputs, its range, and a button that sets the default again. */
class Row {
  element = make('div', 'control');
  /** Whether the user holds the slider or types a number, which nobody may change meanwhile. */
  held = false;
  #settledAt = 0;
  #error = errorPlace();
  #control;
  #set;
  #label = make('label');
  #reset;
  /** Shows a value in the inputs. @type {(value: number) => void} */
  #write = () => {};

  /** @param {Control} control @param {(value: number) => void} set called with each value that the user chooses */
  constructor(control, set) {
    this.#control = control;
    this.#set = set;
    this.#label.textContent = title(control.name);
    this.#label.lang = 'en';
    this.#label.id = `control-${control.name}-label`;
    this.#label.htmlFor = `control-${control.name}`;
    this.#reset = button(t('reset'), () => this.#choose(control.usual), 'reset');
    this.#reset.setAttribute('aria-label', t('resetTo', title(control.name), this.#word(control.usual)));
    this.#reset.title = t('defaultIs', this.#word(control.usual));
    const head = make('div', 'head');
    head.append(this.#label);
    this.element.append(head);
    if (control.kind === 'button') this.#addButton(head);
    else if (control.kind === 'boolean') this.#addSwitch(head);
    else if (control.kind === 'menu') this.#addMenu(head);
    else this.#addSlider(head);
    if (control.kind !== 'button') head.append(this.#reset);
    this.element.append(this.#error);
    this.show(control.value);
  }

  /** @param {number} value */
  #choose(value) {
    this.#mark(value);
    this.#write(value);
    this.#set(value);
  }

  /** Whether the status does not count now, because the user has the control or has just changed it. */
  get busy() {
    return this.held || performance.now() < this.#settledAt;
  }

  /** Notes the end of a request. @param {string} refusal @param {number} until when the status is older than that */
  settle(refusal, until) {
    put(this.#error, refusal);
    this.#settledAt = until;
  }

  /** Shows the value that the camera has. @param {number} value */
  show(value) {
    this.#mark(value);
    this.#write(value);
  }

  /** @param {number} value */
  #mark(value) {
    const usual = value === this.#control.usual;
    this.#reset.classList.toggle('idle', usual);
    this.#reset.toggleAttribute('aria-disabled', usual);
  }

  /** A value in words. @param {number} value */
  #word(value) {
    const { kind, least, choices } = this.#control;
    if (kind === 'boolean') return t(value ? 'on' : 'off');
    return (kind === 'menu' && choices[value - least]) || String(value).replace('-', '−');
  }

  #id() {
    return this.#label.htmlFor;
  }

  /** @param {HTMLElement} head */
  #addSlider(head) {
    const { least, most, step, usual } = this.#control;
    const range = { min: String(least), max: String(most), step: String(Math.max(1, step)) };
    const slider = Object.assign(make('input'), { type: 'range', id: this.#id(), ...range });
    const number = Object.assign(make('input'), { type: 'number', ...range });
    number.setAttribute('aria-labelledby', this.#label.id);
    const hint = make('small', '', t('range', this.#word(least), this.#word(most), this.#word(usual)));
    hint.id = `${slider.id}-range`;
    slider.setAttribute('aria-describedby', hint.id);
    slider.addEventListener('input', () => this.#choose(slider.valueAsNumber));
    slider.addEventListener('pointerdown', () => (this.held = true));
    for (const type of ['pointerup', 'pointercancel', 'change', 'blur']) slider.addEventListener(type, () => (this.held = false));
    number.addEventListener('input', () => (this.held = true));
    number.addEventListener('change', () => number.value !== '' && this.#choose(number.valueAsNumber));
    for (const type of ['change', 'blur']) number.addEventListener(type, () => (this.held = false));
    const track = make('div', 'slider');
    track.style.setProperty('--default', String((usual - least) / (most - least || 1)));
    track.append(slider);
    head.append(number);
    this.element.append(track, hint);
    this.#write = (value) => {
      slider.value = String(value);
      if (!(document.activeElement === number && this.held)) number.value = String(value);
    };
  }

  /** @param {HTMLElement} head */
  #addSwitch(head) {
    const box = Object.assign(make('input', 'switch'), { type: 'checkbox', id: this.#id() });
    box.setAttribute('role', 'switch');
    box.addEventListener('change', () => this.#choose(box.checked ? 1 : 0));
    head.append(box);
    this.#write = (value) => (box.checked = value !== 0);
  }

  /** @param {HTMLElement} head */
  #addMenu(head) {
    const { least, choices, usual } = this.#control;
    const menu = Object.assign(make('select'), { id: this.#id(), lang: 'en' });
    choices.forEach((text, i) => {
      if (text) menu.append(Object.assign(make('option', '', least + i === usual ? `${text} *` : text), { value: String(least + i) }));
    });
    menu.addEventListener('change', () => this.#choose(Number(menu.value)));
    head.append(menu);
    this.#write = (value) => (menu.value = String(value));
  }

  /** @param {HTMLElement} head */
  #addButton(head) {
    const push = button(title(this.#control.name), () => this.#set(this.#control.most));
    push.lang = 'en';
    head.replaceChildren(push);
  }
}

/** All controls of a camera. One request is under way at a time, and the newest values are sent next. */
export class Controls {
  element = make('div', 'controls');
  #request;
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** What the camera has said last. @type {Control[]} */
  #known = [];
  #shape = '';
  /** The newest values that were not sent yet. @type {Record<string, number>} */
  #wanted = {};
  /** The values that are on their way. @type {Record<string, number>} */
  #sent = {};
  #sending = false;

  /** @param {(values: Record<string, number>) => Promise<{ controls: Control[] }>} request sets values, and returns all controls as they are then */
  constructor(request) {
    this.#request = request;
  }

  /** Shows the values of the status, except for what the user moves. @param {Control[]} controls */
  show(controls) {
    this.#known = controls;
    this.#shape = this.#build(controls);
    for (const { name, value } of controls) {
      const row = this.#rows.get(name);
      if (row && !row.busy && !(name in this.#wanted) && !(name in this.#sent)) row.show(value);
    }
  }

  /** Makes the rows, unless those that are there fit. @param {Control[]} controls */
  #build(controls) {
    const shape = JSON.stringify(controls.map((one) => ({ ...one, value: 0 })));
    if (shape === this.#shape) return shape;
    this.#rows = new Map(controls.map((one) => [one.name, new Row(one, (value) => this.#want(one.name, value))]));
    this.element.replaceChildren(...[...this.#rows.values()].map(({ element }) => element));
    return shape;
  }

  /** @param {string} name @param {number} value */
  #want(name, value) {
    this.#wanted[name] = value;
    if (!this.#sending) this.#send();
  }

  async #send() {
    this.#sending = true;
    while (Object.keys(this.#wanted).length > 0) {
      [this.#sent, this.#wanted] = [this.#wanted, {}];
      this.#settle(await this.#ask());
    }
    this.#sending = false;
  }

  /** Sends the values; returns why they were refused, empty if they were not. */
  async #ask() {
    try {
      this.#known = (await this.#request(this.#sent)).controls;
      return '';
    } catch (e) {
      return e instanceof Refusal ? e.message : String(e);
    }
  }

  /** Shows what the camera has made of the values; what was refused goes back to what it was. @param {string} refusal */
  #settle(refusal) {
    const settledAt = performance.now() + SETTLED_MS;
    for (const name of Object.keys(this.#sent)) this.#rows.get(name)?.settle(refusal, settledAt);
    this.#sent = {};
    for (const { name, value } of this.#known) if (!(name in this.#wanted)) this.#rows.get(name)?.show(value);
  }
}
