import type { Plant } from './plant.ts';

/** What admins are told, what they see, and what they do. */
export const adminPlants: readonly Plant[] = [
  {
    name: 'card-of-a-case-raised-again-stays',
    file: 'src/cases/raise-case.ts',
    from: 'await showCase(tx, changed, isPaced);',
    to: 'if (changed.severity !== live.severity) await showCase(tx, changed, isPaced);',
    sentence: 'The card of a case that is raised again keeps its old facts.',
    breaks: [9, 5],
  },
  {
    name: 'untouched-case-ends-by-itself',
    file: 'src/cases/retire-cases.ts',
    from: 'kinds: informingKinds,',
    to: 'kinds: null,',
    sentence: 'A case that nobody took for a day ends, whether its trouble is over or not.',
    breaks: [5, 1],
  },
  {
    name: 'woken-case-does-not-ring',
    file: 'src/bot/pager/alert-cards.ts',
    from: "shownMark(sent) === 'snoozed' && alert.status === 'open'",
    to: "shownMark(sent) === 'snoozed' && alert.severity === 'critical'",
    sentence: 'A snoozed case that is due again is edited in silence.',
    breaks: [5],
    isHard: true,
  },
  {
    name: 'snooze-is-not-audited',
    file: 'src/cases/change-as-admin.ts',
    from: 'await recordAudit(tx,',
    to: "if (decided.change.status !== 'snoozed') await recordAudit(tx,",
    sentence: 'An admin who snoozes a case leaves no audit row.',
    breaks: [7],
  },
  {
    name: 'refused-cancel-is-audited',
    file: 'src/payments/collect/cancel-order.ts',
    from: `  if (applied.decision.kind === 'refused') return { kind: 'refused', status: order.status };
  await closeOpenLinks(tx, { order, payments });
  await recordAudit(tx, { action: 'order.cancel', subject: \`order:\${order.id}\`, reason });`,
    to: `  await recordAudit(tx, { action: 'order.cancel', subject: \`order:\${order.id}\`, reason });
  if (applied.decision.kind === 'refused') return { kind: 'refused', status: order.status };
  await closeOpenLinks(tx, { order, payments });`,
    sentence: 'The audit says that an order was cancelled which had been paid meanwhile and was not.',
    breaks: [7],
    isHard: true,
  },
  {
    name: 'double-tap-acts-twice',
    file: 'src/db/stores/access/access.ts',
    from: 'const [taken] = await db.delete(pendingActions).where(isUsable(input)).returning();',
    to: 'const [taken] = await db.select().from(pendingActions).where(isUsable(input));',
    sentence: 'What an admin confirms is found and not taken: a second tap, or the next message, confirms it again.',
    breaks: [7],
  },
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
