import { expect, test } from 'vitest';
import { makeBitPayAccount } from '#sandbox/providers/bitpay/account.ts';
import { bitpayClient } from '#test/sandbox/providers/clients.ts';
import { openRefundShop } from './refund-shop.ts';
import { openShop } from './shop.ts';

test('without a merchant token there is no refund, and a sentence says so', async () => {
  await using shop = await openShop('bitpay', { environment: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } });
  expect(shop.provider.refunds).toBeNull();
  expect(shop.provider.capabilities.gaps.filter((gap) => gap.includes('cannot refund'))).toHaveLength(1);
});

test('a ledger that holds too little refuses a refund in the words of BitPay, and takes it when it is filled', async () => {
  await using shop = await openRefundShop('bitpay');
  const command = shop.aRefund();
  shop.sandbox.setDial('bitpay', 'ledgerBalance', '49.09');
  await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({
    name: 'ProviderRejected',
    code: '010308',
    message: 'request_refund: Insufficient ledger balance for this refund',
  });
  expect(await shop.refunds.findRefunds(shop.looking([command]))).toEqual([]);
  shop.sandbox.setDial('bitpay', 'ledgerBalance', '49.10');
  await expect(shop.refunds.requestRefund(command)).resolves.toMatchObject({ state: 'pending' });
});

test('money reserved by open refunds is not refunded twice', async () => {
  await using shop = await openRefundShop('bitpay');
  shop.sandbox.setDial('bitpay', 'ledgerBalance', '30.00');
  await shop.refunds.requestRefund(shop.aRefund('20.00'));
  await expect(shop.refunds.requestRefund(shop.aRefund('10.01'))).rejects.toMatchObject({ code: '010308' });
  await shop.refunds.requestRefund(shop.aRefund('10.00'));
});

test('a refund that the buyer did not accept has failed, and one that was withdrawn is cancelled', async () => {
  await using shop = await openRefundShop('bitpay');
  const [failing, calledOff] = [shop.aRefund('20.00'), shop.aRefund('5.00')];
  await shop.refunds.requestRefund(failing);
  await shop.sandbox.visit({ provider: 'bitpay', reference: shop.reference, action: 'fail_refund' });
  const { reference } = await shop.refunds.requestRefund(calledOff);
  await bitpayClient(shop.sandbox).signed('DELETE', `/refunds/${reference}`);
  const shown = await shop.refunds.findRefunds(shop.looking([failing, calledOff]));
  expect(shown.map(({ refundId, state }) => [refundId, state]).sort()).toEqual(
    [
      [failing.refundId, 'failed'],
      [calledOff.refundId, 'cancelled'],
    ].sort(),
  );
});

test('errors that come with status 200 are refusals too', async () => {
  const { account, environment } = makeBitPayAccount();
  const sandbox = { accounts: { bitpay: { ...account, errorsWithStatus200: true } } };
  await using shop = await openRefundShop('bitpay', { sandbox, environment });
  const { reference } = await shop.provider.createPayment(shop.anOrder());
  const command = shop.aRefund('1.00', { paymentReference: reference });
  await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ code: '010307' });
});
