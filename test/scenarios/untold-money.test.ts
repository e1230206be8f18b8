// Money that no webhook tells of, at providers that list nothing in this set-up: each payment that has ended is asked for again.
import { expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';

const withoutMerchant = { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' };

const stories: readonly {
  provider: 'nowpayments' | 'bitpay';
  before: VisitAction[];
  ended: string;
  untold: VisitAction;
  found: string;
}[] = [
  { provider: 'nowpayments', before: ['expire'], ended: 'expired', untold: 'pay_late', found: 'paid_late' },
  { provider: 'nowpayments', before: ['underpay'], ended: 'underpaid', untold: 'pay_again', found: 'paid_late' },
  { provider: 'nowpayments', before: ['pay'], ended: 'paid', untold: 'pay_again', found: 'overpaid' },
  { provider: 'bitpay', before: ['pay_unconfirmed', 'invalidate'], ended: 'failed', untold: 'confirm', found: 'paid' },
];

test.each(stories)('$provider: $untold after $ended is found although every webhook of it is lost', async (story) => {
  const { provider, before, ended, untold, found } = story;
  await using app = await openAppFixture({ env: withoutMerchant });
  const order = await app.placeOrder({ provider, amount: '49.00' });
  for (const action of before) await app.visit(order, action);
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === ended);
  await app.awaitQuiet();
  app.sandbox.faults(provider).set({ dropWebhooks: 1 });
  await app.visit(order, untold);
  await app.runJob('reconcile');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === found);
});

test('a payment older than a day is asked for a few times a day', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'nowpayments' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'paid');
  await app.awaitQuiet();
  const asked = () => app.sandbox.callLog('nowpayments').filter(({ path }) => path.includes('invoiceId=')).length;
  const askedIn = async (hours: number): Promise<number> => {
    const before = asked();
    for (let left = hours; left > 0; left -= 1) {
      app.clock.move(hour);
      await app.runJob('reconcile');
    }
    return asked() - before;
  };
  expect(await askedIn(12)).toBe(12);
  app.clock.move(day);
  expect(await askedIn(12)).toBe(4);
  app.clock.move(9 * day);
  expect(await askedIn(12)).toBe(0);
});

test('a NOWPayments payment that only its login showed stays as it is when the login is refused', async () => {
  await using app = await openAppFixture();
  app.sandbox.faults('nowpayments').set({ dropWebhooks: 1 });
  const order = await app.placeOrder({ provider: 'nowpayments' });
  await app.visit(order, 'pay_unconfirmed');
  app.clock.move(minute);
  await app.runJob('poll-payments');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'pending');
  app.sandbox.faults('nowpayments').set({ refuseWith: 404 });
  app.clock.move(minute);
  await app.runJob('poll-payments');
  const { payment, timeline } = await app.awaitOrder(order.id, () => true);
  expect(payment?.status).toBe('pending');
  expect(timeline.map(({ to }) => to)).not.toContain('needs_attention');
});
