// A job that is stopped does not wait for a payment that somebody else works on: the process is given 25 seconds for all of it.
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hour } from '#kernel/clock.ts';
import { withPayment } from '#payments/lifecycle/payment-lease.ts';
import { followRefunds } from '#payments/refunds/follow-refunds.ts';
import { sendRefund } from '#payments/refunds/send-refund.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { openRefundKit, type RefundKit } from '#test/support/scenario-kits/refund-kit.ts';

const cause = { kind: 'poll', id: 'test', actor: { kind: 'job', id: 'test' } } as const;

let opened: TestDatabase;
let kit: RefundKit;
let endOther: () => void;
let other: Promise<unknown>;
beforeEach(async () => {
  opened = await openTestDatabase();
  kit = await openRefundKit(opened, { startsAs: 'pending' });
  await kit.ask();
  const held = Promise.withResolvers<void>();
  endOther = held.resolve;
  other = withPayment(kit.deps, { paymentId: kit.paymentId, work: () => held.promise });
});
afterEach(async () => {
  endOther();
  await other;
  await opened.remove();
});

test('a fetch that is aborted while it waits for its turn is busy, and never runs', async () => {
  const stopping = new AbortController();
  const fetching = refreshPayment(kit.deps, { paymentId: kit.paymentId, cause, signal: stopping.signal });
  stopping.abort();
  expect(await fetching).toEqual({ kind: 'busy', isHere: true });
});

test('a refund that is to be sent waits no longer once it is told to stop', async () => {
  const [refund] = await kit.refunds();
  if (refund === undefined) throw new Error('no refund');
  const stopping = new AbortController();
  const sending = sendRefund(kit.deps, { refundId: refund.id, cause, signal: stopping.signal });
  stopping.abort();
  expect(await sending).toEqual({ kind: 'busy' });
  expect(kit.refundProvider.commands).toEqual([]);
});

test('the job that follows refunds ends as soon as it is stopped', async () => {
  endOther();
  await other;
  await kit.deliver();
  kit.deps.clock.advance(hour);
  const held = Promise.withResolvers<void>();
  endOther = held.resolve;
  other = withPayment(kit.deps, { paymentId: kit.paymentId, work: () => held.promise });
  const stopping = new AbortController();
  const following = followRefunds(kit.deps, { limit: 50, signal: stopping.signal });
  // By then it waits behind the other one.
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  stopping.abort();
  await following;
  expect((await kit.refunds()).map(({ status }) => status)).toEqual(['pending']);
});
