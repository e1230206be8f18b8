import { expect, test } from 'vitest';
import { makeCoinbaseAccount } from '#sandbox/providers/coinbase/account.ts';
import { openRefundShop } from './refund-shop.ts';

test('where idempotency keys are not honoured for refunds, a repeat is a second refund, and shows as such', async () => {
  const { account, environment } = makeCoinbaseAccount();
  const sandbox = { accounts: { coinbase: { ...account, honoursRefundKeys: false } } };
  await using shop = await openRefundShop('coinbase', { sandbox, environment });
  const command = shop.aRefund('20.00');
  shop.failCommand('timeout_late');
  await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ name: 'ProviderUnreachable' });
  const { reference } = await shop.refunds.requestRefund(command);
  await shop.passLate();
  const shown = await shop.refunds.findRefunds(shop.looking([command], [reference]));
  const amount = { amount: '20.00', asset: 'USDC' };
  expect(shown).toMatchObject([
    { refundId: command.refundId, reference, amount },
    { refundId: null, amount },
  ]);
});

test('a refund that fails is reported, and another one may be requested', async () => {
  await using shop = await openRefundShop('coinbase');
  const [failing, next] = [shop.aRefund(), shop.aRefund()];
  await shop.refunds.requestRefund(failing);
  await expect(shop.refunds.requestRefund(next)).rejects.toMatchObject({ name: 'ProviderRejected' });
  await shop.sandbox.visit({ provider: 'coinbase', reference: shop.reference, action: 'fail_refund' });
  await shop.refunds.requestRefund(next);
  const shown = await shop.refunds.findRefunds(shop.looking([failing, next]));
  expect(shown.map(({ refundId, state }) => [refundId, state])).toEqual(
    expect.arrayContaining([
      [failing.refundId, 'failed'],
      [next.refundId, 'pending'],
    ]),
  );
});

test('the key of an earlier version of the reason leads to the refund that it made', async () => {
  await using shop = await openRefundShop('coinbase');
  const command = shop.aRefund();
  const first = await shop.refunds.requestRefund(command);
  expect(await shop.refunds.requestRefund({ ...command, reason: 'worded differently' })).toEqual(first);
  expect(shop.held()).toHaveLength(1);
});

test('a refund arrives by the clock too', async () => {
  await using shop = await openRefundShop('coinbase', { sandbox: { refundDelayMs: 2_000 } });
  const command = shop.aRefund();
  expect(await shop.refunds.requestRefund(command)).toMatchObject({ state: 'pending' });
  shop.clock.set(shop.clock.now() + 2_000);
  expect(await shop.refunds.findRefunds(shop.looking([command]))).toMatchObject([{ state: 'succeeded' }]);
});
