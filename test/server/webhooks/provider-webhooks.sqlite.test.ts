import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { webhookBytesMax } from '#server/webhooks/provider-webhooks.ts';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '../support/server-fixture.ts';

let fixture: ServerFixture;
let signed: { headers: Record<string, string>; body: string };

/** A real event of the simulated BTCPay Server, as it was sent. */
async function recordDelivery(target: ServerFixture): Promise<typeof signed> {
  const placed = await storeRequest(target, { body: orderBody() });
  const order = (await placed.json()) as { payment: { checkout_url: string } };
  const reference = order.payment.checkout_url.split('/').at(-1) ?? '';
  const { port } = await target.server.start();
  target.sandbox.setWebhookUrl('btcpay', `http://127.0.0.1:${port}/webhooks/nobody`);
  await target.sandbox.visit({ provider: 'btcpay', reference, action: 'pay' });
  await target.sandbox.settle();
  const delivery = target.sandbox.deliveries('btcpay').findLast((one) => one.type === 'InvoiceSettled');
  if (delivery === undefined) throw new Error('the simulated provider sent nothing');
  return { headers: { ...delivery.headers }, body: delivery.body };
}

function post(path: string, delivery: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> }) {
  return Promise.resolve(fixture.server.app.request(path, { method: 'POST', headers: {}, ...delivery }));
}

async function storedEvents(): Promise<number> {
  const depths = await fixture.db.database.read((stores) => stores.inbox.depths(Date.now()));
  return depths.reduce((sum, depth) => sum + depth.waiting, 0);
}

async function webhookCount(labels: string): Promise<number> {
  const text = await (await fixture.server.app.request('/metrics')).text();
  const line = text.split('\n').find((each) => each.startsWith(`tillkeeper_webhooks_total{${labels}}`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

beforeEach(async () => {
  fixture = await openServerFixture({ providers: ['btcpay'] });
  signed = await recordDelivery(fixture);
});
afterEach(() => fixture.close());

describe('a webhook', () => {
  test('that is authentic is stored and answered 200 with an empty body', async () => {
    const response = await post('/webhooks/btcpay', signed);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(await storedEvents()).toBe(1);
    expect(await webhookCount('provider="btcpay",outcome="accepted"')).toBe(1);
  });

  test('that comes again is answered 200 and stored once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => post('/webhooks/btcpay', signed)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(await storedEvents()).toBe(1);
    expect(await webhookCount('provider="btcpay",outcome="duplicate"')).toBe(2);
  });

  test('with a bad signature is refused, counted and not stored, and the answer does not say why', async () => {
    const response = await post('/webhooks/btcpay', { ...signed, body: signed.body.replace('Settled', 'Expired') });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.text()).not.toMatch(/signature_|hmac|sha/i);
    expect(await storedEvents()).toBe(0);
    expect(await webhookCount('provider="btcpay",outcome="refused"')).toBe(1);
  });

  test.each(['/webhooks/coinbase', '/webhooks/unheard-of', '/webhooks/payhip/secret'])(
    'for a provider that is off or unknown finds nothing at %s',
    async (path) => {
      const response = await post(path, signed);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  test('of an unknown provider never becomes a label of its own', async () => {
    await post('/webhooks/evil-name', signed);
    expect(await webhookCount('provider="unknown",outcome="unknown_provider"')).toBeGreaterThan(0);
    expect(await (await fixture.server.app.request('/metrics')).text()).not.toContain('evil-name');
  });

  test('of the largest size is read, and of one byte more is refused', async () => {
    const fits = await post('/webhooks/btcpay', { body: new Uint8Array(webhookBytesMax) });
    expect(fits.status).toBe(401);
    const tooLarge = await post('/webhooks/btcpay', { body: new Uint8Array(webhookBytesMax + 1) });
    expect(tooLarge.status).toBe(413);
    const declared = await post('/webhooks/btcpay', { headers: { 'content-length': '999999' }, body: 'short' });
    expect(declared.status).toBe(413);
  });

  test('that cannot be stored is answered 503, so that the provider comes again', async () => {
    await fixture.db.database.close();
    const response = await post('/webhooks/btcpay', signed);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(fixture.logged.join()).toContain('webhook not stored');
  });

  test.each(['GET', 'PUT', 'DELETE'])('is not a %s', async (method) => {
    const response = await fixture.server.app.request('/webhooks/btcpay', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

test('every queue has samples, also while nothing waits in it', async () => {
  const text = await (await fixture.server.app.request('/metrics')).text();
  const lanes = [...text.matchAll(/tillkeeper_queue_messages\{queue="(\w+)",lane="(\w+)",state="waiting"\} \d+/g)];
  expect(lanes.map(([, queue, lane]) => `${queue} ${lane}`).sort()).toEqual([
    'inbox btcpay',
    'outbox chat',
    'outbox pager',
    'outbox provider',
    'outbox shop',
  ]);
});
