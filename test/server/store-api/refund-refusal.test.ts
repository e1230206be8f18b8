// The domain refuses a refund with a code and facts; these are the code, the place and the sentence that the shop gets.
import { expect, test } from 'vitest';
import type { OrderRefunded } from '#payments/refunds/refund-order.ts';
import { refuseRefundOf } from '#server/store-api/refund-refusal.ts';

type Refusal = Extract<OrderRefunded, { kind: 'refused' }>;

const refusals: [Refusal, { code: string; pointer: string | null; detail: string }][] = [
  [
    { kind: 'refused', code: 'reason_too_long', unitsMax: 300 },
    { code: 'reason_missing', pointer: '/reason', detail: 'A reason has at most 300 characters.' },
  ],
  [
    { kind: 'refused', code: 'unknown_payment' },
    { code: 'unknown_payment', pointer: '/payment_id', detail: 'The order has no such payment.' },
  ],
  [
    { kind: 'refused', code: 'no_payment', status: 'awaiting_payment' },
    { code: 'nothing_captured', pointer: null, detail: 'The order is awaiting payment: it has no payment.' },
  ],
  [
    { kind: 'refused', code: 'provider_cannot', provider: 'btcpay', why: 'payment_unknown' },
    { code: 'provider_cannot', pointer: null, detail: 'BTCPay does not know this payment.' },
  ],
  [
    { kind: 'refused', code: 'wrong_currency', expected: 'USD', given: 'EUR' },
    { code: 'wrong_currency', pointer: '/amount', detail: 'The order is in USD, not in EUR.' },
  ],
];

test.each(refusals)('%j', async (refusal, { code, pointer, detail }) => {
  const answer = refuseRefundOf(refusal);
  expect(answer.status).toBe(422);
  const problem: unknown = await answer.json();
  expect(problem).toMatchObject({ code, detail });
  expect(problem).toMatchObject({ errors: pointer === null ? [] : [{ pointer, detail }] });
});
