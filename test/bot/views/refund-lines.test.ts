import { expect, test } from 'vitest';
import { refundLines } from '#bot/screens/orders/refund-lines.ts';
import type { Refund } from '#payments/model/refund.ts';
import { aRefund } from '#test/support/builders/refund.ts';

const linesOf = (refund: Partial<Refund>): string =>
  refundLines([aRefund(refund)])
    .map(({ html }) => html)
    .join('\n');

test('a refund on its way says whom it waits for, one that failed says why, and one that is over says neither', () => {
  expect(linesOf({ status: 'pending', providerStatus: 'AwaitingApproval' })).toContain('pending (AwaitingApproval)');
  expect(linesOf({ status: 'failed', providerStatus: 'not enough balance' })).toContain('failed (not enough balance)');
  expect(linesOf({ status: 'succeeded', providerStatus: 'Completed' })).not.toContain('Completed');
});

test('the words of a provider are shown as words', () => {
  expect(linesOf({ status: 'pending', providerStatus: '<b>now</b>' })).toContain('(&lt;b&gt;now&lt;/b&gt;)');
});
