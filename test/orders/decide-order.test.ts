import { describe, expect, test } from 'vitest';
import { decideOrder, type OrderContext, type OrderEvent, orderEvents } from '#orders/decide-order.ts';
import { type OrderStatus, orderStatuses } from '#orders/order.ts';

const alone: OrderContext = { wasFulfilled: false, isCovered: false, hasOpenPayment: false, hasMoney: false };

/** `=` unchanged, `x` refused, `!status` unexpected money; all for an order with no other payment. */
type Outcome = OrderStatus | '=' | 'x' | `!${OrderStatus}`;

const table: Record<OrderEvent, Record<OrderStatus, Outcome>> = {
  payment_paid: {
    awaiting_payment: 'paid',
    paid: '=',
    fulfilled: '=',
    expired: 'paid',
    cancelled: '!needs_attention',
    needs_attention: 'paid',
    partially_refunded: '=',
    refunded: '=',
  },
  payment_short: short(),
  payment_late: short(),
  payment_mismatched: short(),
  payment_held: short(),
  payment_rejected: onlyFrom('needs_attention', 'cancelled', '='),
  payment_reversed: {
    awaiting_payment: 'needs_attention',
    paid: 'needs_attention',
    fulfilled: 'needs_attention',
    expired: 'needs_attention',
    cancelled: '=',
    needs_attention: '=',
    partially_refunded: 'needs_attention',
    refunded: '=',
  },
  payment_expired: onlyFrom('awaiting_payment', 'expired', '='),
  payment_cancelled: onlyFrom('awaiting_payment', 'cancelled', '='),
  payment_failed: all('='),
  payment_unconfirmed: short(),
  expire: onlyFrom('awaiting_payment', 'expired', 'x'),
  cancel: { ...all('x'), awaiting_payment: 'cancelled', expired: 'cancelled', needs_attention: 'cancelled' },
  fulfil: { ...all('x'), paid: 'fulfilled', partially_refunded: 'partially_refunded' },
  refunded_in_part: { ...all('='), paid: 'partially_refunded', fulfilled: 'partially_refunded' },
  refunded_in_full: {
    ...all('='),
    paid: 'refunded',
    fulfilled: 'refunded',
    partially_refunded: 'refunded',
    needs_attention: 'refunded',
  },
  refund_undone: { ...all('='), partially_refunded: 'needs_attention', refunded: 'needs_attention' },
  rest_asked: { ...all('x'), expired: 'awaiting_payment', awaiting_payment: '=', needs_attention: 'awaiting_payment' },
  accepted: {
    awaiting_payment: 'paid',
    paid: '=',
    fulfilled: '=',
    expired: 'paid',
    cancelled: 'paid',
    needs_attention: 'paid',
    partially_refunded: 'x',
    refunded: 'x',
  },
  acceptance_withdrawn: { ...all('x'), paid: 'needs_attention', needs_attention: '=' },
  written_off: {
    ...all('x'),
    awaiting_payment: 'cancelled',
    expired: 'cancelled',
    cancelled: '=',
    needs_attention: 'cancelled',
  },
  write_off_withdrawn: { ...all('x'), fulfilled: 'needs_attention', cancelled: 'needs_attention' },
  attention_over: onlyFrom('needs_attention', 'expired', '='),
  reopen: { ...all('x'), expired: 'awaiting_payment', awaiting_payment: '=', needs_attention: '=' },
};

function all(outcome: Outcome): Record<OrderStatus, Outcome> {
  return Object.fromEntries(orderStatuses.map((status) => [status, outcome])) as Record<OrderStatus, Outcome>;
}

function onlyFrom(from: OrderStatus, to: Outcome, otherwise: Outcome): Record<OrderStatus, Outcome> {
  return { ...all(otherwise), [from]: to };
}

function short(): Record<OrderStatus, Outcome> {
  const trouble = 'needs_attention';
  return { ...all('='), awaiting_payment: trouble, expired: trouble, cancelled: trouble };
}

function outcomeOf(status: OrderStatus, event: OrderEvent, context: OrderContext): Outcome {
  const decision = decideOrder(status, event, context);
  if (decision.kind === 'unchanged') return '=';
  if (decision.kind === 'refused') return 'x';
  return decision.kind === 'changed' ? decision.to : `!${decision.to}`;
}

describe('the life cycle of an order', () => {
  for (const event of orderEvents) {
    for (const status of orderStatuses) {
      test(`${status} and ${event} give ${table[event][status]}`, () => {
        expect(outcomeOf(status, event, alone)).toBe(table[event][status]);
      });
    }
  }
});

