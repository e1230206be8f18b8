import { byId, element } from './dom.js';
import { icon } from './icons.js';
import { toast } from './overlay.js';
import { attempt, sendFile, whereabouts } from './store.js';

const drafts = new Map();
let replyTo;

export function say(chat, text) {
  const replyToId = replyTo?.chat === chat.key ? replyTo.message.messageId : undefined;
  replyTo = undefined;
  attempt('send', { ...whereabouts(chat), text, ...(replyToId ? { replyToId } : {}) });
}

export function startReply(chat, message) {
  replyTo = { chat: chat.key, message };
  drawDock(chat);
  byId('input')?.focus();
}

/** What stands under the messages: the composer, Start, or Unblock. */
export function drawDock(chat) {
  const dock = byId('dock');
  if (chat.blocked) {
    const unblock = () => attempt('unblock', whereabouts(chat));
    const attributes = {
      type: 'button',
      class: 'wide',
      'data-testid': 'unblock',
      text: 'UNBLOCK',
      on: { click: unblock },
    };
    dock.replaceChildren(element('button', attributes));
    return;
  }
  if (!chat.started) {
    const start = () => say(chat, '/start');
    const attributes = { type: 'button', class: 'wide', 'data-testid': 'start', text: 'START', on: { click: start } };
    dock.replaceChildren(element('button', attributes));
    return;
  }
  dock.replaceChildren(...replyBar(chat), composer(chat), ...replyKeys(chat));
  grow(byId('input'));
}

function replyBar(chat) {
  if (replyTo?.chat !== chat.key) return [];
  const cancel = () => {
    replyTo = undefined;
    drawDock(chat);
  };
  const { message } = replyTo;
  return [
    element('div', { class: 'reply-bar' }, [
      element('span', { class: 'quote' }, [element('b', { text: message.from.name }), message.text || 'attachment']),
      element('button', {
        class: 'icon-button',
        'aria-label': 'Do not reply',
        html: icon('close', 20),
        on: { click: cancel },
      }),
    ]),
  ];
}

function replyKeys(chat) {
  if (chat.replyKeyboard?.kind !== 'keyboard') return [];
  const rows = chat.replyKeyboard.rows.map((row) =>
    element(
      'div',
      { class: 'key-row' },
      row.map((text) => element('button', { class: 'key', text, on: { click: () => say(chat, text) } })),
    ),
  );
  return [element('div', { class: 'keys reply-keys' }, rows)];
}

function composer(chat) {
  const input = element('textarea', {
    id: 'input',
    rows: 1,
    maxlength: 4096,
    'data-testid': 'composer',
    'aria-label': 'Message',
    placeholder: chat.replyKeyboard?.placeholder ?? 'Message',
  });
  input.value = drafts.get(chat.key) ?? '';
  const send = element('button', {
    type: 'button',
    class: 'send',
    'data-testid': 'send',
    'aria-label': 'Send',
    html: icon('send', 22),
    disabled: input.value.trim() === '',
  });
  const box = element('div', { class: 'composer' }, [
    element('div', { class: 'field' }, [...menuButton(chat), input, attachButton(chat)]),
    send,
  ]);
  const submit = () => {
    const text = input.value;
    if (text.trim() === '') return;
    drafts.delete(chat.key);
    say(chat, text);
    drawDock(chat);
    byId('input').focus();
  };
  send.addEventListener('click', submit);
  input.addEventListener('keydown', (event) => onKey(event, { box, submit }));
  input.addEventListener('input', () => {
    drafts.set(chat.key, input.value);
    send.disabled = input.value.trim() === '';
    grow(input);
    suggest(chat, { box, input });
  });
  return box;
}

function onKey(event, { box, submit }) {
  const list = box.querySelector('.command-list');
  if (event.key === 'Escape') list?.remove();
  if (event.key === 'Tab' && list) {
    event.preventDefault();
    list.querySelector('.option')?.click();
  }
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
}

function grow(input) {
  if (!input) return;
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
}

function menuButton(chat) {
  if (chat.commands.length === 0) return [];
  const toggle = (event) => {
    event.stopPropagation();
    const box = event.currentTarget.closest('.composer');
    const list = box.querySelector('.command-list');
    if (list) list.remove();
    else showCommands(box, { chat, commands: chat.commands });
  };
  const attributes = { type: 'button', class: 'menu-button', 'data-testid': 'commands-menu', 'aria-label': 'Commands' };
  return [
    element('button', { ...attributes, on: { click: toggle } }, [
      element('i', { html: icon('menu', 20) }),
      element('span', { text: 'Menu' }),
    ]),
  ];
}

function suggest(chat, { box, input }) {
  box.querySelector('.command-list')?.remove();
  const typed = /^\/(\w*)$/.exec(input.value)?.[1];
  if (typed === undefined) return;
  const fitting = chat.commands.filter((entry) => entry.command.startsWith(typed));
  if (fitting.length > 0) showCommands(box, { chat, commands: fitting });
}

function showCommands(box, { chat, commands }) {
  const run = (command) => {
    drafts.delete(chat.key);
    say(chat, `/${command}`);
    drawDock(chat);
  };
  const rows = commands.map(({ command, description }) =>
    element(
      'button',
      { type: 'button', class: 'option', 'data-testid': 'command', on: { click: () => run(command) } },
      [element('b', { text: `/${command}` }), element('span', { text: description })],
    ),
  );
  box.append(element('div', { class: 'popover command-list' }, rows));
}

function attachButton(chat) {
  const picker = element('input', { type: 'file', hidden: true });
  picker.addEventListener('change', async () => {
    const [file] = picker.files;
    // The same file may be chosen again.
    picker.value = '';
    if (!file) return;
    await sendFile(chat, file).catch((error) => toast(error.message, { bad: true }));
  });
  const open = () => picker.click();
  const attributes = { type: 'button', class: 'icon-button', 'aria-label': 'Send a file', 'data-testid': 'attach' };
  return element('label', {}, [
    picker,
    element('button', { ...attributes, html: icon('attach', 22), on: { click: open } }),
  ]);
}
