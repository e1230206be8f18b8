import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openShop } from './shop.ts';

test('an Ed25519 key in base64 signs what the provider accepts', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = (part: 'd' | 'x') => Buffer.from(String(privateKey.export({ format: 'jwk' })[part]), 'base64url');
  const secret = Buffer.concat([raw('d'), raw('x')]).toString('base64');
  const account = { keyId: 'k', publicKey: publicKey.export({ format: 'jwk' }), webhookSecret: 's' };
  await using shop = await openShop('coinbase', {
    sandbox: { accounts: { coinbase: account } },
    environment: { COINBASE_API_KEY_ID: 'k', COINBASE_API_KEY_SECRET: secret, COINBASE_WEBHOOK_SECRET: 'hook' },
  });
  await expect(shop.provider.probe()).resolves.toBeUndefined();
});

test('a wrong key is refused after one more try with a fresh token', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await using shop = await openShop('coinbase', { environment: { COINBASE_API_KEY_SECRET: secret } });
  await expect(shop.provider.probe()).rejects.toMatchObject({ name: 'ProviderRejected', code: 'unauthorized' });
  expect(shop.calls.map(({ outcome }) => outcome)).toEqual(['rejected', 'rejected']);
});

describe('a quote', () => {
  test('asks for the same number of USDC, within what a checkout may be', async () => {
    await using shop = await openShop('coinbase');
    const quote = (amountMinor: number, currency: string) => shop.provider.quote({ amountMinor, currency });
    expect(quote(4910, 'USD')).toEqual({ amount: '49.10', asset: 'USDC' });
    expect(quote(1, 'USDC')).toEqual({ amount: '0.01', asset: 'USDC' });
    expect(quote(10_000_000_000, 'USD')).toEqual({ amount: '100000000.00', asset: 'USDC' });
    expect(quote(10_000_000_001, 'USD')).toBeUndefined();
    expect(quote(0, 'USD')).toBeUndefined();
    expect(quote(4910, 'EUR')).toBeUndefined();
  });
});

test('a key that was used with other bytes leads to the checkout that it made', async () => {
  await using shop = await openShop('coinbase');
  const request = shop.anOrder();
  const first = await shop.provider.createPayment(request);
  const again = await shop.provider.createPayment({ ...request, description: 'worded differently' });
  expect(again.reference).toBe(first.reference);
  expect(shop.records()).toHaveLength(1);
});

test('the checkout carries our number and id, a way back, and the expiry', async () => {
  await using shop = await openShop('coinbase');
  const request = shop.anOrder({ description: 'x'.repeat(600) });
  await shop.provider.createPayment(request);
  expect(shop.records()).toMatchObject([
    { orderId: 'T-1042', metadata: { paymentId: request.paymentId }, expiresAtMs: request.expiresAt },
  ]);
});

test.each([
  'http://shop.example.com/return',
  'javascript:alert(1)',
  'not an address',
  `https://a.b/${'x'.repeat(2_100)}`,
])('a way back that Coinbase would refuse is left out: %s', async (redirectUrl) => {
  await using shop = await openShop('coinbase');
  await expect(shop.provider.createPayment(shop.anOrder({ redirectUrl }))).resolves.toMatchObject({ state: 'open' });
});
