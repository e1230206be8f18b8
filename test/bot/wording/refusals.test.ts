// The domain refuses with a code and facts; these are the sentences that an admin reads.
import { expect, test } from 'vitest';
import { decisionText } from '#bot/wording/decision-text.ts';
import { fetchRefusalText } from '#bot/wording/fetch-refusal.ts';
import { linkRefusalText, noProviderText } from '#bot/wording/link-refusal.ts';
import { refundRefusalText } from '#bot/wording/refund-refusal.ts';
import { resolutionText } from '#bot/wording/result-texts.ts';
import type { NoProvider } from '#payments/collect/choose-provider.ts';
import type { LinkRefusal } from '#payments/collect/create-payment-link.ts';
import type { RefundRefusal } from '#payments/refunds/request-refund.ts';
import type { Decision } from '#payments/resolutions/actions/resolution.ts';
import type { ResolutionRefusal } from '#payments/resolutions/actions/resolution-refusal.ts';

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

const btc = { amount: '0.5', asset: 'BTC' };
const resolutions: [ResolutionRefusal, string][] = [
  [{ code: 'reason_missing' }, 'A reason is needed.'],
  [{ code: 'reason_too_long', unitsMax: 300 }, 'A reason has at most 300 characters.'],
  [{ code: 'order_is_already', status: 'needs_attention' }, 'The order is needs attention already.'],
  [
    { code: 'order_is_already', status: 'paid', canDismiss: true },
    'The order is paid already. If our records are right, say so instead.',
  ],
  [{ code: 'link_being_made' }, 'Its link is being created right now: try again in a moment.'],
  [{ code: 'money_is_there' }, 'Money was received: accept it as paid, or refund it.'],
  [{ code: 'nothing_to_write_off', status: 'paid' }, 'The order is paid: there is nothing to write off.'],
  [{ code: 'not_accepted' }, 'It is not accepted any more.'],
  [{ code: 'money_refunded' }, 'Money of the order was refunded since, or a refund is pending.'],
  [{ code: 'acceptance_not_needed' }, 'All of the money was received since: the order is paid without the acceptance.'],
  [{ code: 'order_is_fulfilled' }, 'The order has changed since: it is fulfilled.'],
  [{ code: 'order_has_changed' }, 'The order has changed since.'],
  [{ code: 'not_allowed' }, 'That does not help here.'],
  [{ code: 'wait_time_missing' }, 'For an hour or for a day?'],
  [{ code: 'refund_just_sent' }, 'It was sent a moment ago and may show yet: say so in ten minutes.'],
  [{ code: 'no_order', action: 'new_link' }, 'There is no order to make a link for.'],
  [{ code: 'no_payment', action: 'refund' }, 'There is no payment of ours to refund.'],
  [{ code: 'cannot_cancel', status: 'paid' }, 'The order is paid: it is fulfilled, or money was received.'],
  [{ code: 'other_asset', requested: btc }, 'The provider collects 0.5 BTC: our records have only one currency.'],
  [{ code: 'other_currency', requested: btc, currency: 'USD' }, 'It is over 0.5 BTC, and the order is in USD.'],
  [
    { code: 'amount_changed', amount: { amountMinor: 3000, currency: 'USD' } },
    'It would be 30.00 USD now: look at it again.',
  ],
  [{ code: 'unknown_payment' }, 'There is no such payment.'],
];

test.each(resolutions)('a decision that is refused as %j', (refusal, text) => {
  expect(resolutionText({ kind: 'refused', ...refusal })).toBe(text);
});

const decisions: [Exclude<Decision, { code: 'link_made' }>, string][] = [
  [{ code: 'accepted', learnt: null }, 'Accepted as paid.'],
  [{ code: 'accepted', learnt: 'RGsF' }, 'Accepted as paid, and RGsF is in the catalogue.'],
  [{ code: 'refund_requested', amount: { amountMinor: 2450, currency: 'USD' } }, 'Refund of 24.50 USD asked for.'],
  [{ code: 'awaiting_approval' }, 'A second person has to approve it.'],
  [{ code: 'linked', orderNumber: 1001 }, 'Linked to T-1001.'],
  [{ code: 'rejected' }, 'Rejected: nothing is delivered.'],
  [{ code: 'waits', time: 'day' }, 'It rests for a day.'],
];

test.each(decisions)('the decision %j', (decision, text) => {
  expect(decisionText(decision)).toBe(text);
});
