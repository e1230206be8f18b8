import { describe, expect, test } from 'vitest';
import { btcpayClient } from './clients.ts';
import { createClock, readSample, startReceiver, startSandbox } from './support.ts';

async function start() {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now, webhookRetryDelaysMs: [] });
  const client = btcpayClient(sandbox);
  const webhooks = `${client.store}/webhooks`;
  return {
    sandbox,
    client,
    webhooks,
    list: async () => (await client.request('GET', webhooks)).json as { id: string; url: string }[],
    async pay() {
      const { json } = await client.request('POST', `${client.store}/invoices`, { amount: '10.00', currency: 'USD' });
      await sandbox.visit({ provider: 'btcpay', reference: String(json.id), action: 'pay' });
      await sandbox.settle();
    },
  };
}

const url = 'http://127.0.0.1:9/webhooks/btcpay';

describe('the webhook of a store', () => {
  test('is made as documented, and its secret is shown only then', async () => {
    const { client, webhooks, sandbox, list } = await start();
    const { secret: _secret, ...request } = readSample<Record<string, unknown>>('btcpay/create-webhook-request.json');
    const { status, json } = await client.request('POST', webhooks, request);
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...request, secret: sandbox.environment['BTCPAY_WEBHOOK_SECRET'] });
    const [listed] = await list();
    expect(listed).toMatchObject({ id: json.id, url: request['url'] });
    expect(listed).not.toHaveProperty('secret');
    expect((await client.request('GET', `${webhooks}/${json.id}`)).json).toEqual(listed);
  });

  test('exists when the sandbox was given an address, and not after it is deleted', async () => {
    const { sandbox, client, webhooks, list } = await start();
    expect(await list()).toEqual([]);
    sandbox.setWebhookUrl('btcpay', url);
    const [one] = await list();
    expect(one?.url).toBe(url);
    expect((await client.request('DELETE', `${webhooks}/${one?.id}`)).status).toBe(200);
    expect(await list()).toEqual([]);
    expect((await client.request('GET', `${webhooks}/${one?.id}`)).status).toBe(404);
  });

  test('reports no event that it is not subscribed to, and none while it is off', async () => {
    const { sandbox, client, webhooks, list, pay } = await start();
    const receiver = await startReceiver();
    sandbox.setWebhookUrl('btcpay', receiver.url);
    const one = `${webhooks}/${(await list())[0]?.id}`;
    const authorizedEvents = { everything: false, specificEvents: ['InvoiceSettled'] };
    await client.request('PUT', one, { url: receiver.url, authorizedEvents });
    await pay();
    expect(sandbox.deliveries('btcpay').map(({ type }) => type)).toEqual(['InvoiceSettled']);
    await client.request('PUT', one, { url: receiver.url, enabled: false });
    await pay();
    expect(sandbox.deliveries('btcpay')).toHaveLength(1);
  });

  test('shows its deliveries, newest first, with our answer', async () => {
    const { sandbox, client, webhooks, list, pay } = await start();
    const receiver = await startReceiver();
    sandbox.setWebhookUrl('btcpay', receiver.url);
    await pay();
    sandbox.setWebhookUrl('btcpay', 'http://127.0.0.1:9/');
    await pay();
    const deliveries = `${webhooks}/${(await list())[0]?.id}/deliveries`;
    const { json } = await client.request('GET', `${deliveries}?count=200`);
    const shown = json as unknown as { id: string; httpCode: number | null; status: string }[];
    expect(shown.at(0)).toMatchObject({ status: 'Failed', httpCode: null });
    expect(shown.at(-1)).toMatchObject({ status: 'HttpSuccess', httpCode: 200 });
    expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
    const newest = await client.request('GET', `${deliveries}?count=1`);
    expect(newest.json).toEqual([shown[0]]);
  });

  test('is shown only to a key that may change it', async () => {
    const account = { apiKey: 'k', storeId: 's', webhookSecret: 'w', permissions: ['btcpay.store.canviewinvoices'] };
    const sandbox = await startSandbox({ accounts: { btcpay: account } });
    const answer = await fetch(`${sandbox.apiUrls.btcpay}/api/v1/stores/s/webhooks`, {
      headers: { authorization: 'token k' },
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ missingPermission: 'btcpay.store.webhooks.canmodifywebhooks' });
  });
});
