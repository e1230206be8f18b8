// Refused webhooks that turn out to be real once the secret is right.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { checkQuarantine } from '#payments/webhooks/check-quarantine.ts';
import { createWebhookReceiver, type ReceiveWebhook } from '#payments/webhooks/receive-webhook.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let receive: ReceiveWebhook;
const admin = { kind: 'admin', id: '42' } as const;

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  deps = { ...made, providers: withSecret(made, 'old') };
  receive = createWebhookReceiver(deps);
});
afterEach(() => opened.remove());

function withSecret(made: TestDeps, secret: string): TestDeps['providers'] {
  const btcpay = { url: 'https://btcpay.example', apiKey: 'k', storeId: 'store', webhookSecrets: [secret] };
  const coinbase = {
    keyId: 'id',
    keySecrets: [Buffer.alloc(64, 1).toString('base64')],
    webhookSecrets: [secret],
    apiUrl: 'https://coinbase.example',
  };
  return createProviderRegistry({ btcpay, coinbase }, { ...made, createHttpClient });
}

/** What BTCPay sends, signed with the secret. */
function delivery(id: string, secret = 'new', more: { headers?: Record<string, string>; pad?: number } = {}) {
  const event = { type: 'InvoiceSettled', storeId: 'store', invoiceId: `invoice-${id}`, deliveryId: id };
  const body = Buffer.from(JSON.stringify({ ...event, pad: 'x'.repeat(more.pad ?? 0) }));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { headers: { 'btcpay-sig': `sha256=${signature}`, ...more.headers }, body };
}

/** What Coinbase sends: the time is in the signature. */
function coinbaseDelivery(id: string, secret: string) {
  const body = Buffer.from(JSON.stringify({ id, eventType: 'checkout.payment.success', status: 'COMPLETED' }));
  const time = Math.floor(deps.clock.now() / second);
  const covered = { 'x-event-id': `event of ${id}`, 'x-event-type': 'checkout.payment.success' };
  const names = Object.keys(covered).join(' ');
  const signed = `${time}.${names}.${Object.values(covered).join('.')}.${body.toString()}`;
  const v1 = createHmac('sha256', secret).update(signed).digest('hex');
  return { headers: { ...covered, 'x-hook0-signature': `t=${time},h=${names},v1=${v1}` }, body };
}

const kept = () => opened.database.read((stores) => stores.quarantine.listQuarantined({ source: null, limit: 300 }));
const events = async () => {
  const query = { source: 'btcpay', from: 0, to: deps.clock.now() + 1, eventType: null, after: null, limit: 300 };
  return opened.database.read((stores) => stores.inbox.listArrivals(query));
};
const refusedAlert = () => opened.database.read((stores) => stores.cases.findLiveCase('webhook_refused:btcpay'));

describe('a rotated secret', () => {
  test('recovers refused webhooks in the order of their arrival, and resolves the alert with their number', async () => {
    for (const id of ['a', 'b', 'c']) {
      expect((await receive({ provider: 'btcpay', delivery: delivery(id) })).kind).toBe('refused');
      deps.clock.advance(second);
    }
    const alert = await refusedAlert();
    expect(alert?.actions).toEqual(['check_quarantine']);
    expect(await checkQuarantine(deps, { provider: 'all', actor: admin })).toEqual({
      checked: 3,
      recovered: 0,
      settled: 0,
      refused: 3,
    });
    deps.providers = withSecret(deps, 'new');
    deps.clock.advance(hour);
    expect(await checkQuarantine(deps, { provider: 'all', actor: admin })).toEqual({
      checked: 3,
      recovered: 3,
      settled: 0,
      refused: 0,
    });
    const recovered = await events();
    expect(recovered.map(({ eventKey }) => eventKey)).toEqual(['a', 'b', 'c']);
    expect(recovered.map(({ receivedAt }) => receivedAt)).toEqual(Array(3).fill(deps.clock.now()));
    expect(recovered[0]).toMatchObject({ reference: 'invoice-a', trust: 'signed', processedAt: null });
    expect(Buffer.from(recovered[0]?.body ?? []).equals(delivery('a').body)).toBe(true);
    expect(await kept()).toEqual([]);
    expect(await refusedAlert()).toBeUndefined();
    const over = await opened.database.read((stores) => stores.cases.findCase(alert?.id ?? ''));
    expect(over?.outcome).toBe('Secret was rotated, 3 events recovered.');
  });

  test('recovers an event once, however often the quarantine is checked, and writes an audit row each time', async () => {
    await receive({ provider: 'btcpay', delivery: delivery('a') });
    deps.providers = withSecret(deps, 'new');
    await checkQuarantine(deps, { provider: 'btcpay', actor: admin });
    await checkQuarantine(deps, { provider: 'btcpay', actor: admin });
    expect(await events()).toHaveLength(1);
    const audit = await opened.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 9 }));
    expect(audit.map(({ action, details }) => [action, details['recovered']])).toEqual([
      ['quarantine.check', 0],
      ['quarantine.check', 1],
    ]);
  });

  test('recovers nothing that arrived again in the meantime, and counts it as authentic', async () => {
    await receive({ provider: 'btcpay', delivery: delivery('a') });
    deps.providers = withSecret(deps, 'new');
    receive = createWebhookReceiver(deps);
    expect((await receive({ provider: 'btcpay', delivery: delivery('a') })).kind).toBe('accepted');
    expect(await checkQuarantine(deps, { provider: 'btcpay', actor: admin })).toMatchObject({
      recovered: 0,
      settled: 1,
    });
    expect(await events()).toHaveLength(1);
    expect(await refusedAlert()).toBeUndefined();
  });

  test('is judged at the time of the arrival where a signature has a time', async () => {
    expect((await receive({ provider: 'coinbase', delivery: coinbaseDelivery('c', 'new') })).kind).toBe('refused');
    deps.clock.advance(3 * hour);
    deps.providers = withSecret(deps, 'new');
    expect(await checkQuarantine(deps, { provider: 'coinbase', actor: admin })).toMatchObject({ recovered: 1 });
  });
});

