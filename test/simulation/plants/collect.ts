import type { Plant } from './plant.ts';

export const collectPlants: readonly Plant[] = [
  {
    name: 'create-repeated-without-a-look',
    file: 'src/payments/providers/kit/find-or-create.ts',
    from: 'const found = await steps.find();',
    to: 'const found = attempt === 1 ? await steps.find() : undefined;',
    sentence: 'A create whose answer was lost is sent again without a search for what the first one made.',
    breaks: [6, 1],
  },
  {
    name: 'create-key-by-attempt',
    file: 'src/payments/providers/coinbase/coinbase-provider.ts',
    from: 'const idempotencyKey = paymentUuid(request.paymentId);',
    to: "const idempotencyKey = paymentUuid(request.paymentId).slice(0, -12) + startedAt.toString(16).padStart(12, '0');",
    sentence: 'The idempotency key of a create has the time of the attempt in it.',
    breaks: [6, 1],
  },
  {
    name: 'shop-key-not-kept',
    file: 'src/payments/collect/place-order.ts',
    from: 'if (input.idempotencyKey !== null) {',
    to: "if (input.idempotencyKey !== null && input.origin === 'admin') {",
    sentence: "The Idempotency-Key of the shop's request is looked for and never stored.",
    breaks: [6],
  },
  {
    name: 'repeat-names-the-newest-link',
    file: 'src/payments/collect/place-order.ts',
    from: 'const payment = order.payments.find(({ id }) => id === kept.paymentId) ?? first;',
    to: 'const payment = order.payments.findLast(({ id, checkout_url: url }) => id === kept.paymentId || url !== null) ?? first;',
    sentence:
      'A repeated request is answered with the newest payment of the order, and not with the one of the first answer.',
    breaks: [6],
    isHard: true,
  },
  {
    name: 'repeat-tells-the-present-expiry',
    file: 'src/payments/collect/place-order.ts',
    from: 'if (kept.paymentExpiresAt === null) return payment;',
    to: 'if (kept.paymentExpiresAt !== 0) return payment;',
    sentence: 'A repeated request is told when the payment expires by now, and not what the first answer said.',
    breaks: [6],
  },
  {
    name: 'order-without-a-link-never-expires',
    file: 'src/db/stores/orders/orders.ts',
    from: 'inArray(payments.status, [...openPaymentStatuses])',
    to: "inArray(payments.status, [...openPaymentStatuses, 'failed'])",
    sentence: 'An order whose payment failed is taken for one that may still be paid, and waits for ever.',
    breaks: [9, 2],
  },
];
