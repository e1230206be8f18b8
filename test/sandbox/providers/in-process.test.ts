import { expect, test } from 'vitest';
import { providerNames } from '#kernel/provider-name.ts';
import { callInProcess } from '#sandbox/kit/connection.ts';
import { makeCoinbaseAccount } from '#sandbox/providers/coinbase/account.ts';
import { bitpayClient, bitpayHeaders, btcpayClient, coinbaseClient } from './clients.ts';
import { openInProcess as open } from './open-in-process.ts';
import type { Answer } from './support.ts';

// The simulated providers without a server: no socket, no timer, no chance but the seed.

const otherKey = makeCoinbaseAccount().environment['COINBASE_API_KEY_SECRET'] ?? '';

/** Something of everything: creations under faults, visits, refunds, webhooks that are lost, doubled and repeated. */
async function live(seed: number): Promise<unknown[]> {
  const { core, clock, callee, posts } = open(seed);
  const seen: unknown[] = [core.environment];
  const note = async (answer: Promise<Answer>) => {
    const outcome = await answer.then(
      ({ status, text, headers }) => [status, text, Object.fromEntries(headers)],
      (error: unknown) => String(error),
    );
    seen.push(outcome);
  };
  for (const name of providerNames) {
    core
      .faults(name)
      .set({ failRate: 0.4, failKinds: ['5xx', '429', 'reset', 'reset_after', 'reset_late'], lateMs: 90_000 });
    core.faults(name).set({ dropWebhooks: 0.2, duplicateWebhooks: 1 });
  }
  for (let round = 0; round < 12; round += 1) {
    await note(coinbaseClient(callee, clock).create({}, `00000000-0000-4000-8000-${String(round).padStart(12, '0')}`));
    await note(bitpayClient(callee).pos());
    await note(btcpayClient(callee).create());
    for (const name of providerNames) {
      core.createForeign(name, { amount: '12.00' });
      const [newest] = core.records(name);
      if (newest !== undefined) await core.visit({ provider: name, reference: newest.reference, action: 'pay' });
    }
    await core.settle();
    clock.advance(45_000);
  }
  for (const name of providerNames) seen.push(core.records(name), core.callLog(name), core.deliveries(name));
  return [...seen, posts];
}

test('the same seed and the same calls give the same answers, records and webhooks, byte for byte', async () => {
  const first = JSON.stringify(await live(7));
  expect(JSON.stringify(await live(7))).toBe(first);
  expect(JSON.stringify(await live(8))).not.toBe(first);
  expect(first).toContain('ConnectionReset');
  expect(first).toContain('delivered');
});

test('a made-up account is that of the seed, and works', async () => {
  const [one, same, other] = [open(1), open(1), open(2)].map(({ core }) => core.environment);
  expect(same).toEqual(one);
  for (const [setting, value] of Object.entries(one ?? {})) {
    if (!setting.endsWith('_URL')) expect(other?.[setting]).not.toBe(value);
  }
  const { callee, clock } = open(1);
  expect((await coinbaseClient(callee, clock).create()).status).toBe(201);
  const { json } = await bitpayClient(callee).pos();
  expect((await bitpayClient(callee).signed('GET', `/invoices/${json.data.id}`)).status).toBe(200);
  expect((await btcpayClient(callee).create()).status).toBe(200);
});

test('a signature is taken as given only where that was asked for, and never left out', async () => {
  for (const verifiesSignatures of [true, false]) {
    const { callee, clock } = open(1, { verifiesSignatures });
    const expected = verifiesSignatures ? 401 : 200;
    const list = (tamper: (jwt: { claims: Record<string, unknown> }) => void) =>
      coinbaseClient(callee, clock, { id: callee.environment['COINBASE_API_KEY_ID'] ?? '', pem: otherKey }).request(
        'GET',
        '/checkouts',
        { tamper },
      );
    expect((await list(() => undefined)).status).toBe(expected);
    expect((await list(({ claims }) => Object.assign(claims, { exp: 1 }))).status).toBe(401);
    const bitpay = bitpayClient(callee);
    expect((await bitpay.signed('GET', '/invoices?dateStart=2026-11-01&dateEnd=2026-11-30')).status).toBe(200);
    const other = { signedText: 'something else' };
    expect((await bitpay.signed('GET', '/invoices?dateStart=2026-11-01&dateEnd=2026-11-30', other)).status).toBe(
      expected,
    );
    const unsigned = `${callee.apiUrls.bitpay}/invoices?token=${bitpay.merchantToken}`;
    expect((await callee.call?.(unsigned, { headers: bitpayHeaders }))?.status).toBe(401);
  }
});

