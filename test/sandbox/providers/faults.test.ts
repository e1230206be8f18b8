import { describe, expect, test } from 'vitest';
import { faultKinds } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type BtcPayClient, btcpayClient, createAndGiveUp } from './clients.ts';
import { startSandbox } from './support.ts';

async function start(seed = 1): Promise<{ sandbox: ProviderSandbox; client: BtcPayClient }> {
  const sandbox = await startSandbox({ seed });
  return { sandbox, client: btcpayClient(sandbox) };
}

describe('a scripted fault', () => {
  test('429 names the pause and does not execute', async () => {
    const { sandbox, client } = await start();
    sandbox.faults('btcpay').set({ retryAfterSeconds: 7 });
    sandbox.faults('btcpay').failNext('429');
    const answer = await client.create();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    expect(sandbox.records('btcpay')).toEqual([]);
    expect((await client.create()).status).toBe(200);
  });

  test('5xx takes turns between 503, a proxy page and 500, and does not execute', async () => {
    const { sandbox, client } = await start();
    sandbox.faults('btcpay').failNext('5xx', '5xx', '5xx');
    const statuses = [await client.create(), await client.create(), await client.create()].map(({ status }) => status);
    expect(statuses).toEqual([503, 502, 500]);
    expect(sandbox.records('btcpay')).toEqual([]);
  });

  test.each([
    ['reset', 0],
    ['reset_after', 1],
  ] as const)('%s cuts the connection, with %i invoices made', async (kind, made) => {
    const { sandbox, client } = await start();
    sandbox.faults('btcpay').failNext(kind);
    await expect(client.create()).rejects.toThrow('fetch failed');
    expect(sandbox.records('btcpay')).toHaveLength(made);
  });

  test.each([
    ['timeout_before', 0],
    ['timeout_after', 1],
  ] as const)('%s never answers, with %i invoices made', async (kind, made) => {
    const { sandbox } = await start();
    sandbox.faults('btcpay').failNext(kind);
    await expect(createAndGiveUp(sandbox)).rejects.toThrow('gave up');
    expect(sandbox.records('btcpay')).toHaveLength(made);
    expect(sandbox.callLog('btcpay')).toMatchObject([{ fault: kind, wasExecuted: made === 1 }]);
  });

  test('strikes one provider only', async () => {
    const { sandbox, client } = await start();
    sandbox.faults('coinbase').set({ outage: true });
    sandbox.faults('bitpay').failNext('reset');
    expect((await client.create()).status).toBe(200);
  });

  test('that hangs does not keep the sandbox from stopping', async () => {
    const { sandbox, client } = await start();
    sandbox.faults('btcpay').failNext('timeout_before');
    const hanging = client.create();
    hanging.catch(() => undefined);
    await expect.poll(() => sandbox.callLog('btcpay')).toHaveLength(1);
    await sandbox.stop();
    await expect(hanging).rejects.toThrow();
  });
});

describe('the fail rate', () => {
  async function faultsOf(seed: number): Promise<(string | undefined)[]> {
    const { sandbox, client } = await start(seed);
    sandbox.faults('btcpay').set({ failRate: 0.3, failKinds: ['5xx', '429'] });
    for (let index = 0; index < 100; index += 1) await client.request('GET', '/api-keys/current');
    return sandbox.callLog('btcpay').map(({ fault }) => fault);
  }

  test('is kept on average, and is the same for the same seed', async () => {
    const first = await faultsOf(7);
    const struck = first.filter((fault) => fault !== undefined);
    expect(struck.length).toBeGreaterThan(15);
    expect(struck.length).toBeLessThan(45);
    expect(new Set(struck)).toEqual(new Set(['5xx', '429']));
    expect(await faultsOf(7)).toEqual(first);
    expect(await faultsOf(8)).not.toEqual(first);
  });
});

describe('an outage', () => {
  test('cuts every call and takes the checkout page down until it ends', async () => {
    const { sandbox, client } = await start();
    const { checkoutLink } = (await client.create()).json;
    sandbox.faults('btcpay').outage = true;
    await expect(client.create()).rejects.toThrow('fetch failed');
    expect((await fetch(checkoutLink)).status).toBe(503);
    sandbox.faults('btcpay').outage = false;
    expect((await client.create()).status).toBe(200);
    expect((await fetch(checkoutLink)).status).toBe(200);
    expect(sandbox.callLog('btcpay').map(({ fault }) => fault)).toEqual([undefined, 'outage', undefined]);
  });
});

test('reset forgets all faults', async () => {
  const { sandbox } = await start();
  const faults = sandbox.faults('coinbase');
  const calm = faults.get();
  faults.set({ outage: true, failRate: 1, failKinds: ['429'], dropWebhooks: 1, reorderWebhooks: true });
  faults.failNext(...faultKinds);
  faults.reset();
  expect(faults.get()).toEqual(calm);
  expect((await fetch(`${sandbox.apiUrls.coinbase}/checkouts`)).status).toBe(401);
});
