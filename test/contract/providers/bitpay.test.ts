import { describe, expect, test } from 'vitest';
import { makeBitPayAccount } from '#sandbox/providers/bitpay/account.ts';
import { openShop } from './shop.ts';

describe('a set-up with a pos token only', () => {
  const posOnly = { environment: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } };

  test('sells: creates, fetches and verifies webhooks', async () => {
    await using shop = await openShop('bitpay', posOnly);
    await shop.provider.probe();
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
    expect((await shop.provider.fetchPayment(reference)).state).toBe('confirmed');
    const verdicts = await shop.verdicts();
    expect(verdicts.map(({ kind }) => kind)).toEqual(['event', 'event']);
  });

  test('says what it cannot do, and refuses it', async () => {
    await using shop = await openShop('bitpay', posOnly);
    expect(shop.provider.capabilities).toMatchObject({ canList: false, canCancel: false, canFindLostCreate: false });
    expect(shop.provider.capabilities.gaps).toHaveLength(4);
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    const refusal = { name: 'ProviderRejected', message: expect.stringContaining('BITPAY_MERCHANT_TOKEN') };
    await expect(shop.provider.cancelPayment(reference)).rejects.toMatchObject(refusal);
    const pages = shop.provider.listPayments({ from: 0, to: 1 })[Symbol.asyncIterator]();
    await expect(pages.next()).rejects.toMatchObject(refusal);
    expect(await shop.provider.findCreatedPayment(request)).toBeUndefined();
  });

  test('repeats a create whose answer was lost under the same guid', async () => {
    await using shop = await openShop('bitpay', posOnly);
    shop.failCreate('timeout_after');
    await shop.provider.createPayment(shop.anOrder());
    expect(shop.records()).toMatchObject([{ createCalls: 2 }]);
  });
});

test('with a merchant key a lost create is looked up and not sent again', async () => {
  await using shop = await openShop('bitpay');
  shop.failCreate('timeout_after');
  await shop.provider.createPayment(shop.anOrder());
  expect(shop.records()).toMatchObject([{ createCalls: 1 }]);
});

test('an invoice carries the address for its webhooks, so that none has to be set up at BitPay', async () => {
  await using shop = await openShop('bitpay', { environment: { PUBLIC_URL: 'https://till.example.com/' } });
  shop.sandbox.setWebhookUrl('bitpay', undefined);
  const { reference } = await shop.provider.createPayment(shop.anOrder());
  shop.sandbox.faults('bitpay').set({ dropWebhooks: 1 });
  await shop.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
  expect(shop.sandbox.deliveries('bitpay').map(({ url }) => url)).toContain('https://till.example.com/webhooks/bitpay');
});

test('an account without signatures is refused, because a hint that anybody can send is none', async () => {
  const { account, environment } = makeBitPayAccount();
  await using shop = await openShop('bitpay', {
    sandbox: { accounts: { bitpay: { ...account, signsWebhooks: false } } },
    environment,
  });
  const { reference } = await shop.provider.createPayment(shop.anOrder());
  await shop.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
  for (const verdict of await shop.verdicts())
    expect(verdict).toEqual({ kind: 'refused', reason: 'signature_missing' });
});

test('errors that come with status 200 are read like others', async () => {
  const { account, environment } = makeBitPayAccount();
  await using shop = await openShop('bitpay', {
    sandbox: { accounts: { bitpay: { ...account, errorsWithStatus200: true } } },
    environment,
  });
  await shop.provider.probe();
  const { reference } = await shop.provider.createPayment(shop.anOrder());
  await shop.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
  await shop.provider.cancelPayment(reference);
  expect((await shop.provider.fetchPayment(reference)).state).toBe('confirmed');
});

test('a cancelled invoice that reads declined is cancelled', async () => {
  const { account, environment } = makeBitPayAccount();
  await using shop = await openShop('bitpay', {
    sandbox: { accounts: { bitpay: { ...account, cancelledStatus: 'declined' } } },
    environment,
  });
  const { reference } = await shop.provider.createPayment(shop.anOrder());
  await shop.provider.cancelPayment(reference);
  expect((await shop.provider.fetchPayment(reference)).state).toBe('cancelled');
});

test('a probe finds a wrong merchant key', async () => {
  await using shop = await openShop('bitpay', { environment: { BITPAY_PRIVATE_KEY: '22'.repeat(32) } });
  await expect(shop.provider.probe()).rejects.toMatchObject({ name: 'ProviderRejected', httpStatus: 401 });
});
