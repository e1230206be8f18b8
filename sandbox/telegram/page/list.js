import { avatar, byId, element, listTime } from './dom.js';
import { lastMessage, store, unreadCount } from './store.js';

function preview(chat) {
  const typing = store.typing.get(chat.key);
  if (typing) return element('span', { class: 'chat-preview' }, [element('em', { text: 'typing…' })]);
  const last = lastMessage(chat);
  const node = element('span', { class: 'chat-preview' });
  if (!last) {
    node.textContent = chat.started ? 'No messages yet' : 'Press Start to talk to this bot';
    return node;
  }
  const who = last.from.id === store.me.id ? 'You: ' : '';
  if (who) node.append(element('em', { text: who }));
  if (last.photo) node.append(element('em', { text: last.text ? 'Photo: ' : 'Photo' }));
  if (last.document) node.append(element('em', { text: `${last.document.name} ` }));
  node.append(last.text.replaceAll(/\s+/g, ' ').slice(0, 120));
  return node;
}

function chatItem(chat, open) {
  const unread = unreadCount(chat);
  const last = lastMessage(chat);
  const isRinging = store.ringing.has(chat.key);
  const item = element(
    'button',
    {
      type: 'button',
      class: isRinging ? 'chat-item ringing' : 'chat-item',
      'data-testid': `chat-${chat.hook}`,
      'aria-current': String(store.open === chat.key),
      on: { click: () => open(chat.key) },
    },
    [
      avatar(chat.title, { bell: chat.ringing.length > 0 }),
      element('div', { class: 'chat-lines' }, [
        element('div', { class: 'chat-line' }, [
          element('b', { text: chat.title }),
          element('time', { text: last ? listTime(last.date) : '' }),
        ]),
        element('div', { class: 'chat-line' }, [
          preview(chat),
          ...(unread > 0 ? [element('span', { class: 'badge', 'data-testid': 'unread', text: String(unread) })] : []),
        ]),
      ]),
    ],
  );
  return element('li', {}, [item]);
}

export function drawList({ open, switchUser }) {
  const newestFirst = [...store.chats.values()].sort(
    (a, b) => (lastMessage(b)?.date ?? 0) - (lastMessage(a)?.date ?? 0),
  );
  byId('chats').replaceChildren(...newestFirst.map((chat) => chatItem(chat, open)));
  const unread = newestFirst.reduce((total, chat) => total + unreadCount(chat), 0);
  const bell = store.ringing.size > 0 ? '🔔 ' : '';
  document.title = `${bell}${unread > 0 ? `(${unread}) ` : ''}Local Telegram`;
  drawMe(switchUser);
}

function drawMe(switchUser) {
  const { me, users } = store;
  const parts = [
    avatar(me.firstName),
    element('div', { class: 'me-name' }, [element('b', { text: me.firstName }), `id ${me.id}`]),
  ];
  if (users.length > 1) {
    const options = users.map((user) =>
      element('option', { value: user.id, text: user.firstName, selected: user.id === me.id }),
    );
    const change = (event) => switchUser(Number(event.target.value));
    parts.push(element('select', { 'data-testid': 'user-switcher', 'aria-label': 'Act as', on: { change } }, options));
  }
  byId('me').replaceChildren(...parts);
}
