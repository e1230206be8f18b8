import { toast } from './overlay.js';

/** What the page knows, kept current by the server's events. Everything else only draws it. */
export const store = {
  session: '',
  me: undefined,
  users: [],
  /** Chat by key, each with `messages`: a Map by message id. */
  chats: new Map(),
  open: undefined,
  ringing: new Set(),
  typing: new Map(),
};

export const openChat = () => store.chats.get(store.open);
export const lastMessage = (chat) => [...chat.messages.values()].at(-1);

const readKey = () => `read:${store.session}:${store.me.id}`;

function reads() {
  return JSON.parse(localStorage.getItem(readKey()) ?? '{}');
}

export function unreadCount(chat) {
  const last = reads()[chat.key] ?? 0;
  return [...chat.messages.values()].filter((message) => message.from.isBot && message.messageId > last).length;
}

export function markRead(chat) {
  const last = lastMessage(chat);
  if (last) localStorage.setItem(readKey(), JSON.stringify({ ...reads(), [chat.key]: last.messageId }));
  store.ringing.delete(chat.key);
}

export async function loadState(userId) {
  const response = await fetch(`/page/state?user=${userId ?? ''}`);
  const state = await response.json();
  store.session = state.session;
  store.me = state.user;
  store.users = state.users;
  store.chats = new Map(
    state.chats.map((chat) => [
      chat.key,
      { ...chat, messages: new Map(chat.messages.map((message) => [message.messageId, message])) },
    ]),
  );
}

/** Takes one event in; says what it was about, or nothing when there is nothing to draw. */
export function applyEvent(event) {
  const chat = store.chats.get(event.chat);
  if (!chat) return undefined;
  switch (event.type) {
    case 'message':
      store.typing.delete(chat.key);
      chat.messages.set(event.message.messageId, event.message);
      return { chat, kind: 'message', message: event.message };
    case 'edited':
      chat.messages.set(event.message.messageId, event.message);
      return { chat, kind: 'edited', message: event.message };
    case 'deleted':
      chat.messages.delete(event.messageId);
      return { chat, kind: 'deleted', messageId: event.messageId };
    case 'chat':
      Object.assign(chat, { pinnedMessageId: undefined, replyKeyboard: undefined }, event.summary);
      return { chat, kind: 'chat' };
    case 'typing':
      store.typing.set(chat.key, event);
      return { chat, kind: 'typing' };
    default:
      return undefined;
  }
}

/** One of the page's acts on the server; throws the server's sentence when it is refused. */
export async function act(name, body) {
  const response = await fetch(`/page/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.ok) throw new Error(answer.error);
  return answer.result;
}

/** An act whose refusal only has to be told. */
export function attempt(name, body) {
  act(name, body).catch((error) => toast(error.message, { bad: true }));
}

export function whereabouts(chat) {
  return { userId: store.me.id, bot: chat.bot, chatId: chat.chatId };
}

export async function sendFile(chat, file) {
  const query = new URLSearchParams({ ...whereabouts(chat), name: file.name });
  const response = await fetch(`/page/document?${query}`, { method: 'POST', body: await file.arrayBuffer() });
  const answer = await response.json();
  if (!answer.ok) throw new Error(answer.error);
}
