// The domain refuses with a code and facts; these are the sentences that an admin reads.
import { expect, test } from 'vitest';
import { fetchRefusalText } from '#bot/wording/fetch-refusal.ts';
import { linkRefusalText, noProviderText } from '#bot/wording/link-refusal.ts';
import { refundRefusalText } from '#bot/wording/refund-refusal.ts';
import { resolutionText } from '#bot/wording/result-texts.ts';
import type { NoProvider } from '#payments/collect/choose-provider.ts';
import type { LinkRefusal } from '#payments/collect/create-payment-link.ts';
import type { RefundRefusal } from '#payments/refunds/request-refund.ts';

const refunds: [RefundRefusal, string][] = [
  [{ code: 'reason_missing' }, 'A refund needs a reason.'],
  [{ code: 'reason_too_long', unitsMax: 300 }, 'A reason has at most 300 characters.'],
  [{ code: 'unknown_payment' }, 'There is no such payment.'],
  [{ code: 'provider_cannot', provider: 'btcpay', why: 'not_configured' }, 'BTCPay is not configured.'],
  [{ code: 'provider_cannot', provider: 'btcpay', why: 'payment_unknown' }, 'BTCPay does not know this payment.'],
  [{ code: 'provider_cannot', provider: 'bitpay', why: 'not_set_up' }, 'BitPay cannot refund in this set-up.'],
  [
    { code: 'provider_cannot', provider: 'payhip', why: 'made_at_provider' },
    'Refund it at Payhip itself: it is recorded here when the webhook is received.',
  ],
  [{ code: 'nothing_captured', provider: 'btcpay', returnsOddPayments: false }, 'This payment has no money to refund.'],
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

const links: [LinkRefusal, string][] = [
  [{ code: 'unknown_order' }, 'There is no such order.'],
  [{ code: 'takes_no_payment', status: 'paid' }, 'The order is paid; it takes no new payment.'],
  [{ code: 'nothing_missing' }, 'All of the money was received: accept it, or refund it.'],
  [
    { code: 'link_open', provider: 'coinbase' },
    'The link at Coinbase is still open: a second one would let the customer pay twice.',
  ],
  [{ code: 'link_in_progress' }, 'Another request is creating the link right now.'],
];

test.each(links)('a link that is refused as %j', (refusal, text) => {
  expect(linkRefusalText(refusal)).toBe(text);
  expect(resolutionText({ kind: 'refused', ...refusal })).toBe(text);
});

const euros = { amountMinor: 4900, currency: 'EUR' };
const choices: [NoProvider, string][] = [
  [{ code: 'provider_not_configured', provider: 'bitpay' }, 'BitPay is not configured.'],
  [{ code: 'provider_decommissioned', provider: 'bitpay' }, 'BitPay is decommissioned and is not called any more.'],
  [{ code: 'provider_cannot_take', provider: 'coinbase', money: euros }, 'Coinbase cannot take 49.00 EUR.'],
  [
    { code: 'no_provider_can_take', money: { amountMinor: 4900, currency: 'JPY' } },
    'No configured provider can take 4900 JPY.',
  ],
  [{ code: 'all_unavailable' }, 'Every provider that could take it is unavailable.'],
];

test.each(choices)('no provider: %j', (reason, text) => {
  expect(noProviderText(reason)).toBe(text);
  expect(resolutionText({ kind: 'refused', ...reason })).toBe(text);
});

test('what the provider said is shown with its name', () => {
  const failed = { kind: 'refused', code: 'provider_failed', provider: 'btcpay', message: 'not found' } as const;
  expect(resolutionText(failed)).toBe('BTCPay: not found');
});
