import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import type { FaultKind } from '#sandbox/providers/contract.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { abilities, providersThat } from '#test/support/providers/abilities.ts';
import type { Abilities } from './provider-case.ts';
import { cases } from './registry.ts';
import { listAll, openShop } from './shop.ts';

// What every adapter promises, shown before its simulated provider. What an adapter is not expected to do it is not asked
// for: its list of tests is shorter, and what it cannot do is shown to the admin instead.

describe.each(providerNames)('%s', (name) => {
  test('is registered under its own name and answers a probe', async () => {
    await using shop = await openShop(name);
    expect(shop.provider.name).toBe(name);
    await expect(shop.provider.probe()).resolves.toBeUndefined();
    expect(shop.registry.health(name)).toMatchObject({ provider: name, breaker: 'closed', lastError: null });
  });

  test('says of itself exactly what is expected of it', async () => {
    await using shop = await openShop(name);
    expect(abilitiesOf(shop.provider)).toEqual(abilities[name]);
  });

  test('says in a sentence each what a set-up cannot do, also with the least settings', async () => {
    for (const { without, abilities: differences } of [{ without: [], abilities: {} }, ...cases[name].lesserSetUps]) {
      const environment = Object.fromEntries(without.map((setting) => [setting, '']));
      await using shop = await openShop(name, { environment });
      const expected = { ...abilities[name], ...differences };
      expect(abilitiesOf(shop.provider)).toEqual(expected);
      for (const gap of shop.provider.capabilities.gaps) expect(gap).toMatch(/^[A-Z].+\.$/);
      const { canCreate, canFetch, canList, canCancel, canFindLostCreate } = expected;
      const cannot = [canCreate, canFetch, canList, canCancel, canFindLostCreate].some((can) => !can);
      if (cannot) expect(expected.gaps).toBeGreaterThan(0);
    }
  });

  test('says what its provider does with underpaid, overpaid and late payments', () => {
    expect(abilities[name].returnsOddPayments).toBe(simulators[name].returnsOddPayments);
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
});

describe.each(providersThat('canCreate', 'canFetch'))('%s', (name) => {
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
      isMarkedSettled: false,
      transactionIds: [],
    });
    const [record] = shop.records();
    expect(record).toMatchObject({ reference: made.reference, checkoutUrl: made.checkoutUrl });
    const look = await shop.provider.fetchPayment(made.reference, await shop.lookOptions(made.reference, request));
    expect(tellsTheSame(look, made)).toEqual(made);
  });

  test('shows the money received, fetched with the details that its webhooks gave', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    await shop.visit(reference, 'pay');
    const look = await shop.provider.fetchPayment(reference, await shop.lookOptions(reference, request));
    expect(look).toMatchObject({ state: 'confirmed', trust: 'fetched', requested: shop.provider.quote(request.money) });
  });

  test('shows of a payment nothing that belongs to another, whatever the details say', async () => {
    await using shop = await openShop(name);
    const [paid, unpaid] = [shop.anOrder(), shop.anOrder()];
    const { reference: paidReference } = await shop.provider.createPayment(paid);
    const made = await shop.provider.createPayment(unpaid);
    await shop.visit(paidReference, 'pay');
    const { details } = await shop.lookOptions(paidReference, paid);
    const own = await shop.lookOptions(made.reference, unpaid);
    const look = await shop.provider.fetchPayment(made.reference, { ...own, details: details ?? [] });
    expect(look).toMatchObject({ reference: made.reference, state: 'open', settlement: null });
  });

  test('ends a fetch when its signal aborts', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    await shop.visit(reference, 'pay');
    const options = await shop.lookOptions(reference, request);
    const look = shop.provider.fetchPayment(reference, { ...options, signal: AbortSignal.abort() });
    await expect(look).rejects.toMatchObject({ name: 'ProviderUnreachable' });
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
    shop.clock.set(shop.clock.now() + 1);
    await shop.provider.probe();
    expect(shop.registry.health(name)).toMatchObject({ breaker: 'closed' });
  });

  test('says how long to wait when it is rate-limited for longer than we wait', async () => {
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

describe.each(providersThat('canCreate', 'canFindLostCreate'))('%s', (name) => {
  test('creates once, however often it is asked', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const first = await shop.provider.createPayment(request);
    expect((await shop.provider.createPayment(request)).reference).toBe(first.reference);
    expect(shop.records()).toHaveLength(1);
  });

  test('says what is true today when a create is repeated after the buyer has paid', async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    await shop.visit(reference, 'pay');
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
    const usual = ['ok', 'unreachable', 'rate_limited', ...(cases[name].isRefusalUsual ? ['rejected'] : [])];
    expect(outcomes).toEqual(new Set(usual));
  });
});

const forgetful = providersThat('canCreate').filter((name) => !abilities[name].canFindLostCreate);
for (const name of forgetful) {
  test.each<FaultKind>(['reset_after', 'timeout_after'])(
    `${name}: leaves one payment, and no second, when the answer to a create is lost (%s)`,
    async (fault) => {
      await using shop = await openShop(name);
      shop.failCreate(fault);
      const request = shop.anOrder();
      await expect(shop.provider.createPayment(request)).rejects.toMatchObject({ name: 'ProviderUnreachable' });
      expect(shop.records()).toHaveLength(1);
      expect(await shop.provider.findCreatedPayment(request)).toBeUndefined();
    },
  );
}

describe.each(providersThat('canCreate', 'canList'))('%s', (name) => {
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
});

describe.each(providersThat('canCreate', 'canFetch', 'canCancel'))('%s', (name) => {
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
    await shop.visit(reference, 'pay');
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
});

const underpayable = providersThat('canCreate', 'canFetch', 'canCancel').filter((name) =>
  simulators[name].visits.includes('underpay'),
);
for (const name of underpayable) {
  test(`${name}: leaves a payment with a part of its money as it is when it is cancelled`, async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.visit(reference, 'underpay');
    const before = await shop.provider.fetchPayment(reference);
    await shop.provider.cancelPayment(reference);
    expect(await shop.provider.fetchPayment(reference)).toMatchObject({
      state: before.state,
      settlement: before.settlement,
    });
  });
}

const unlisted = providerNames.filter((name) => !abilities[name].canList);
const uncancellable = providerNames.filter((name) => !abilities[name].canCancel);
for (const name of unlisted) {
  test(`${name}: refuses to be listed, as it says`, async () => {
    await using shop = await openShop(name);
    await expect(listAll(shop.provider, { from: 0, to: 1 })).rejects.toMatchObject({ name: 'ProviderRejected' });
  });
}
for (const name of uncancellable) {
  test(`${name}: refuses to cancel, as it says`, async () => {
    await using shop = await openShop(name);
    const { reference } = shop.sandbox.createForeign(name, { amount: '5.00' });
    await expect(shop.provider.cancelPayment(asProviderReference(reference))).rejects.toMatchObject({
      name: 'ProviderRejected',
    });
  });
}

function abilitiesOf(provider: PaymentProvider): Abilities {
  const { gaps, tellsFees = false, listsWholeDays: _, ...can } = provider.capabilities;
  const ledger = provider.fees === null ? 'none' : 'ledger';
  return {
    ...can,
    fees: tellsFees ? 'snapshot' : ledger,
    refunds: provider.refunds?.way ?? 'none',
    isSalesChannel: provider.sales !== undefined,
    gaps: gaps.length,
  };
}

/** Details that a fetch leaves out are taken from the create: some providers send an address or a time only once. */
function tellsTheSame(look: PaymentSnapshot, before: PaymentSnapshot): PaymentSnapshot {
  const told = Object.entries(look).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(told) };
}
