import { expect, test } from 'vitest';
import { asRefundId } from '#kernel/ids.ts';
import type { ProviderRefund } from '#payments/ports/refund-provider.ts';
import { disownDuplicates } from '#payments/providers/kit/duplicate-refunds.ts';

const refundId = asRefundId('01a20511-a491-7000-aa0f-178ceb2bab98');

function refund(reference: string, differences: Partial<ProviderRefund> = {}): ProviderRefund {
  return {
    reference,
    refundId,
    state: 'pending',
    providerStatus: 'PENDING',
    claimUrl: null,
    transactionIds: [],
    amount: { amount: '5.00', asset: 'USD' },
    createdAt: 5,
    ...differences,
  };
}

/** Which of them carries our id. */
function ours(refunds: ProviderRefund[], reference: string | null = null): string[] {
  const shown = disownDuplicates(refunds, { ours: [{ refundId, reference }] });
  expect(shown).toHaveLength(refunds.length);
  return shown.filter((one) => one.refundId === refundId).map((one) => one.reference);
}

test('of two refunds under one id the oldest is ours, and the other one is money that others moved', () => {
  expect(ours([refund('young', { createdAt: 9 }), refund('old', { createdAt: 4 })])).toEqual(['old']);
  expect(ours([refund('of no age', { createdAt: null }), refund('old')])).toEqual(['old']);
});

test('one that came to nothing is ours only if there is no other', () => {
  const failed = refund('failed', { createdAt: 1, state: 'failed' });
  expect(ours([failed, refund('young')])).toEqual(['young']);
  expect(ours([failed])).toEqual(['failed']);
});

test('the one that is known by its reference stays ours, whatever became of it', () => {
  const failed = refund('known', { createdAt: 9, state: 'failed' });
  expect(ours([refund('old'), failed], 'known')).toEqual(['known']);
});

test('what others made, and refunds under other ids, stay as they are', () => {
  const strange = refund('strange', { refundId: null });
  const other = refund('other', { refundId: asRefundId('01a20511-a491-7000-aa0f-178ceb2bab99') });
  const shown = disownDuplicates([strange, other, refund('ours')], { ours: [] });
  expect(shown).toHaveLength(3);
  expect(shown).toEqual(expect.arrayContaining([strange, other, refund('ours')]));
});
