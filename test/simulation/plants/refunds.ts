import type { Plant } from './plant.ts';

const sending = 'src/payments/refunds/send-refund.ts';

export const refundPlants: readonly Plant[] = [
  {
    name: 'refund-sent-before-it-is-noted',
    file: sending,
    from: `  const sent = await recordSent(deps, { refund: held.refund, quietMs });
  try {
    const snapshot = await port.requestRefund(command, held.signal);`,
    to: `  let sent = held.refund;
  try {
    const snapshot = await port.requestRefund(command, held.signal);
    sent = await recordSent(deps, { refund: held.refund, quietMs });`,
    sentence: 'That a refund is being sent is stored after the call, so that a lost answer leaves no trace of it.',
    breaks: [3],
  },
  {
    name: 'refund-repeated-at-once',
    file: sending,
    from: 'const isQuiet = deps.clock.now() - sentAt >= quietMs;',
    to: 'const isQuiet = deps.clock.now() >= sentAt;',
    sentence:
      'A refund that the provider does not show yet is sent again without waiting until the first call can no longer be carried out.',
    breaks: [3],
  },
  {
    name: 'lost-answer-means-not-sent',
    file: sending,
    from: `    await recordUnknown(deps, { refund: sent, cause: held.cause });
    return { kind: 'unknown' };`,
    to: `    await recordNotSent(deps, sent);
    return { kind: 'not_sent', error: failureWords(error), retryAfterMs: null };`,
    sentence: 'A refund whose answer was lost counts as not sent, and is sent again.',
    breaks: [3],
  },
  {
    name: 'rejected-repeat-means-failed',
    file: sending,
    from: 'if (refund.sends === 1) return fail(deps, { ...held, words });',
    to: 'if (refund.sends >= 1) return fail(deps, { ...held, words });',
    sentence: 'A repeat that is rejected, because the first one was carried out, makes the refund failed.',
    breaks: [3],
    isHard: true,
  },
  {
    name: 'refund-money-not-counted-again',
    file: sending,
    from: 'return coversRefund(payment, { refund, refunds, returnsOddPayments: returnsOdd(deps, refund) });',
    to: 'return payment.paidAt !== null || coversRefund(payment, { refund, refunds, returnsOddPayments: returnsOdd(deps, refund) });',
    sentence: 'Whether the money is still there is not looked at again when a refund is sent.',
    breaks: [3],
    isHard: true,
  },
  {
    name: 'unknown-refund-does-not-count',
    file: 'src/payments/model/refund.ts',
    from: "const countingStatuses = ['awaiting_approval', 'requested', 'pending', 'succeeded', 'unknown'] as const;",
    to: "const countingStatuses = ['awaiting_approval', 'requested', 'pending', 'succeeded'] as const;",
    sentence:
      'A refund of which nobody knows whether it was carried out does not count: its money can be refunded once more.',
    breaks: [3],
  },
  {
    name: 'unknown-refund-not-followed',
    file: 'src/payments/model/refund-schedule.ts',
    from: "if (refund.status === 'requested' && refund.sentAt === null) return null;",
    to: "if (refund.status !== 'pending') return null;",
    sentence: 'A refund whose answer was lost is never asked about.',
    breaks: [3, 9],
  },
  {
    name: 'refund-not-on-the-card',
    file: 'src/payments/refunds/change-refund.ts',
    from: 'await redrawOrderCards(tx, changed.id);',
    to: "if (to === 'failed') await redrawOrderCards(tx, changed.id);",
    sentence: 'The open card of an order does not follow its refunds.',
    breaks: [9],
  },
  {
    name: 'unknown-refund-case-stays',
    file: 'src/payments/refunds/change-refund.ts',
    from: '  await resolveCase(tx, { key: `refund_unknown:',
    to: "  if (refund.status === 'succeeded') await resolveCase(tx, { key: `refund_unknown:",
    sentence: 'The case of an unknown refund stays open when the refund turns out to have failed.',
    breaks: [5],
    isHard: true,
  },
  {
    name: 'partial-refund-repeats',
    file: 'src/server/store-api/refund-order.ts',
    from: '...(key !== undefined && {',
    to: "...(key !== undefined && asked.money === 'all' && {",
    sentence: 'The Idempotency-Key of a partial refund is ignored: a repeat refunds the same part again.',
    breaks: [6, 3],
  },
];
