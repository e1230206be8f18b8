import { avatar, byId, clock, dayKey, dayName, element, fileSize } from './dom.js';
import { icon } from './icons.js';
import { alertBox, copyText, showPicture, toast } from './overlay.js';
import { act, openChat, store, whereabouts } from './store.js';

const groupSeconds = 300;

function metaOf(message) {
  const parts = [];
  if (message.silent) parts.push(element('span', { html: icon('muted', 12), title: 'sent silently' }));
  if (message.editDate) parts.push(element('span', { class: 'edited', 'data-testid': 'edited', text: 'edited' }));
  parts.push(element('time', { text: clock(message.date) }));
  return element('span', { class: 'meta' }, parts);
}

function quoteOf(chat, message) {
  const replied = chat.messages.get(message.replyToId);
  if (!replied) return [];
  const jump = () => scrollToMessage(replied.messageId);
  return [
    element('button', { type: 'button', class: 'quote', on: { click: jump } }, [
      element('b', { text: replied.from.name }),
      replied.text.slice(0, 100) || 'attachment',
    ]),
  ];
}

function mediaOf(message) {
  if (message.photo) {
    const url = `/page/files/${message.photo.fileId}`;
    const { width, height } = message.photo;
    const image = element('img', { src: url, alt: message.text || 'Photo', width, height, 'data-testid': 'photo' });
    image.style.height = 'auto';
    return [element('div', { class: 'photo', on: { click: () => showPicture(url) } }, [image])];
  }
  if (!message.document) return [];
  const { fileId, name, bytes } = message.document;
  return [
    element('a', { class: 'file', href: `/page/files/${fileId}`, download: name, 'data-testid': 'document' }, [
      element('span', { class: 'file-icon', html: icon('file', 22) }),
      element('span', {}, [element('b', { text: name }), element('small', { text: fileSize(bytes) })]),
    ]),
  ];
}

function keysOf(message) {
  const rows = message.keyboard.map((row) =>
    element(
      'div',
      { class: 'key-row' },
      row.map((key) => keyOf(message, key)),
    ),
  );
  return rows.length > 0 ? [element('div', { class: 'keys' }, rows)] : [];
}

const keyAction = (key) => {
  if (key.url || key.web_app) return 'link';
  return key.copy_text ? 'copy' : 'tap';
};

function keyOf(message, key) {
  const press = (event) => pressKey(event.currentTarget, { message, key });
  const action = keyAction(key);
  const node = element('button', {
    type: 'button',
    class: 'key',
    'data-testid': 'inline-button',
    'data-action': action,
    'data-style': key.style,
    text: key.text,
    on: { click: press },
  });
  if (action !== 'tap') node.insertAdjacentHTML('beforeend', icon(action, 12));
  return node;
}

/** A link to a bot that is here opens its chat, as it does in the app; every other one opens a page. */
function openUrl(url) {
  const [, username, start] = /^https:\/\/t\.me\/(\w+)(?:\?start=([\w-]+))?$/.exec(url) ?? [];
  const chat = [...store.chats.values()].find((it) => it.kind === 'private' && it.bot === username);
  if (!chat) return void window.open(url, '_blank', 'noopener');
  document.dispatchEvent(new CustomEvent('open-bot', { detail: { key: chat.key, start } }));
}

