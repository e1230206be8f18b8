import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { saveProduct } from '#orders/save-product.ts';
import { setLicenceSecret } from '#orders/set-licence-secret.ts';
import { rememberOption } from '#payments/exceptions/resolutions/accept-payment.ts';
import { resolveException } from '#payments/exceptions/resolve-exception.ts';
import { undoResolution } from '#payments/exceptions/undo-resolution.ts';
import { getOrderDetails, type OrderDetails } from '#payments/get-order.ts';
import { handleInboxEvent } from '#payments/handle-inbox-event.ts';
import type { Payment } from '#payments/payment.ts';
import { ProviderRejected, ProviderUnreachable } from '#payments/provider-errors.ts';
import { changeHoldLimit } from '#payments/sales/change-hold-limit.ts';
import { readHoldLimits } from '#payments/sales/hold-limit.ts';
import { pruneSales } from '#payments/sales/prune-sales.ts';
import type { Sale, SaleEvent } from '#payments/sales/sales-channel.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { anEvent, aSale, aSaleItem, createPaperChannel, type PaperChannel } from '#test/support/paper-channel.ts';
import { createTestDeps, type TestDeps } from '#test/support/payment-looks.ts';

const admin = { kind: 'admin', id: '42' } as const;
const by = { actor: admin, name: 'Ada' };
const failure = { provider: 'payhip', operation: 'verify_licence', code: null, httpStatus: 503 } as const;

interface Shop {
  deps: TestDeps;
  channel: PaperChannel;
  hear(told: SaleEvent | 'unreadable', change?: Parameters<typeof anEvent>[1]): ReturnType<typeof handleInboxEvent>;
  sell(change?: Partial<Sale>): ReturnType<typeof handleInboxEvent>;
  giveBack(returnedMinor: number, change?: Partial<Sale>): ReturnType<typeof handleInboxEvent>;
  paymentOf(reference?: string): Promise<Payment | undefined>;
  orderOf(reference?: string): Promise<OrderDetails>;
  addGuide(options?: { secret?: string }): Promise<string>;
}

function open(opened: TestDatabase): Shop {
  const made = createTestDeps(opened.database);
  const channel = createPaperChannel();
  const deps: TestDeps = { ...made, providers: channel };
  const hear: Shop['hear'] = (told, change) =>
    handleInboxEvent(deps, anEvent(told, change), new AbortController().signal);
  const paymentOf: Shop['paymentOf'] = (reference = 'sale-1') =>
    deps.database.read((stores) =>
      stores.payments.findPaymentByReference({ provider: 'payhip', reference: asProviderReference(reference) }),
    );
  return {
    ...{ deps, channel, hear, paymentOf },
    sell: (change) => hear({ kind: 'sold', sale: aSale(change) }),
    giveBack: (returnedMinor, change) =>
      hear({ kind: 'returned', returned: { sale: aSale(change), returnedMinor, returnedAt: null } }),
    async orderOf(reference) {
      const payment = await paymentOf(reference);
      const details = payment && (await getOrderDetails(deps, { id: payment.orderId }));
      if (details === undefined) throw new Error('the sale has no order');
      return details;
    },
    async addGuide(options = {}) {
      const draft = {
        sku: 'GUIDE',
        name: 'Field Guide',
        amountMinor: 900,
        currency: 'USD',
        channel: 'payhip',
        channelKey: 'RGsF',
      } as const;
      const saved = await saveProduct(deps, { draft, expectedVersion: null, actor: admin });
      if (!('productId' in saved)) throw new Error(`the product was not saved: ${saved.kind}`);
      const { productId } = saved;
      if (options.secret) await setLicenceSecret(deps, { productId, secret: options.secret, actor: admin });
      return productId;
    },
  };
}

const audited = async ({ deps }: Shop): Promise<string[]> => {
  const rows = await deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 50 }));
  return rows.map(({ action, reason }) => (reason === null ? action : `${action}: ${reason}`));
};