describe('what other payments change', () => {
  test('an order that is covered and paid again keeps its status, and the money is unexpected', () => {
    const covered = { ...alone, isCovered: true };
    expect(outcomeOf('paid', 'payment_paid', covered)).toBe('!paid');
    expect(outcomeOf('fulfilled', 'payment_paid', covered)).toBe('!fulfilled');
  });

  test.each(['payment_short', 'payment_late'] as const)(
    '%s for an order that is covered is money too many',
    (event) => {
      const covered = { ...alone, isCovered: true };
      expect(outcomeOf('paid', event, covered)).toBe('!paid');
      expect(outcomeOf('fulfilled', event, covered)).toBe('!fulfilled');
      expect(outcomeOf('refunded', event, covered)).toBe('!refunded');
      expect(outcomeOf('needs_attention', event, covered)).toBe('!needs_attention');
    },
  );

  test('a mismatched amount is no money yet, and changes nothing for an order that is covered', () => {
    expect(outcomeOf('paid', 'payment_mismatched', { ...alone, isCovered: true })).toBe('=');
  });

  test('a reversal of one payment leaves an order alone that another payment covers', () => {
    expect(outcomeOf('paid', 'payment_reversed', { ...alone, isCovered: true })).toBe('=');
  });

  test('an order does not expire while another payment may come', () => {
    const open = { ...alone, hasOpenPayment: true };
    expect(outcomeOf('awaiting_payment', 'payment_expired', open)).toBe('=');
    expect(outcomeOf('awaiting_payment', 'expire', open)).toBe('x');
    expect(outcomeOf('awaiting_payment', 'payment_cancelled', open)).toBe('=');
  });

  test('an order of which nothing needs attention any more is what its payments make of it', () => {
    const over = (context: Partial<OrderContext>): Outcome =>
      outcomeOf('needs_attention', 'attention_over', { ...alone, ...context });
    expect(over({ hasOpenPayment: true })).toBe('awaiting_payment');
    expect(over({ isCovered: true, hasMoney: true })).toBe('paid');
    expect(over({ isCovered: true, wasFulfilled: true })).toBe('fulfilled');
    expect([over({ hasMoney: true }), over({ wasFulfilled: true })]).toEqual(['=', '=']);
  });

  test('an order whose goods were delivered is fulfilled again when its payment is restored', () => {
    expect(outcomeOf('needs_attention', 'payment_paid', { ...alone, wasFulfilled: true })).toBe('fulfilled');
  });

  test('a partly paid order never expires: an admin decides what becomes of it', () => {
    const partly = { ...alone, hasMoney: true };
    for (const event of ['payment_expired', 'payment_cancelled', 'expire'] as const)
      expect(outcomeOf('awaiting_payment', event, partly)).toBe('needs_attention');
  });

  test('an order with money is neither cancelled nor written off', () => {
    for (const status of ['awaiting_payment', 'expired', 'needs_attention'] as const) {
      for (const event of ['cancel', 'written_off'] as const)
        expect(outcomeOf(status, event, { ...alone, hasMoney: true })).toBe('x');
    }
  });

  test('money for a fully refunded order is unexpected, a confirmation of earlier money is not', () => {
    expect(outcomeOf('refunded', 'payment_paid', { ...alone, hasMoney: true })).toBe('!refunded');
    expect(outcomeOf('refunded', 'payment_paid', alone)).toBe('=');
  });

  test('an order whose goods were delivered awaits no shortfall, is not cancelled, and is fulfilled once the loss is written off', () => {
    const delivered = { ...alone, wasFulfilled: true };
    expect(outcomeOf('needs_attention', 'rest_asked', delivered)).toBe('=');
    expect(outcomeOf('needs_attention', 'cancel', delivered)).toBe('x');
    expect(outcomeOf('needs_attention', 'payment_rejected', delivered)).toBe('=');
    expect(outcomeOf('needs_attention', 'accepted', delivered)).toBe('fulfilled');
    for (const context of [delivered, { ...delivered, hasMoney: true }])
      expect(outcomeOf('needs_attention', 'written_off', context)).toBe('fulfilled');
  });

  test('an acceptance is not withdrawn once the goods were delivered, and changes nothing for an order that is covered without it', () => {
    expect(outcomeOf('paid', 'acceptance_withdrawn', { ...alone, wasFulfilled: true })).toBe('x');
    expect(outcomeOf('paid', 'acceptance_withdrawn', { ...alone, isCovered: true })).toBe('=');
  });

  test('an order that its payments cover cannot be written off', () => {
    expect(outcomeOf('needs_attention', 'written_off', { ...alone, isCovered: true })).toBe('x');
  });

  test('a partially refunded order is delivered once', () => {
    const delivered = { ...alone, wasFulfilled: true };
    expect(outcomeOf('partially_refunded', 'fulfil', delivered)).toBe('x');
  });
});
