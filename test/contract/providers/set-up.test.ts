import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import { minute } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { openShop, type Shop } from './shop.ts';

// What each adapter finds when its account is checked, with its simulated provider.

async function look(shop: Shop, webhookUrl: string | null = shop.webhookUrl): Promise<SetUpCheck[]> {
  return await shop.provider.checkSetUp({ webhookUrl }, new AbortController().signal);
}

const drawn = (checks: readonly SetUpCheck[]): string[] => checks.map(({ name, status }) => `${name} ${status}`);
const find = (checks: readonly SetUpCheck[], name: string) => checks.find((check) => check.name === name);

describe.each(providerNames)('%s', (name) => {
  test('finds nothing wrong in a good account, and changes nothing there', async () => {
    await using shop = await openShop(name);
    const checks = await look(shop);
    expect(checks.length).toBeGreaterThan(0);
    expect(checks.filter(({ status }) => status === 'error')).toEqual([]);
    // To sign in leaves nothing behind but a token.
    const acts = shop.sandbox.callLog(name).filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth'));
    expect(acts).toEqual([]);
    for (const { status, advice } of checks) expect(advice === null).toBe(status === 'ok');
  });

  test('says that a provider does not answer, and which setting holds its address', async () => {
    await using shop = await openShop(name, { policy: { attemptsMax: 1 } });
    shop.sandbox.faults(name).set({ outage: true });
    const [first] = await look(shop);
    expect(first).toMatchObject({ status: 'error', advice: expect.stringMatching(/_URL is right/) });
  });

  test('does not count a rate limit of the provider as an error of the set-up', async () => {
    await using shop = await openShop(name);
    shop.sandbox.faults(name).set({ failRate: 1, failKinds: ['429'], retryAfterSeconds: 60 });
    expect(new Set((await look(shop)).map(({ status }) => status))).not.toContain('error');
  });

  test('learns from an answer how far the provider’s clock is ahead', async () => {
    const hostClock = { now: 0 };
    await using shop = await openShop(name, { sandbox: { now: () => hostClock.now } });
    hostClock.now = shop.clock.now() + minute;
    await look(shop);
    const ahead = shop.registry.health(name)?.clockAheadMs ?? 0;
    expect(Math.abs(ahead - minute)).toBeLessThanOrEqual(1_000);
  });
});

describe('Coinbase', () => {
  test('a key that is not accepted is one finding, not two', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await using shop = await openShop('coinbase', { environment: { COINBASE_API_KEY_SECRET: secret } });
    const checks = await look(shop);
    expect(drawn(checks)).toEqual(['key error']);
    expect(checks[0]?.advice).toContain('COINBASE_API_KEY_ID and COINBASE_API_KEY_SECRET');
  });

  test('an address that is not Coinbase’s own is not asked for subscriptions', async () => {
    await using shop = await openShop('coinbase');
    expect(find(await look(shop), 'webhook')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('not asked'),
    });
  });
});

describe('BitPay', () => {
  test.each([
    ['BITPAY_POS_TOKEN', 'pos token'],
    ['BITPAY_MERCHANT_TOKEN', 'merchant key'],
  ])('a wrong %s is found in its own check', async (setting, name) => {
    for (const errorsWithStatus200 of [false, true]) {
      const account = {
        posToken: 'pos-token',
        merchantToken: 'merchant-token',
        clientPublicKeyHex: '02',
        errorsWithStatus200,
      };
      const tokens = { BITPAY_POS_TOKEN: 'pos-token', BITPAY_MERCHANT_TOKEN: 'merchant-token' };
      const environment = { ...tokens, BITPAY_PRIVATE_KEY: '11'.repeat(32) };
      await using shop = await openShop('bitpay', {
        sandbox: { accounts: { bitpay: account } },
        environment: { ...environment, [setting]: 'wrong' },
      });
      const found = find(await look(shop), name);
      expect(found).toMatchObject({ status: 'error', advice: expect.stringContaining(setting) });
    }
  });

  test('without a merchant key it says what cannot be done', async () => {
    await using shop = await openShop('bitpay', {
      environment: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' },
    });
    expect(drawn(await look(shop))).toEqual(['pos token ok', 'merchant key warning', 'webhook warning']);
  });

  test('without PUBLIC_URL it says that BitPay is not told where to post', async () => {
    await using shop = await openShop('bitpay', { environment: { PUBLIC_URL: 'https://till.example' } });
    expect(find(await look(shop), 'webhook')?.detail).toBe(
      'BitPay gets https://till.example/webhooks/bitpay with every payment',
    );
    await using untold = await openShop('bitpay');
    expect(find(await look(untold), 'webhook')).toMatchObject({ status: 'warning', advice: 'set PUBLIC_URL' });
  });
});