describe('an event of a channel', () => {
  test('makes an order of the day of the sale, with its fees, once however often it is handled', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide();
    expect(await shop.sell()).toEqual({ kind: 'done', outcome: 'paid' });
    expect(await shop.sell()).toEqual({ kind: 'done', outcome: 'known' });
    const { order, payments } = await shop.orderOf();
    expect(order).toMatchObject({ status: 'paid', origin: 'provider', createdAt: Date.UTC(2026, 10, 22, 2) });
    expect(payments).toMatchObject([
      { status: 'paid', trust: 'token', heldAt: null, feeAmount: '0.81', netAmount: '8.19', figuresAsset: 'USD' },
    ]);
  });

  test('handled by two workers at once makes one order', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide();
    await Promise.all([shop.sell(), shop.sell(), shop.giveBack(300), shop.giveBack(900)]);
    const { order, refunds } = await shop.orderOf();
    expect(order.status).toBe('refunded');
    expect(refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(900);
    const all = await shop.deps.database.read((stores) =>
      stores.orders.listOrders({ statuses: null, before: null, limit: 9 }),
    );
    expect(all).toHaveLength(1);
  });

  test('that cannot be read becomes a dead letter, so that its bytes are kept', async () => {
    await using opened = await openTestDatabase();
    expect(await open(opened).hear('unreadable')).toMatchObject({ kind: 'give_up' });
  });

  test('of a channel that is switched off becomes a dead letter, because nobody else knows of the sale', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    shop.channel.isOff = true;
    expect(await shop.sell()).toEqual({ kind: 'give_up', reason: 'the provider payhip is not configured' });
    shop.channel.isOff = false;
    expect(await shop.sell()).toMatchObject({ kind: 'done' });
  });

  test('without a time is held, and stands on the day on which it came', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide();
    await shop.sell({ soldAt: null });
    const { order } = await shop.orderOf();
    expect(order).toMatchObject({ status: 'needs_attention', createdAt: shop.deps.clock.now() });
    expect(order.attention).toContain('When it was sold is not told.');
  });

  test('keeps no licence key, not in the order, nor in the books beside it', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide({ secret: 'prod_sk_1' });
    shop.channel.licences.push({ kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' });
    await shop.sell({ items: [aSaleItem({ licenceKey: 'WTKP4-66NL5' })] });
    expect(JSON.stringify(await shop.orderOf())).not.toContain('WTKP4');
    expect(JSON.stringify(await audited(shop))).not.toContain('prod_sk_1');
    // What is not in the file yet is in the log beside it.
    for (const file of [opened.file, `${opened.file}-wal`])
      expect(readFileSync(file).includes('WTKP4-66NL5')).toBe(false);
    expect(readFileSync(`${opened.file}-wal`).includes('sale-1')).toBe(true);
  });
});

describe('a licence', () => {
  const known = { kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' } as const;
  const items = [aSaleItem({ licenceKey: 'KEY-1' })];

  test('vouches for one sale: with a second one that sale is held', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide({ secret: 's' });
    shop.channel.licences.push(known, known, known);
    expect(await shop.sell({ items })).toMatchObject({ outcome: 'paid' });
    expect(await shop.sell({ items, reference: asProviderReference('sale-2') })).toMatchObject({ outcome: 'held' });
    expect((await shop.orderOf('sale-2')).order.attention).toContain('the licence key came with T-1001 already');
  });

  test('that cannot be asked about is asked again, and at last the sale is held', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide({ secret: 's' });
    const away = () => new ProviderUnreachable({ ...failure, message: 'verify_licence: no answer' });
    shop.channel.licences.push(away());
    const sold = { kind: 'sold', sale: aSale({ items }) } as const;
    expect(await shop.hear(sold, { startedAttempts: 3 })).toMatchObject({ kind: 'retry' });
    expect(await shop.paymentOf()).toBeUndefined();
    shop.channel.licences.push(away());
    expect(await shop.hear(sold, { startedAttempts: 4 })).toMatchObject({ outcome: 'held' });
    expect((await shop.orderOf()).order.attention).toContain('could not be checked: verify_licence: no answer');
  });

  test('whose secret key Payhip does not take holds the sale at once', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide({ secret: 's' });
    shop.channel.licences.push(
      new ProviderRejected({ ...failure, httpStatus: 401, message: 'verify_licence: HTTP 401' }),
    );
    expect(await shop.sell({ items })).toMatchObject({ outcome: 'held' });
  });

  test('of a product without a secret key is asked of nobody', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide();
    expect(await shop.sell({ items })).toMatchObject({ outcome: 'paid' });
    expect(shop.channel.asked).toEqual([]);
  });
});