test('a call that is cut off is rejected, whether it was executed or not', async () => {
  const { core, callee } = open(1);
  core.faults('btcpay').failNext('reset', 'reset_after');
  await expect(btcpayClient(callee).create()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(core.records('btcpay')).toHaveLength(0);
  await expect(btcpayClient(callee).create()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(core.records('btcpay')).toHaveLength(1);
});

test('a call that gets no answer waits until the caller gives up', async () => {
  const { core, callee } = open(1);
  core.faults('btcpay').failNext('timeout_before', 'timeout_after');
  const store = `${core.apiUrls.btcpay}/api/v1${btcpayClient(callee).store}/invoices`;
  for (const count of [0, 1]) {
    const giveUp = new AbortController();
    let hasEnded = false;
    const waiting = callInProcess(core.fetch, {
      request: new Request(store, {
        method: 'POST',
        headers: { authorization: `token ${core.environment['BTCPAY_API_KEY']}`, 'content-type': 'application/json' },
        body: JSON.stringify({ amount: '1.00', currency: 'USD' }),
      }),
      signal: giveUp.signal,
    }).finally(() => {
      hasEnded = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(false);
    expect(core.records('btcpay')).toHaveLength(count);
    giveUp.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  }
});

test('a late call is executed when it is due, which is told beforehand', async () => {
  const { core, callee, clock } = open(1);
  core.faults('btcpay').failNext('reset_late');
  await expect(btcpayClient(callee).create()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(core.nextDueAt()).toBe(clock.now() + 60_000);
  clock.advance(60_000);
  core.tick();
  await new Promise((resolve) => setImmediate(resolve));
  expect(core.records('btcpay')).toHaveLength(1);
});

test('webhooks held for reordering leave by the clock, the youngest first', async () => {
  const { core, clock, posts } = open(1);
  core.faults('nowpayments').set({ reorderWebhooks: true });
  const { reference } = core.createForeign('nowpayments', { amount: '5.00' });
  await core.visit({ provider: 'nowpayments', reference, action: 'pay' });
  const dueAtMs = core.nextDueAt() ?? 0;
  expect(dueAtMs).toBe(clock.now() + 300);
  clock.advance(300);
  core.tick();
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const statuses = posts.map((post) => JSON.parse(JSON.parse(post).body).payment_status);
  expect(statuses).toEqual(['finished', 'sending', 'confirmed', 'confirming', 'waiting']);
});

test('a receiver that never answers holds up no other webhook, except where the provider has one queue', async () => {
  const sent: string[] = [];
  const { core } = open(1, {
    post(_url, { body }) {
      sent.push(body);
      return new Promise(() => undefined);
    },
  });
  for (const name of ['coinbase', 'btcpay'] as const) {
    for (let count = 0; count < 3; count += 1) {
      const { reference } = core.createForeign(name, { amount: '5.00' });
      await core.visit({ provider: name, reference, action: 'pay' });
    }
  }
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const types = sent.map((body) => JSON.parse(body)).map(({ type, eventType }) => type ?? eventType);
  expect(types.sort()).toEqual(['InvoiceCreated', ...Array.from({ length: 3 }, () => 'checkout.payment.success')]);
});

test.each(providerNames)(
  '%s does nothing before the moment that it names, and names a later one after it',
  async (name) => {
    const { core, clock } = open(1);
    const snapshot = () => JSON.stringify([core.records(name), core.deliveries(name).length]);
    for (const action of ['pay', 'pay_unconfirmed', 'underpay', 'expire', undefined] as const) {
      const { reference } = core.createForeign(name, { amount: '5.00' });
      if (action !== undefined) await core.visit({ provider: name, reference, action }).catch(() => undefined);
      await core.settle();
    }
    for (let step = 0; step < 20; step += 1) {
      const dueAtMs = core.nextDueAt();
      if (dueAtMs === undefined) return;
      expect(dueAtMs).toBeGreaterThan(clock.now());
      const before = snapshot();
      clock.advance(dueAtMs - clock.now() - 1);
      await core.settle();
      expect(snapshot()).toBe(before);
      clock.advance(1);
      await core.settle();
    }
    expect(core.nextDueAt()).toBeGreaterThan(clock.now());
  },
);
