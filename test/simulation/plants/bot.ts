import type { Plant } from './plant.ts';

export const botPlants: readonly Plant[] = [
  {
    name: 'telegram-failure-settles-the-card',
    file: 'src/bot/telegram/cards.ts',
    from: "if (outcome.kind === 'unreachable') return { ...retry, error: outcome.reason };",
    to: "if (outcome.kind === 'unreachable' && outcome.isTokenRefused) return { ...retry, error: outcome.reason };",
    sentence: 'A card that Telegram did not answer for is done with.',
    breaks: [5, 9],
  },
  {
    name: 'blocked-chat-counts-as-seen',
    file: 'src/bot/pager/tell-admins.ts',
    from: "return outcome === undefined || outcome.kind === 'sent' || outcome.kind === 'not_modified';",
    to: "return outcome === undefined || ['sent', 'not_modified', 'blocked'].includes(outcome.kind);",
    sentence: 'An alert to a chat that the bot was removed from counts as seen.',
    breaks: [5],
  },
  {
    name: 'only-the-first-owner-hears',
    file: 'src/bot/pager/tell-admins.ts',
    from: "return (await admins.listAdmins()).filter(({ role }) => role === 'owner').map(({ id }) => id);",
    to: "return (await admins.listAdmins()).filter(({ role }) => role === 'owner').map(({ id }) => id).slice(0, 1);",
    sentence: 'Alerts go to the first owner alone, also when that one cannot be reached.',
    breaks: [5],
  },
  {
    name: 'chat-move-not-kept',
    file: 'src/bot/telegram/alert-chat.ts',
    from: "if (outcome.kind === 'moved') await noteMove(deps, { chatId, movedTo: outcome.toChatId });",
    to: "if (outcome.kind === 'moved') deps.log.warn('chat has a new id', { chatId, newChatId: outcome.toChatId });",
    sentence: 'That a group became a supergroup is logged and not kept.',
    breaks: [5, 9],
  },
  {
    name: 'alert-cards-side-by-side',
    file: 'src/bot/pager/alert-cards.ts',
    from: 'return inTurn.run(caseId, () =>',
    to: 'return inTurn.run(message.id, () =>',
    sentence: 'Two messages about one case are drawn at the same time: it has two cards, or shows the older picture.',
    breaks: [5, 9],
  },
  {
    name: 'buttons-of-a-card-not-compared',
    file: 'src/bot/telegram/cards.ts',
    from: 'JSON.stringify([card.view.text, card.view.keyboard])',
    to: 'card.view.text',
    sentence: 'A card of which only the buttons changed keeps its old ones.',
    breaks: [9],
    isHard: true,
  },
];