/** A person decides about the sale: by the exception that it is held under. */
async function decide(
  shop: Shop,
  asked: { action: 'accept' | 'reject'; reason: string; reference?: string; option?: string },
) {
  const { action, reason, option = null } = asked;
  const payment = await shop.paymentOf(asked.reference);
  const key = `payment_held:${payment?.orderId}`;
  const found = await shop.deps.database.read((stores) => stores.exceptions.listExceptionsByKeys([key]));
  return resolveException(shop.deps, { exceptionId: found[0]?.id ?? '', action, by, reason, option });
}

describe('a held payment', () => {
  test('is accepted once, with a reason, and the exception keeps who and why', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.sell();
    const payment = await shop.paymentOf();
    if (payment === undefined) throw new Error('there is no payment');
    const key = `payment_held:${payment.orderId}`;
    const before = await shop.deps.database.read((stores) => stores.exceptions.findOpenException(key));
    expect(before).toMatchObject({
      kind: 'payment_held',
      provider: 'payhip',
      reference: 'sale-1',
      paymentId: payment.id,
    });
    expect(await decide(shop, { action: 'accept', reason: ' ' })).toMatchObject({ kind: 'refused' });
    const accepted = await decide(shop, { action: 'accept', reason: 'I saw it' });
    expect(accepted).toEqual({ kind: 'decided', said: 'Accepted as paid.' });
    expect((await shop.orderOf()).order).toMatchObject({ status: 'paid', attention: null });
    expect(await decide(shop, { action: 'accept', reason: 'again' })).toEqual({ kind: 'over', by: 'Ada' });
    expect(await decide(shop, { action: 'reject', reason: 'again' })).toEqual({ kind: 'over', by: 'Ada' });
    const after = await shop.deps.database.read((stores) => stores.exceptions.findException(before?.id ?? ''));
    expect(after).toMatchObject({ status: 'resolved', resolution: 'accept', resolvedBy: 'Ada', reason: 'I saw it' });
    expect(await audited(shop)).toContain('exception.accept: I saw it');
    expect(await shop.paymentOf()).toMatchObject({
      heldAt: null,
      acceptedAt: shop.deps.clock.now(),
      acceptedBy: 'Ada',
    });
  });

  test('is held again when the acceptance is taken back', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.sell();
    const key = `payment_held:${(await shop.paymentOf())?.orderId}`;
    await decide(shop, { action: 'accept', reason: 'I saw it' });
    const [exception] = await shop.deps.database.read((stores) => stores.exceptions.listExceptionsByKeys([key]));
    const undone = await undoResolution(shop.deps, { exceptionId: exception?.id ?? '', by });
    expect(undone).toMatchObject({ kind: 'decided' });
    expect(await shop.paymentOf()).toMatchObject({ heldAt: expect.any(Number), acceptedAt: null });
    expect((await shop.orderOf()).order.status).toBe('needs_attention');
  });

  test('counts what went back while it was held, as soon as it is accepted', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.sell();
    await shop.giveBack(300);
    expect((await shop.orderOf()).order.status).toBe('needs_attention');
    await decide(shop, { action: 'accept', reason: 'I saw it' });
    expect((await shop.orderOf()).order.status).toBe('partially_refunded');
  });

  test('is rejected once, and what went back of it later changes no order', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.sell();
    const rejected = await decide(shop, { action: 'reject', reason: 'It is forged' });
    expect(rejected).toEqual({ kind: 'decided', said: 'Rejected: nothing is delivered.' });
    expect((await shop.orderOf()).order.status).toBe('cancelled');
    expect(await shop.paymentOf()).toMatchObject({ feeAmount: null, netAmount: null, figuresAsset: null });
    expect(await audited(shop)).toContain('exception.reject: It is forged');
    await shop.giveBack(900);
    const { order, refunds, payments } = await shop.orderOf();
    expect([order.status, payments[0]?.status, refunds.length]).toEqual(['cancelled', 'cancelled', 1]);
  });

  test('teaches the catalogue its product and price, or the new price of a known one', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.sell({ price: { amountMinor: 1_800, currency: 'USD' }, items: [aSaleItem({ quantity: 2 })] });
    const learnt = { action: 'accept', reason: 'I saw it', option: rememberOption } as const;
    expect(await decide(shop, learnt)).toMatchObject({ said: 'Accepted as paid, and RGsF is in the catalogue.' });
    const find = () =>
      shop.deps.database.read((stores) =>
        stores.products.listProductsByChannelKey({ channel: 'payhip', keys: ['RGsF'] }),
      );
    expect(await find()).toMatchObject([{ sku: 'RGsF', name: 'Field Guide', amountMinor: 900, currency: 'USD' }]);
    const reference = asProviderReference('sale-2');
    await shop.sell({ reference, price: { amountMinor: 1_200, currency: 'USD' } });
    await decide(shop, { ...learnt, reference });
    expect(await find()).toMatchObject([{ sku: 'RGsF', amountMinor: 1_200, version: 2 }]);
    expect(await audited(shop)).toEqual(expect.arrayContaining(['product.add', 'product.change']));
  });

  test.each<[what: string, sale: Partial<Sale>]>([
    ['two products', { items: [aSaleItem(), aSaleItem({ productKey: 'FoNt' })] }],
    ['a coupon', { coupons: [{ code: 'C', percent: '50', amountMinor: null }] }],
    ['tax', { vatMinor: 100 }],
    ['a product without a key', { items: [aSaleItem({ productKey: null })] }],
    ['a price that does not divide', { items: [aSaleItem({ quantity: 7 })] }],
  ])('with %s is accepted and teaches nothing', async (_what, sale) => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.sell(sale);
    const result = await decide(shop, { action: 'accept', reason: 'x', option: rememberOption });
    expect(result).toEqual({ kind: 'decided', said: 'Accepted as paid.' });
  });
});