describe('BTCPay', () => {
  test('a key that is not accepted is one finding, not three', async () => {
    await using shop = await openShop('btcpay', { environment: { BTCPAY_API_KEY: 'wrong' } });
    const checks = await look(shop);
    expect(drawn(checks)).toEqual(['key error']);
    expect(checks[0]?.advice).toContain('BTCPAY_API_KEY');
  });

  test('a wrong store is found, and which setting names it', async () => {
    await using shop = await openShop('btcpay', { environment: { BTCPAY_STORE_ID: 'another' } });
    expect(find(await look(shop), 'store')).toMatchObject({
      status: 'error',
      advice: expect.stringContaining('BTCPAY_STORE_ID'),
    });
  });

  test('rights that are missing are named, with what cannot be done without them', async () => {
    const given = { apiKey: 'a-key', storeId: 's', webhookSecret: 'the-hook' };
    const account = { ...given, permissions: ['btcpay.store.canviewinvoices'] };
    await using shop = await openShop('btcpay', {
      sandbox: { accounts: { btcpay: account } },
      environment: { BTCPAY_API_KEY: 'a-key', BTCPAY_STORE_ID: 's', BTCPAY_WEBHOOK_SECRET: 'the-hook' },
    });
    const checks = await look(shop);
    expect(find(checks, 'key')).toMatchObject({
      status: 'error',
      detail: expect.stringContaining('may not create invoices, cancel invoices'),
      advice: expect.stringContaining('btcpay.store.cancreateinvoice'),
    });
    expect(find(checks, 'webhook')).toMatchObject({
      status: 'warning',
      detail: 'unknown: the key may not read webhooks',
      advice: expect.stringContaining('btcpay.store.webhooks.canmodifywebhooks'),
    });
  });

  test('a webhook that is registered for another address, or switched off, is found', async () => {
    await using shop = await openShop('btcpay');
    shop.sandbox.setWebhookUrl('btcpay', 'https://old.example/webhooks/btcpay?token=private');
    const moved = find(await look(shop), 'webhook');
    expect(moved).toMatchObject({ status: 'error', detail: expect.stringContaining('old.example') });
    expect(moved?.detail).not.toContain('private');
    shop.sandbox.setWebhookUrl('btcpay', undefined);
    expect(find(await look(shop), 'webhook')?.detail).toBe(`none posts to ${shop.webhookUrl}`);
    await changeWebhook(shop, { method: 'POST', fields: { url: shop.webhookUrl, enabled: false } });
    expect(find(await look(shop), 'webhook')).toMatchObject({ status: 'error', detail: 'ours is switched off' });
  });

  test('deliveries that fail are reported with the status that we answered', async () => {
    await using shop = await openShop('btcpay', { sandbox: { webhookRetryDelaysMs: [] } });
    const pay = async () => {
      const { reference } = await shop.provider.createPayment(shop.anOrder());
      await shop.sandbox.visit({ provider: 'btcpay', reference, action: 'pay' });
      await shop.sandbox.settle();
    };
    shop.answerWebhooksWith(401);
    await pay();
    expect(find(await look(shop), 'webhook')).toMatchObject({
      status: 'error',
      detail: expect.stringMatching(/^the last \d+ deliveries failed: the newest was answered 401$/),
      advice: expect.stringContaining('BTCPAY_WEBHOOK_SECRET'),
    });
    shop.answerWebhooksWith(200);
    shop.clock.set(shop.clock.now() + minute);
    await pay();
    expect(find(await look(shop), 'webhook')).toMatchObject({ status: 'ok' });
  });
});

describe('NOWPayments', () => {
  test.each([
    ['NOWPAYMENTS_API_KEY', 'key'],
    ['NOWPAYMENTS_PASSWORD', 'login'],
  ])('a wrong %s is found in its own check', async (setting, name) => {
    await using shop = await openShop('nowpayments', { environment: { [setting]: 'wrong' } });
    expect(find(await look(shop), name)).toMatchObject({ status: 'error', advice: expect.stringContaining(setting) });
  });

  test('without a login it says what is not found then', async () => {
    await using shop = await openShop('nowpayments', {
      environment: { NOWPAYMENTS_EMAIL: '', NOWPAYMENTS_PASSWORD: '' },
    });
    expect(drawn(await look(shop))).toEqual(['key ok', 'login warning', 'webhook warning']);
  });
});

async function changeWebhook(shop: Shop, change: { method: 'POST' | 'PUT'; fields: object }): Promise<void> {
  const { BTCPAY_API_KEY, BTCPAY_STORE_ID } = shop.sandbox.environment;
  const answer = await fetch(`${shop.sandbox.apiUrls.btcpay}/api/v1/stores/${BTCPAY_STORE_ID}/webhooks`, {
    method: change.method,
    headers: { authorization: `token ${BTCPAY_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(change.fields),
  });
  if (!answer.ok) throw new Error(`the webhook was not changed: ${answer.status} ${await answer.text()}`);
}

describe('Payhip', () => {
  test('a key that is not accepted is one finding, and names its setting', async () => {
    await using shop = await openShop('payhip', { environment: { PAYHIP_API_KEY: 'guessed' } });
    const checks = await look(shop);
    expect(drawn(checks)).toEqual(['key error']);
    expect(checks[0]?.advice).toContain('PAYHIP_API_KEY');
  });

  test('the secret end of the address that it posts to is not shown', async () => {
    await using shop = await openShop('payhip');
    const [, webhook] = await look(shop, 'https://till.example/webhooks/payhip');
    expect(webhook).toMatchObject({ status: 'ok', detail: expect.stringContaining('/webhooks/payhip/…') });
    expect(find(await look(shop, null), 'webhook')).toMatchObject({ status: 'warning', advice: expect.any(String) });
  });
});
