import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import type { PaymentSnapshot } from '#payments/snapshot.ts';
import type { CheckoutProvider, FaultKind } from '#sandbox/providers/contract.ts';
import { listAll, openShop } from './shop.ts';

// What every adapter that makes payments promises, shown before its simulated provider.
const names: readonly CheckoutProvider[] = ['coinbase', 'bitpay', 'btcpay'];

describe.each(names)('%s', (name) => {
  test('answers a probe', async () => {
    await using shop = await openShop(name);
    await expect(shop.provider.probe()).resolves.toBeUndefined();
    expect(shop.registry.health(name)).toMatchObject({ provider: name, breaker: 'closed', lastError: null });
  });

  test('creates a payment that is open, echoes our id and can be paid at its address', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const made = await shop.provider.createPayment(request);
    const quoted = shop.provider.quote(request.money);
    expect(made).toMatchObject({
      provider: name,
      paymentId: request.paymentId,
      trust: 'fetched',
      observedAt: shop.clock.now(),
      state: 'open',
      requested: quoted,
      settlement: null,
      isLate: false,
      isMarkedByHand: false,
      transactionIds: [],
    });
    const [record] = shop.records();
    expect(record).toMatchObject({ reference: made.reference, checkoutUrl: made.checkoutUrl });
    expect(await shop.provider.fetchPayment(made.reference)).toEqual(made);
  });

  test('creates once, however often it is asked', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const first = await shop.provider.createPayment(request);
    expect((await shop.provider.createPayment(request)).reference).toBe(first.reference);
    expect(shop.records()).toHaveLength(1);
  });

  test('refuses money that it has no quote for, and sends nothing', async () => {
    await using shop = await openShop(name);
    for (const money of [
      { amountMinor: 0, currency: 'USD' },
      { amountMinor: 100, currency: 'NOT' },
    ]) {
      expect(shop.provider.quote(money)).toBeUndefined();
      await expect(shop.provider.createPayment(shop.anOrder({ money }))).rejects.toMatchObject({
        name: 'ProviderRejected',
      });
    }
    expect(shop.records()).toEqual([]);
    expect(shop.calls.some(({ operation }) => operation === 'create_payment')).toBe(false);
  });

  test('says what is true today when a create is repeated after the buyer has paid', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    await shop.sandbox.visit({ provider: name, reference, action: 'pay' });
    shop.clock.set(shop.clock.now() + 10_000);
    expect((await shop.provider.createPayment(request)).state).toBe('confirmed');
  });

  test.each<FaultKind>(['reset_after', 'timeout_after'])('creates once when the answer is lost (%s)', async (fault) => {
    await using shop = await openShop(name);
    shop.failCreate(fault);
    const request = shop.anOrder();
    const made = await shop.provider.createPayment(request);
    expect(made.paymentId).toBe(request.paymentId);
    expect(shop.records()).toHaveLength(1);
    const creates = shop.calls.filter(({ operation }) => operation === 'create_payment');
    expect(creates[0]?.outcome).toBe('unreachable');
  });

  test('finds the payment of a create whose answer was lost, and none where none was made', async () => {
    await using shop = await openShop(name, { policy: { attemptsMax: 1 } });
    const lost = shop.anOrder();
    expect(await shop.provider.findCreatedPayment(lost)).toBeUndefined();
    shop.failCreate('reset_after');
    await expect(shop.provider.createPayment(lost)).rejects.toMatchObject({ name: 'ProviderUnreachable' });
    const [record] = shop.records();
    expect(await shop.provider.findCreatedPayment(lost)).toMatchObject({ reference: record?.reference });
    expect(await shop.provider.findCreatedPayment(shop.anOrder())).toBeUndefined();
  });

  test('creates all of forty checkouts, none twice, while three calls in ten fail', { timeout: 120_000 }, async () => {
    await using shop = await openShop(name, { policy: { timeoutMs: 150 } });
    shop.sandbox.faults(name).set({ failRate: 0.3, retryAfterSeconds: 1 });
    const requests = Array.from({ length: 40 }, () => shop.anOrder());
    const made: PaymentSnapshot[] = [];
    for (const request of requests) made.push(await shop.provider.createPayment(request));
    expect(made.map(({ paymentId }) => paymentId)).toEqual(requests.map(({ paymentId }) => paymentId));
    expect(shop.records()).toHaveLength(40);
    expect(new Set(made.map(({ reference }) => reference)).size).toBe(40);
    const outcomes = new Set(shop.calls.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(
      new Set(['ok', 'unreachable', 'rate_limited', ...(name === 'bitpay' ? ['rejected'] : [])]),
    );
  });

  test('lists what was made in a window, page by page, and nothing beside it', async () => {
    await using shop = await openShop(name);
    const start = shop.clock.now();
    await shop.provider.createPayment(shop.anOrder());
    shop.clock.set(start + hour);
    const inside: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      inside.push((await shop.provider.createPayment(shop.anOrder())).reference);
      shop.clock.set(shop.clock.now() + minute);
    }
    for (let count = 0; count < 120; count += 1)
      inside.push(shop.sandbox.createForeign(name, { amount: '5.00' }).reference);
    shop.clock.set(start + 3 * hour);
    await shop.provider.createPayment(shop.anOrder());

    const listed = await listAll(shop.provider, { from: start + hour, to: start + 2 * hour });
    expect(listed.map(({ reference }) => reference as string).sort()).toEqual(inside.sort());
    expect(listed.filter(({ paymentId }) => paymentId !== null)).toHaveLength(3);
  });

  test('cancels an open payment, and takes one that is closed already for cancelled', async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.provider.cancelPayment(reference);
    expect(await shop.provider.fetchPayment(reference)).toMatchObject({ state: 'cancelled', settlement: null });
    await expect(shop.provider.cancelPayment(reference)).resolves.toBeUndefined();
  });

  test('leaves a paid payment as it is when it is cancelled', async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.sandbox.visit({ provider: name, reference, action: 'pay' });
    await shop.provider.cancelPayment(reference);
    expect((await shop.provider.fetchPayment(reference)).state).toBe('confirmed');
  });

  test('cancels also when the first answer is lost', async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    shop.fail('reset_after', 'reset_after');
    await shop.provider.cancelPayment(reference);
    expect((await shop.provider.fetchPayment(reference)).state).toBe('cancelled');
  });

  test('sends webhooks that verify, that point to the payment, and whose copies have one key', async () => {
    await using shop = await openShop(name);
    shop.sandbox.faults(name).set({ duplicateWebhooks: 2 });
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.sandbox.visit({ provider: name, reference, action: 'pay' });
    const verdicts = await shop.verdicts();
    expect(verdicts.length).toBeGreaterThanOrEqual(3);
    for (const verdict of verdicts) expect(verdict).toMatchObject({ kind: 'event', reference, trust: 'signed' });
    const keys = verdicts.map((verdict) => (verdict.kind === 'event' ? verdict.eventKey : ''));
    expect(new Set(keys).size).toBe(verdicts.length / 3);
  });

  test('refuses a real delivery with one byte changed', async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.sandbox.visit({ provider: name, reference, action: 'pay' });
    await shop.sandbox.settle();
    const delivery = shop.sandbox.deliveries(name)[0];
    const headers = delivery?.headers ?? {};
    const forged = Buffer.from((delivery?.body ?? '').replace(/}$/, ']'));
    const verdict = shop.provider.verifyWebhook({ headers, body: forged }, shop.clock.now());
    expect(verdict).toEqual({ kind: 'refused', reason: 'signature_wrong' });
  });

  test('opens its breaker in an outage and comes back with the provider', async () => {
    await using shop = await openShop(name, { policy: { breakerFailuresMax: 5, breakerOpenMs: 1, attemptsMax: 3 } });
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    shop.sandbox.faults(name).set({ outage: true });
    for (let count = 0; count < 2; count += 1) {
      await expect(shop.provider.fetchPayment(reference)).rejects.toMatchObject({
        name: 'ProviderUnreachable',
        provider: name,
      });
    }
    expect(shop.registry.health(name)).toMatchObject({ breaker: 'open', openedAt: expect.any(Number) });
    shop.sandbox.faults(name).reset();
    await expect.poll(() => shop.provider.probe().then(() => shop.registry.health(name)?.breaker)).toBe('closed');
  });

  test('says how long to wait when it is limited for longer than we wait', async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    shop.sandbox.faults(name).set({ retryAfterSeconds: 90 });
    shop.fail('429');
    const failure = { name: 'ProviderRateLimited', retryAfterMs: 90_000, httpStatus: 429 };
    await expect(shop.provider.fetchPayment(reference)).rejects.toMatchObject(failure);
  });

  test('refuses a payment that it does not hold with the words of the provider', async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    const unknown = reference.replace(/...$/, '111') as typeof reference;
    await expect(shop.provider.fetchPayment(unknown)).rejects.toMatchObject({
      name: 'ProviderRejected',
      httpStatus: 404,
    });
  });
});