async function pressKey(button, { message, key }) {
  const url = key.url ?? key.web_app?.url;
  if (url) return openUrl(url);
  if (key.copy_text) return void copyText(key.copy_text.text);
  if (!key.callback_data || button.classList.contains('busy')) return;
  button.classList.add('busy');
  try {
    const where = whereabouts(openChat());
    const answer = await act('tap', { ...where, messageId: message.messageId, data: key.callback_data });
    if (answer.text && answer.showAlert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
    if (answer.url) window.open(answer.url, '_blank', 'noopener');
  } catch (error) {
    toast(error.message, { bad: true });
  }
  button.classList.remove('busy');
}

/** One message with its buttons. The text's HTML was rendered, and escaped, by the server. */
function messageNode(chat, message) {
  const mine = message.from.id === store.me.id;
  const isBare = Boolean(message.photo) && message.text === '';
  const author = chat.kind !== 'private' && !mine ? [element('div', { class: 'author', text: message.from.name })] : [];
  const text = message.text === '' ? [] : [element('div', { class: 'text', html: message.html })];
  const bubble = element('div', { class: isBare ? 'bubble bare' : 'bubble' }, [
    ...author,
    ...quoteOf(chat, message),
    ...mediaOf(message),
    ...text,
    metaOf(message),
  ]);
  const width = 40 + (message.editDate ? 42 : 0) + (message.silent ? 16 : 0);
  bubble.style.setProperty('--meta-width', `${width}px`);
  const keys = keysOf(message);
  return element(
    'div',
    {
      class: ['message', mine ? 'mine' : '', keys.length > 0 ? 'has-keys' : ''].join(' ').trim(),
      'data-testid': 'message',
      'data-message-id': message.messageId,
      'data-from': message.from.isBot ? 'bot' : 'user',
      'data-sender': message.from.id,
      'data-date': message.date,
    },
    [bubble, ...keys],
  );
}

const nodeOf = (id) => byId('messages').querySelector(`[data-message-id="${id}"]`);

export function scrollToMessage(id) {
  const node = nodeOf(id);
  node?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  if (node) flash(node);
}

function flash(node) {
  node.classList.remove('flash');
  // Reading a layout value restarts the animation of a class that was there before.
  void node.offsetWidth;
  node.classList.add('flash');
}

export function isAtEnd() {
  const { scrollTop, scrollHeight, clientHeight } = byId('scroll');
  return scrollHeight - scrollTop - clientHeight < 90;
}

export function scrollToEnd(behavior = 'instant') {
  byId('scroll').scrollTo({ top: byId('scroll').scrollHeight, behavior });
  drawDown();
}

/** The way down is offered only to those who are not there. */
export function drawDown() {
  byId('down').hidden = isAtEnd();
}

export function drawMessages(chat) {
  const nodes = [...chat.messages.values()].map((message) => messageNode(chat, message));
  byId('messages').replaceChildren(...nodes);
  decorate(chat);
  scrollToEnd();
}

export function addMessage(chat, message) {
  const stay = isAtEnd() || message.from.id === store.me.id;
  const node = messageNode(chat, message);
  node.classList.add('fresh');
  byId('messages').append(node);
  decorate(chat);
  if (stay) scrollToEnd();
  drawDown();
}

export function changeMessage(chat, message) {
  const before = nodeOf(message.messageId);
  if (!before) return;
  const stay = isAtEnd();
  const node = messageNode(chat, message);
  before.replaceWith(node);
  decorate(chat);
  flash(node);
  if (stay) scrollToEnd();
  drawDown();
}

export function dropMessage(chat, messageId) {
  nodeOf(messageId)?.remove();
  decorate(chat);
}

/** Days, and where a run of one sender's messages begins and ends. */
function decorate(chat) {
  const box = byId('messages');
  for (const node of box.querySelectorAll('.day, .empty')) node.remove();
  const nodes = [...box.querySelectorAll('.message')];
  if (nodes.length === 0) box.append(emptyCard(chat));
  nodes.forEach((node, index) => {
    const date = Number(node.dataset.date);
    const previous = nodes[index - 1];
    const isNewDay = !previous || dayKey(Number(previous.dataset.date)) !== dayKey(date);
    if (isNewDay) node.before(element('div', { class: 'day', text: dayName(date) }));
    node.classList.toggle('first', isNewDay || !isSameRun(previous, node));
    node.classList.toggle('last', !nodes[index + 1] || !isSameRun(node, nodes[index + 1]));
  });
}

function emptyCard(chat) {
  const hint = chat.started ? 'No messages here yet' : 'Press Start, and this bot may write to you';
  return element('div', { class: 'empty' }, [
    avatar(chat.title),
    element('b', { text: chat.title }),
    element('span', { text: chat.about }),
    element('span', { text: hint }),
  ]);
}

function isSameRun(a, b) {
  const isClose = Number(b.dataset.date) - Number(a.dataset.date) < groupSeconds;
  return isClose && a.dataset.sender === b.dataset.sender;
}
