// The domain refuses with a code and facts; these are the sentences that an admin reads.
import { expect, test } from 'vitest';
import { fetchRefusalText } from '#bot/wording/fetch-refusal.ts';
import { refundRefusalText } from '#bot/wording/refund-refusal.ts';
import { resolutionText } from '#bot/wording/result-texts.ts';
import type { RefundRefusal } from '#payments/refunds/request-refund.ts';

const refunds: [RefundRefusal, string][] = [
  [{ code: 'reason_missing' }, 'A refund needs a reason.'],
  [{ code: 'reason_too_long', unitsMax: 300 }, 'A reason has at most 300 characters.'],
  [{ code: 'unknown_payment' }, 'There is no such payment.'],
  [{ code: 'provider_cannot', provider: 'btcpay', why: 'not_configured' }, 'BTCPay is not configured.'],
  [{ code: 'provider_cannot', provider: 'btcpay', why: 'payment_unknown' }, 'BTCPay does not know this payment.'],
  [
    { code: 'provider_cannot', provider: 'bitpay', why: 'not_set_up' },
    'BitPay cannot refund in this set-up.',
  ],
  [
    { code: 'provider_cannot', provider: 'payhip', why: 'made_at_provider' },
    'Refund it at Payhip itself: it is recorded here when the webhook is received.',
  ],
  [
    { code: 'nothing_captured', provider: 'btcpay', returnsOddPayments: false },
    'This payment has no money to refund.',
  ],
  [
    { code: 'nothing_captured', provider: 'bitpay', returnsOddPayments: true },
    'This payment has no money to refund. BitPay itself returns underpayments and late payments.',
  ],
  [{ code: 'wrong_currency', expected: 'USD', given: 'EUR' }, 'The order is in USD, not in EUR.'],
  [
    { code: 'too_much', refundable: { amountMinor: 1900, currency: 'USD' } },
    'At most 19.00 USD can be refunded; the rest is refunded or pending.',
  ],
];

test.each(refunds)('a refund that is refused as %j', (refusal, text) => {
  expect(refundRefusalText(refusal)).toBe(text);
});

test('a provider that cannot be asked: what helps instead', () => {
  const text = 'Payhip cannot report a single payment: import its export again, and it is compared again.';
  expect(fetchRefusalText({ code: 'cannot_fetch', provider: 'payhip' })).toBe(text);
  expect(resolutionText({ kind: 'refused', code: 'cannot_fetch', provider: 'payhip' })).toBe(text);
});
