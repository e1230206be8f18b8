import { describe, expect, test } from 'vitest';
import { providerNames } from '#kernel/provider-name.ts';
import { allFaultKinds } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { startSandbox } from './support.ts';

const marksOf = (html: string) => [...html.matchAll(/data-testid="([\w-]+)"/g)].map(([, name]) => name ?? '');

function press(sandbox: ProviderSandbox, fields: Record<string, string>): Promise<Response> {
  return fetch(new URL('/visit', sandbox.url), {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
}

describe('a checkout page', () => {
  test('says so if a button came too late', async () => {
    const sandbox = await startSandbox();
    const { reference } = sandbox.createForeign('coinbase', { amount: '1.00' });
    await press(sandbox, { provider: 'coinbase', reference, action: 'fail' });
    const answer = await press(sandbox, { provider: 'coinbase', reference, action: 'pay' });
    const html = await (await fetch(new URL(answer.headers.get('location') ?? '', sandbox.url))).text();
    expect(marksOf(html)).toContain('refusal');
  });

  test('shows a description as text and not as markup', async () => {
    const sandbox = await startSandbox();
    const { checkoutUrl } = sandbox.createForeign('btcpay', {
      amount: '1.00',
      description: '<script>alert(1)</script>',
    });
    const html = await (await fetch(checkoutUrl)).text();
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;alert');
  });

  test('loads nothing from elsewhere', async () => {
    const sandbox = await startSandbox();
    const { checkoutUrl } = sandbox.createForeign('bitpay', { amount: '1.00' });
    for (const url of [checkoutUrl, sandbox.url]) {
      expect(await (await fetch(url)).text()).not.toMatch(/(src|href)="https?:\/\/(?!127\.0\.0\.1)/);
    }
  });
});

describe('the control page', () => {
  test('has a switch for every fault of every provider and lists what goes on', async () => {
    const sandbox = await startSandbox();
    const { reference } = sandbox.createForeign('btcpay', { amount: '1.00', orderId: 'ord_7' });
    const html = await (await fetch(sandbox.url)).text();
    const names = Object.keys(sandbox.faults('coinbase').get()).filter((name) => name !== 'failKinds');
    for (const provider of providerNames) {
      for (const name of names) expect(marksOf(html)).toContain(`fault-${provider}-${name}`);
    }
    for (const kind of allFaultKinds) expect(marksOf(html)).toContain(`fault-bitpay-kind-${kind}`);
    expect(marksOf(html)).toContain(`checkout-${reference}`);
    expect(html).toContain('InvoiceCreated');
  });

  test('calls every control by its provider and by what it does', async () => {
    const sandbox = await startSandbox();
    const html = await (await fetch(sandbox.url)).text();
    const controls = [...html.matchAll(/<(?:select|input|button)\b[^>]*data-(?:fault|dial|provider)="[^>]*>/g)].map(
      ([tag]) => tag,
    );
    const single = controls.filter((tag) => !tag.includes('data-kind='));
    const names = single.map((tag) => /aria-label="([^"]+: [^"]+)"/.exec(tag)?.[1]);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(single.length);
    expect(html.match(/role="group" aria-label="[^"]+: How they fail"/g)).toHaveLength(providerNames.length);
  });

  test('sets and clears faults, and overlooks what is no fault', async () => {
    const sandbox = await startSandbox();
    const post = (path: string, body: object) =>
      fetch(new URL(path, sandbox.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const change = { outage: true, failRate: 0.3, failKinds: ['429', 'flood'], set: 'x', delayWebhooksMs: -1 };
    expect((await post('/control/faults', { provider: 'bitpay', change })).status).toBe(200);
    expect(sandbox.faults('bitpay').get()).toMatchObject({
      outage: true,
      failRate: 0.3,
      failKinds: ['429'],
      delayWebhooksMs: 0,
    });
    expect(sandbox.faults('coinbase').outage).toBe(false);
    await post('/control/reset', { provider: 'bitpay' });
    expect(sandbox.faults('bitpay').outage).toBe(false);
    expect((await post('/control/faults', { provider: 'paypal', change })).status).toBe(400);
  });

  test('sets what only one provider has, and says what makes no sense', async () => {
    const sandbox = await startSandbox();
    const set = async (change: object): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      const url = new URL('/control/dial', sandbox.url);
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(change) })).status;
    };
    const shown = async () =>
      /value="([^"]*)"[^>]*data-dial="ledgerBalance"/.exec(await (await fetch(sandbox.url)).text());
    expect((await shown())?.[1]).toBe('10000.00');
    expect(await set({ provider: 'bitpay', name: 'ledgerBalance', value: '12.50' })).toBe(200);
    expect((await shown())?.[1]).toBe('12.50');
    expect(await set({ provider: 'bitpay', name: 'ledgerBalance', value: 'a lot' })).toBe(400);
    expect(await set({ provider: 'btcpay', name: 'ledgerBalance', value: '1' })).toBe(400);
    expect(await set({ provider: 'paypal', name: 'ledgerBalance', value: '1' })).toBe(400);
  });
});