describe('what is kept', () => {
  test('is the hash, the size and what the signature is made of; never a credential or a cookie', async () => {
    const headers = { authorization: 'Bearer s3cret', cookie: 'session=1', 'content-type': 'application/json' };
    const sent = delivery('a', 'forged', { headers });
    await receive({ provider: 'btcpay', delivery: sent });
    const [row] = await kept();
    expect(row).toMatchObject({ source: 'btcpay', reason: 'signature_wrong', bodyBytes: sent.body.byteLength });
    expect(row?.bodyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.headers).toEqual({ 'btcpay-sig': sent.headers['btcpay-sig'], 'content-type': 'application/json' });
    expect(Buffer.from(row?.body ?? []).equals(sent.body)).toBe(true);
  });

  test('of a body that is too large, or that can never verify, is its hash alone', async () => {
    await receive({ provider: 'btcpay', delivery: delivery('large', 'forged', { pad: 17 * 1024 }) });
    await receive({ provider: 'btcpay', delivery: { headers: {}, body: Buffer.from('{}') } });
    const rows = await kept();
    expect(rows.map(({ reason, body }) => [reason, body])).toEqual([
      ['signature_missing', null],
      ['signature_wrong', null],
    ]);
    expect((await refusedAlert())?.actions).toEqual([]);
  });

  test('of a sender of ten thousand forgeries is two hundred rows at most, and one alert', async () => {
    for (let sent = 0; sent < 2_000; sent += 1) {
      await receive({ provider: 'btcpay', delivery: { headers: {}, body: Buffer.from(String(sent)) } });
      deps.clock.advance(100);
    }
    expect((await kept()).length).toBeLessThanOrEqual(200);
    const alert = await refusedAlert();
    expect(alert?.occurrences).toBeLessThanOrEqual(1 + 2_000 / 600);
  });

  test('is no more than sixty at once, and noise without a signature takes nothing from what may be real', async () => {
    for (let sent = 0; sent < 300; sent += 1) {
      await receive({ provider: 'btcpay', delivery: { headers: {}, body: Buffer.from(String(sent)) } });
    }
    expect(await kept()).toHaveLength(60);
    for (let sent = 0; sent < 300; sent += 1) {
      await receive({ provider: 'btcpay', delivery: delivery(String(sent)) });
    }
    const real = (await kept()).filter(({ body }) => body !== null);
    expect(real).toHaveLength(60);
    deps.clock.advance(minute);
    await receive({ provider: 'btcpay', delivery: delivery('a minute later') });
    expect((await kept()).filter(({ body }) => body !== null)).toHaveLength(61);
  });

  test('of an event that its sender repeats is one row', async () => {
    for (let attempt = 0; attempt < 9; attempt += 1) await receive({ provider: 'btcpay', delivery: delivery('a') });
    expect(await kept()).toHaveLength(1);
  });
});
