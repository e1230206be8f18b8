import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCoupon } from '#payments/channels/create-coupon.ts';
import { ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import type { Coupon, CouponDraft } from '#payments/ports/sales-channel.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createFakeSalesChannel } from '#test/support/fakes/sales-channel.ts';
import { createTestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

const actor = { kind: 'admin', id: '42' } as const;
const draft = { code: 'SPRING', percent: '20', amountMinor: null, productKey: null } as CouponDraft;
const failure = { provider: 'payhip', operation: 'create_coupon', code: null, httpStatus: 422 } as const;

/** Creates a coupon at a channel that answers so. */
function create(answer: () => Promise<{ coupon: Coupon; wasThere: boolean }>) {
  const channel = createFakeSalesChannel();
  const provider = channel.find('payhip');
  if (provider?.sales === undefined) throw new Error('the fake has no sales');
  const answering = { ...provider, sales: { ...provider.sales, createCoupon: answer } };
  const providers = { ...channel, find: () => answering };
  return createCoupon({ ...createTestDeps(opened.database), providers }, { provider: 'payhip', draft, actor });
}

const rows = async () => {
  const all = await opened.database.read((stores) => stores.audit.listAudit({ subject: 'coupon:SPRING', limit: 9 }));
  return all.map(({ action, actorId, details }) => ({ action, actorId, why: details?.['why'] ?? null })).reverse();
};

test.each([
  [new ProviderRejected({ ...failure, message: 'create_coupon: code taken' }), true, 'code taken (HTTP 422)'],
  [new ProviderUnreachable({ ...failure, message: 'create_coupon: timeout' }), false, 'timeout (HTTP 422)'],
])('a coupon that fails leaves a row for the request and one for the failure: %s', async (error, isRejected, why) => {
  expect(await create(() => Promise.reject(error))).toEqual({ kind: 'failed', isRejected, message: why });
  expect(await rows()).toEqual([
    { action: 'coupon.create', actorId: '42', why: null },
    { action: 'coupon.failed', actorId: '42', why },
  ]);
});

test('a fault of our own is not swallowed, and the request stands in the trail', async () => {
  await expect(create(() => Promise.reject(new TypeError('a fault of our own')))).rejects.toThrow('a fault of our own');
  expect(await rows()).toEqual([{ action: 'coupon.create', actorId: '42', why: null }]);
});
