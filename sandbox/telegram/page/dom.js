import { icon } from './icons.js';

export const byId = (id) => document.getElementById(id);

/** An element with attributes; `text` is set as text, `html` only with strings the server or this page made. */
export function element(tag, { text, html, on, ...attributes } = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  if (text !== undefined) node.textContent = text;
  if (html !== undefined) node.innerHTML = html;
  for (const [name, listener] of Object.entries(on ?? {})) node.addEventListener(name, listener);
  node.append(...children);
  return node;
}

const gradients = [
  ['#ff9a6b', '#f0566a'],
  ['#55c1ff', '#3a78f2'],
  ['#7fdc8c', '#2fa97c'],
  ['#c79bff', '#7d5cf0'],
  ['#ffd36b', '#f09a35'],
  ['#79dfe0', '#2e93c9'],
];

/** The same name always has the same colours. */
export function avatar(name, { bell = false } = {}) {
  const sum = [...name].reduce((total, character) => (total * 31 + character.codePointAt(0)) % 9973, 7);
  const [from, to] = gradients[sum % gradients.length];
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
  const node = element('div', { class: 'avatar', style: `--from:${from};--to:${to}`, text: initials });
  if (bell) node.append(element('span', { class: 'bell', html: icon('bell', 13) }));
  return node;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const shortDayFormat = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', year: '2-digit' });

export const clock = (seconds) => clockFormat.format(seconds * 1000);
export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

export function dayName(seconds) {
  const key = dayKey(seconds);
  if (key === new Date().toDateString()) return 'Today';
  if (key === new Date(Date.now() - 86_400_000).toDateString()) return 'Yesterday';
  return dayFormat.format(seconds * 1000);
}

export function listTime(seconds) {
  return dayKey(seconds) === new Date().toDateString() ? clock(seconds) : shortDayFormat.format(seconds * 1000);
}

export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