describe('money that went back before its sale came', () => {
  test('waits for it, the most that was told, and is forgotten after a third of a year', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    await shop.addGuide();
    expect(await shop.giveBack(300)).toEqual({ kind: 'done', outcome: 'kept' });
    await shop.giveBack(200);
    await shop.giveBack(500, { reference: asProviderReference('never') });
    await shop.sell();
    expect((await shop.orderOf()).refunds).toMatchObject([{ amountMinor: 300, status: 'succeeded' }]);
    const limit = 100;
    expect(await pruneSales(shop.deps, { limit })).toEqual({ deleted: 0 });
    shop.deps.clock.advance(121 * day);
    expect(await pruneSales(shop.deps, { limit })).toEqual({ deleted: 1 });
    await shop.sell({ reference: asProviderReference('never') });
    expect((await shop.orderOf('never')).refunds).toEqual([]);
    expect((await shop.orderOf()).refunds).toHaveLength(1);
  });

  test('is kept for no more than so many sales; beyond, the event itself is kept as a dead letter', async () => {
    await using opened = await openTestDatabase();
    const shop = open(opened);
    const at = shop.deps.clock.now();
    await shop.deps.database.transaction(async ({ sales }) => {
      for (let count = 0; count < 500; count += 1) {
        const reference = asProviderReference(`waiting-${count}`);
        await sales.markReturned({ provider: 'payhip', reference, returnedMinor: 1, returnedAt: null, at });
      }
    });
    expect(await shop.giveBack(300)).toMatchObject({ kind: 'give_up' });
    await shop.addGuide();
    await shop.sell();
    expect((await shop.orderOf()).refunds).toEqual([]);
  });
});

describe('the hold limit', () => {
  test('is 100 USD at first, changes with an audit row, and lets no change be lost', async () => {
    await using opened = await openTestDatabase();
    const { deps } = open(opened);
    const limits = () => deps.database.read(readHoldLimits);
    expect(await limits()).toEqual({ limits: { USD: 10_000 }, version: 0 });
    const usd = { amountMinor: 5_000, currency: 'USD' };
    expect(await changeHoldLimit(deps, { limit: usd, actor: admin, expectedVersion: 0 })).toEqual({ kind: 'changed' });
    const eur = { amountMinor: 7_000, currency: 'EUR' };
    expect(await changeHoldLimit(deps, { limit: eur, actor: admin, expectedVersion: 0 })).toEqual({ kind: 'conflict' });
    expect(await changeHoldLimit(deps, { limit: eur, actor: admin, expectedVersion: 1 })).toEqual({ kind: 'changed' });
    expect(await changeHoldLimit(deps, { limit: eur, actor: admin, expectedVersion: 2 })).toEqual({
      kind: 'unchanged',
    });
    expect(await limits()).toEqual({ limits: { USD: 5_000, EUR: 7_000 }, version: 2 });
    const rows = await deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 9 }));
    expect(rows.map(({ details }) => details)).toEqual([
      { from: null, to: '70.00 EUR', version: 2 },
      { from: '100.00 USD', to: '50.00 USD', version: 1 },
    ]);
  });
});
