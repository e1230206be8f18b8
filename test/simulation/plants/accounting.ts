import type { Plant } from './plant.ts';

export const accountingPlants: readonly Plant[] = [
  {
    name: 'day-skips-its-last-minutes',
    file: 'src/accounting/daily-close/day-payments.ts',
    from: 'const payments = around.filter(({ createdAt }) => createdAt >= from && createdAt < to);',
    to: 'const payments = around.filter(({ createdAt }) => createdAt >= from && createdAt < to - edgeMs);',
    sentence: 'Payments of the last ten minutes before midnight are in no closed day.',
    breaks: [8],
  },
  {
    name: 'correction-of-the-morning-lost',
    file: 'src/accounting/daily-close/write-closing.ts',
    from: 'since: previous.closedAt - overlapMs',
    to: 'since: next.to - overlapMs',
    sentence: 'A payment of a closed day that changes before the next midnight is never corrected.',
    breaks: [8],
  },
  {
    name: 'chain-leaves-out-the-day-before',
    file: 'src/accounting/ledger/chain.ts',
    from: `.update(\`\${link.previousHash}\\n\${link.content}\`)`,
    to: '.update(link.content)',
    sentence:
      'The hash of a closing does not cover the hash before it, and the verification computes it in the same way.',
    breaks: [8],
  },
  {
    name: 'second-refund-replaces-the-first',
    file: 'src/accounting/daily-close/book-payments.ts',
    from: 'refunded.set(paymentId, (refunded.get(paymentId) ?? 0) + amountMinor)',
    to: 'refunded.set(paymentId, amountMinor)',
    sentence: 'Of several partial refunds of a payment the ledger holds the last one.',
    breaks: [8],
    isHard: true,
  },
  {
    name: 'books-summed-in-floats',
    file: 'src/accounting/ledger/tally.ts',
    from: 'amount: sumDecimals(parts.map(({ amount }) => amount))',
    to: 'amount: String(parts.reduce((sum, { amount }) => sum + Number(amount), 0))',
    sentence: 'The sums of a closed day are computed in floating point.',
    breaks: [8],
  },
  {
    name: 'statistics-leave-out-partial-refunds',
    file: 'src/reports/shop-stats.ts',
    from: "['paid', 'fulfilled', 'partially_refunded', 'refunded']",
    to: "['paid', 'fulfilled', 'refunded']",
    sentence: '/stats does not count orders that were refunded in part.',
    breaks: [8],
  },
  {
    name: 'day-begins-at-midnight-whatever-was-closed',
    file: 'src/accounting/ledger/due-day.ts',
    from: 'const from = previous?.endsAt ?? bounds.from;',
    to: 'const { from } = bounds;',
    sentence: 'After a change of the time zone the next day does not begin where the last one ended.',
    breaks: [8],
    isHard: true,
  },
];
