import {
  addMessage,
  changeMessage,
  drawDown,
  drawMessages,
  dropMessage,
  scrollToEnd,
  scrollToMessage,
} from './bubbles.js';
import { drawDock, say, startReply } from './composer.js';
import { avatar, byId, element } from './dom.js';
import { icon } from './icons.js';
import { drawList } from './list.js';
import { copyText, openMenu } from './overlay.js';
import { applyEvent, attempt, loadState, markRead, openChat, store, whereabouts } from './store.js';

const typingMs = 5000;
const ringMs = 12_000;
let source;

function draw() {
  drawList({ open: showChat, switchUser });
  drawHead();
}

function drawHead() {
  const chat = openChat();
  byId('chat').hidden = !chat;
  if (!chat) return;
  byId('head-avatar').replaceWith(
    Object.assign(avatar(chat.title, { bell: chat.ringing.length > 0 }), { id: 'head-avatar' }),
  );
  byId('head-title').textContent = chat.title;
  const typing = store.typing.get(chat.key);
  const status = byId('head-status');
  status.textContent = typing ? typingText(chat, typing) : chat.about;
  status.classList.toggle('typing', Boolean(typing));
  const pinned = chat.messages.get(chat.pinnedMessageId);
  byId('pinned').hidden = !pinned;
  if (pinned) {
    byId('pinned').replaceChildren(element('b', { text: 'Pinned message' }), pinned.text.replaceAll('\n', ' '));
    byId('pinned').onclick = () => scrollToMessage(pinned.messageId);
  }
}

function typingText(chat, typing) {
  const doing = typing.action.startsWith('upload') ? 'sending a file…' : 'typing…';
  return chat.kind === 'private' ? doing : `${typing.name} is ${doing}`;
}

function showChat(key) {
  const chat = store.chats.get(key);
  if (!chat) return;
  store.open = key;
  history.replaceState(undefined, '', `#${chat.hook}`);
  document.body.dataset.view = 'chat';
  markRead(chat);
  draw();
  drawDock(chat);
  drawMessages(chat);
  if (matchMedia('(min-width: 761px)').matches) byId('input')?.focus();
}

function showList() {
  store.open = undefined;
  document.body.dataset.view = 'list';
  history.replaceState(undefined, '', location.pathname);
  draw();
}

async function switchUser(userId) {
  sessionStorage.setItem('user', String(userId));
  store.open = undefined;
  store.ringing.clear();
  await connect();
}

const isSeen = (chat) => chat.key === store.open && document.visibilityState === 'visible';

function onEvent(event) {
  const change = applyEvent(event);
  if (!change) return;
  const { chat, kind, message } = change;
  if (kind === 'message') ring(chat, message);
  if (kind === 'typing') setTimeout(() => forgetTyping(chat, event), typingMs);
  if (chat.key === store.open) {
    if (kind === 'message') addMessage(chat, message);
    if (kind === 'edited') changeMessage(chat, message);
    if (kind === 'deleted') dropMessage(chat, change.messageId);
    if (kind === 'chat') drawDock(chat);
    if (isSeen(chat)) markRead(chat);
  }
  draw();
}

function forgetTyping(chat, event) {
  if (store.typing.get(chat.key) !== event) return;
  store.typing.delete(chat.key);
  draw();
}

/** A pager's message rings until somebody looks, or for a while. */
function ring(chat, message) {
  if (message.silent || !chat.ringing.includes(message.from.id) || isSeen(chat)) return;
  store.ringing.add(chat.key);
  navigator.vibrate?.([120, 60, 120]);
  setTimeout(() => {
    store.ringing.delete(chat.key);
    draw();
  }, ringMs);
}

/** Every (re)connection begins with the whole state, so that nothing missed in between stays missed. */
async function connect() {
  source?.close();
  const userId = sessionStorage.getItem('user') ?? '';
  source = new EventSource(`/page/events?user=${userId}`);
  source.onmessage = async ({ data }) => {
    const event = JSON.parse(data);
    if (event.type !== 'hello') return onEvent(event);
    await loadState(userId);
    const wanted = decodeURIComponent(location.hash.slice(1));
    const chat = openChat() ?? [...store.chats.values()].find((candidate) => candidate.hook === wanted);
    if (chat) return showChat(chat.key);
    store.open = undefined;
    document.body.dataset.view = 'list';
    draw();
  };
}

function onMessagesClick(event) {
  const chat = openChat();
  const command = event.target.closest('.command');
  if (command) {
    event.preventDefault();
    say(chat, command.dataset.command);
  }
  event.target.closest('.spoiler, blockquote.expandable')?.classList.add('open');
  const code = event.target.closest('.text code');
  if (code) void copyText(code.textContent);
}

function onMore(event) {
  event.stopPropagation();
  const chat = openChat();
  const where = whereabouts(chat);
  const block = { label: 'Block bot', danger: true, run: () => attempt('block', where) };
  const unblock = { label: 'Unblock bot', run: () => attempt('unblock', where) };
  const forPrivate = chat.kind === 'private' ? [chat.blocked ? unblock : block] : [];
  const copyId = { label: `Copy chat id ${chat.chatId}`, run: () => void copyText(String(chat.chatId)) };
  openMenu(byId('chat'), { className: 'more-menu', options: [copyId, ...forPrivate] });
}

byId('back').innerHTML = icon('back');
byId('more').innerHTML = icon('more');
byId('down').innerHTML = icon('down');
byId('back').addEventListener('click', showList);
byId('more').addEventListener('click', onMore);
byId('down').addEventListener('click', () => scrollToEnd('smooth'));
byId('scroll').addEventListener('scroll', drawDown);
byId('messages').addEventListener('click', onMessagesClick);
byId('messages').addEventListener('dblclick', (event) => {
  const id = Number(event.target.closest('.message')?.dataset.messageId);
  const chat = openChat();
  if (chat?.messages.has(id)) startReply(chat, chat.messages.get(id));
});
document.addEventListener('click', (event) => {
  if (!event.target.closest('.composer')) document.querySelector('.command-list')?.remove();
});
document.addEventListener('open-bot', ({ detail }) => {
  showChat(detail.key);
  if (detail.start) say(openChat(), `/start ${detail.start}`);
});
document.addEventListener('visibilitychange', () => {
  const chat = openChat();
  if (chat && isSeen(chat)) markRead(chat);
  if (store.me) draw();
});
void connect();
