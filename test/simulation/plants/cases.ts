import type { Plant } from './plant.ts';

/** Cases, and what admins do. */
export const casePlants: readonly Plant[] = [
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
];
