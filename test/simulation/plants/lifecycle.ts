import type { Plant } from './plant.ts';

export const lifecyclePlants: readonly Plant[] = [
  {
    name: 'late-payment-counts-as-expired',
    file: 'src/payments/model/decide-payment.ts',
    from: "return gap < 0 ? 'expired_short' : 'late';",
    to: "return gap < 0 ? 'expired_short' : 'expired';",
    sentence: 'The full amount that came after the expiry is taken for nothing: the payment is expired.',
    breaks: [1, 5, 8],
  },
  {
    name: 'counts-before-confirmed',
    file: 'src/payments/model/decide-payment.ts',
    from: "return 'processing';",
    to: "return gap < 0 ? 'partial' : 'settled';",
    sentence: 'Money that is seen and not confirmed yet pays the order.',
    breaks: [1],
  },
  {
    name: 'invalidated-payment-still-counts',
    file: 'src/payments/model/decide-payment.ts',
    from: `    case 'expired_short':
    case 'failed':
    case 'cancelled':
      return 'reversed';`,
    to: `    case 'expired_short':
    case 'cancelled':
      return 'reversed';
    case 'failed':
      return status;`,
    sentence: 'A payment that was paid once stays paid although its provider calls it invalid.',
    breaks: [1, 5],
  },
  {
    name: 'amounts-compared-in-cents',
    file: 'src/payments/model/decide-payment.ts',
    from: 'compareDecimals(settlement.received, settlement.expected);',
    to: 'compareDecimals(Number(settlement.received).toFixed(2), Number(settlement.expected).toFixed(2));',
    sentence: 'What came and what must come are rounded to two places before they are compared, also in a coin.',
    breaks: [1, 5],
  },
  {
    name: 'duplicate-payment-ignored',
    file: 'src/payments/lifecycle/raise-for-snapshot.ts',
    from: "if (news.decision?.kind === 'unexpected_money' && isWholeNews) return raiseUnexpectedMoney(tx, about);",
    to: "if (news.decision?.kind === 'unexpected_money' && isWholeNews) return;",
    sentence: 'Money for an order that is paid or closed already raises no case.',
    breaks: [1, 5],
  },
  {
    name: 'vanished-money-not-told',
    file: 'src/payments/lifecycle/raise-for-snapshot.ts',
    from: 'if (isTakenBack(news)) return raiseDoubleSpent(tx, news);',
    to: 'if (isTakenBack(news)) return isWholeNews ? undefined : raiseDoubleSpent(tx, news);',
    sentence: 'Money that was on its way and is gone again raises no case.',
    breaks: [5],
  },
  {
    name: 'second-duplicate-takes-the-case',
    file: 'src/payments/lifecycle/payment-cases.ts',
    from: `  'payment_duplicate',
  'payment_unexpected',
];`,
    to: `  'payment_unexpected',
];`,
    sentence: 'Two duplicates of one order share a case, and the second takes it from the first.',
    breaks: [1, 5],
    isHard: true,
  },
  {
    name: 'case-stays-when-the-rest-is-paid',
    file: 'src/payments/lifecycle/change-order.ts',
    from: `  'payment_underpaid',
  'payment_paid_late',
  'payment_failed',`,
    to: `  'payment_paid_late',
  'payment_failed',`,
    sentence: 'The case of an underpaid order stays open when another payment brings the rest.',
    breaks: [5],
    isHard: true,
  },
  {
    name: 'announced-with-the-old-status',
    file: 'src/payments/lifecycle/change-order.ts',
    from: 'await announce(tx, { order: after, fact, known',
    to: 'await announce(tx, { order, fact, known',
    sentence: 'The shop is sent the order as it was before the fact that it is told of.',
    breaks: [2],
  },
  {
    name: 'fact-named-by-its-order',
    file: 'src/payments/lifecycle/announce.ts',
    from: 'announcedOnce.includes(type) ?',
    to: 'announcedOnce.includes(type) || order.version > 0 ?',
    sentence: 'Every fact of an order is queued once only, so that its second expiry is never told.',
    breaks: [2],
    isHard: true,
  },
  {
    name: 'webhook-id-at-random',
    file: 'src/payments/lifecycle/announce.ts',
    from: 'webhookId: webhookIdOf(input.key),',
    to: 'webhookId: webhookIdOf(tx.ids.newId()),',
    sentence: 'The webhook-id is made at random: after a restored backup the same fact comes under another one.',
    breaks: [2, 11],
    isHard: true,
  },
  {
    name: 'payment-work-side-by-side',
    file: 'src/payments/lifecycle/payment-lease.ts',
    from: `    return await queue.run(paymentId, turn, signal);
  } catch (error) {
    if (hasBegun || signal?.aborted !== true) throw error;
    return { kind: 'busy', isHere: true };
  }
}

async function underLease<Result>(
  deps: TransactionDeps<PaymentStores>,
  input: { paymentId: PaymentId; work: (held: { payment: Payment; lease: PaymentLease }) => Promise<Result> },
): Promise<Leased<Result>> {
  const { paymentId } = input;
  const lease = { id: \`\${deps.database.holder}:\${deps.ids.newId()}\`, isGivenBack: false };
  const payment = await takeLease(deps, { paymentId, leaseId: lease.id });
  if (payment === 'unknown') return { kind: 'unknown' };
  if (payment === 'busy') return { kind: 'busy', isHere: false };`,
    to: `    return await queue.run(deps.ids.newId(), turn, signal);
  } catch (error) {
    if (hasBegun || signal?.aborted !== true) throw error;
    return { kind: 'busy', isHere: true };
  }
}

async function underLease<Result>(
  deps: TransactionDeps<PaymentStores>,
  input: { paymentId: PaymentId; work: (held: { payment: Payment; lease: PaymentLease }) => Promise<Result> },
): Promise<Leased<Result>> {
  const { paymentId } = input;
  const lease = { id: \`\${deps.database.holder}:\${paymentId}\`, isGivenBack: false };
  await takeLease(deps, { paymentId, leaseId: lease.id });
  const payment = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
  if (payment === undefined) return { kind: 'unknown' };`,
    sentence: 'Work on one payment is not serialized: each takes the lease of the other for its own.',
    breaks: [6, 1, 3],
    isHard: true,
  },
  {
    name: 'details-of-a-payment-forgotten',
    file: 'src/payments/lifecycle/store-evidence.ts',
    from: '...(input.details && { details: [...input.details] }),',
    to: '',
    sentence: 'The ids that only webhooks name are not kept, so that a later poll does not see their money.',
    breaks: [1, 5],
    isHard: true,
  },
];
