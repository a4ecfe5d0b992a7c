/**
 * The texts of the page, in two languages with the same keys. The texts are only used as text nodes, never as markup.
 */

import { en } from './en.js';
import { zh } from './zh.js';

const tables = { en, zh };

/** The first of the browser's languages that the page has. */
const chosen = (navigator.languages ?? []).map((one) => one.slice(0, 2).toLowerCase()).find((one) => one in tables) ?? 'en';
const words = tables[chosen];
export const language = { en: 'en-GB', zh: 'zh-CN' }[chosen];

export function t(key, ...values) {
  return (words[key] ?? key).replace(/\{(\d)\}/g, (_, index) => values[index] ?? '');
}

/** Sets a text only if it has changed, so that unchanged figures cause no layout. @param {Node?} element */
export function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * Makes an element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

export function size(width, height) {
  return width > 0 && height > 0 ? `${width}×${height}` : '';
}

/** Two digits are enough to distinguish 29.97 from 25; below ten, one digit after the point matters. */
export function rate(fps) {
  return fps > 0 ? t('fps', fps.toFixed(fps < 9.95 ? 1 : 0)) : '';
}

export function age(ms) {
  if (!Number.isFinite(ms)) return '';
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return t('ms', whole);
  if (whole < 59_950) return t('s', (whole / 1000).toFixed(1));
  const seconds = Math.round(whole / 1000);
  if (seconds < 120) return t('s', seconds);
  if (seconds < 7200) return t('min', Math.round(seconds / 60));
  return seconds < 172_800 ? t('h', Math.round(seconds / 3600)) : t('days', Math.round(seconds / 86_400));
}

/** The local time of day, with the date if it is not today. */
export function clock(instant) {
  const at = new Date(instant);
  if (instant === null || instant === undefined || Number.isNaN(at.getTime())) return '–';
  const time = at.toLocaleTimeString(language, { hour12: false });
  const today = at.toDateString() === new Date().toDateString();
  return today ? time : `${at.toLocaleDateString(language, { day: 'numeric', month: 'short' })} ${time}`;
}
