import { byId, element } from './dom.js';

const toastMs = 3200;

export function toast(text, { bad = false } = {}) {
  const node = element('div', { class: bad ? 'toast bad' : 'toast', 'data-testid': 'toast', role: 'status', text });
  byId('toasts').replaceChildren(node);
  setTimeout(() => node.remove(), toastMs);
}

/** The box that show_alert asks for; it stays until the person has read it. */
export function alertBox(text) {
  const close = () => dialog.close();
  const dialog = element('dialog', { 'data-testid': 'alert' }, [
    element('p', { text }),
    element('button', { type: 'button', class: 'option', text: 'OK', autofocus: true, on: { click: close } }),
  ]);
  show(dialog);
}

export function showPicture(url) {
  const dialog = element('dialog', { class: 'picture', on: { click: () => dialog.close() } }, [
    element('img', { src: url, alt: 'Photo' }),
  ]);
  show(dialog);
}

function show(dialog) {
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A menu that goes away with the next click or Escape. */
export function openMenu(parent, { className, options }) {
  const rows = options.map(({ label, danger, run }) =>
    element('button', { type: 'button', class: danger ? 'option danger' : 'option', text: label, on: { click: run } }),
  );
  const menu = element('div', { class: `popover ${className}`, role: 'menu' }, rows);
  parent.append(menu);
  const over = new AbortController();
  const close = () => {
    over.abort();
    menu.remove();
  };
  setTimeout(() => document.addEventListener('click', close, { signal: over.signal }));
  document.addEventListener('keydown', (event) => event.key === 'Escape' && close(), { signal: over.signal });
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied to clipboard');
  } catch {
    toast(text);
  }
}
