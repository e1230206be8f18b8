// A database whose amounts were counted with the decimals of the runtime's locale data is recounted with those of ISO 4217.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '#db/engine/migrations.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { asOrderId, asPaymentId } from '#kernel/ids.ts';
import { formatMoney } from '#kernel/money.ts';
import { insertText, noon, oldSchema, type Row } from './old-cases.ts';
import { type OldOrder, orderRow, paymentRow, productRow, refundRow, timelineRow } from './old-digits.ts';
import type { OldDatabase } from './take-over.ts';

const orders: readonly OldOrder[] = [
  { id: 'huf', currency: 'HUF', amountMinor: 4_990, asked: '4990', capturedMinor: 4_990, refundedMinor: 990 },
  { id: 'uncounted', currency: 'HUF', amountMinor: 4_990, asked: '4990', capturedMinor: -1 },
  { id: 'corrected', currency: 'HUF', amountMinor: 4_990, asked: '4990.00' },
  { id: 'unpaid', currency: 'IDR', amountMinor: 150_000, asked: null },
  { id: 'iqd', currency: 'IQD', amountMinor: 25_000, asked: '25000' },
  { id: 'right', currency: 'COP', amountMinor: 499_050, asked: '4990.50' },
  { id: 'jpy', currency: 'JPY', amountMinor: 500, asked: '500' },
  { id: 'usd', currency: 'USD', amountMinor: 4_900, asked: '49.00' },
  { id: 'kwd', currency: 'KWD', amountMinor: 12_345, asked: '12.345' },
  {
    id: 'told',
    currency: 'HUF',
    amountMinor: 499_050,
    asked: '499050',
    provider: 'payhip',
    cause: 'webhook',
    refundedMinor: 499_050,
  },
  { id: 'imported', currency: 'HUF', amountMinor: 4_990, asked: '4990', provider: 'payhip', cause: 'reconciliation' },
];

const question = (id: string, currency: string): Row => ({
  id,
  admin_id: 42,
  action: 'refund.request',
  payload: JSON.stringify({ amountMinor: 4_990, currency }),
  created_at: noon,
  expires_at: noon + 60_000,
});

const thresholds: Row = {
  key: 'sales.hold_above',
  value: JSON.stringify({ HUF: 40_000, IQD: 9_000, USD: 10_000 }),
  version: 3,
  updated_at: noon,
};

function statements(): string[] {
  return [
    ...orders.flatMap((order) => [
      insertText('orders', orderRow(order)),
      insertText('timeline_entries', timelineRow(order)),
      ...(order.asked === null ? [] : [insertText('payments', paymentRow(order, order.asked))]),
      ...(order.refundedMinor === undefined ? [] : [insertText('refunds', refundRow(order, order.refundedMinor))]),
    ]),
    insertText('products', productRow('guide', 'HUF', 4_990)),
    insertText('products', productRow('poster', 'JPY', 500)),
    insertText('stored_settings', thresholds),
    insertText('pending_actions', question('old', 'HUF')),
    insertText('pending_actions', question('kept', 'USD')),
  ];
}

export function describeOldDigits(engine: Engine, openOld: () => Promise<OldDatabase>): void {
  let old: OldDatabase;
  let database: OpenDatabase;

  beforeAll(async () => {
    old = await openOld();
    await old.run([...oldSchema(engine), ...statements()]);
    database = await old.open();
    await database.migrate();
  });
  afterAll(async () => {
    await database?.close();
    await old?.[Symbol.asyncDispose]();
  });

  const orderOf = async (id: string) => {
    const order = await database.read((stores) => stores.orders.findOrder(asOrderId(id)));
    if (order === undefined) throw new Error(`order ${id} is lost`);
    return order;
  };
  const paymentOf = async (id: string) => {
    const payment = await database.read((stores) => stores.payments.findPayment(asPaymentId(`payment-${id}`)));
    if (payment === undefined) throw new Error(`payment of ${id} is lost`);
    return payment;
  };
  const refundsOf = (id: string) => database.read((stores) => stores.refunds.listRefundsForOrder(asOrderId(id)));

  test.each([
    ['huf', '4990.00 HUF'],
    ['uncounted', '4990.00 HUF'],
    ['corrected', '4990.00 HUF'],
    ['iqd', '25000.000 IQD'],
    ['imported', '4990.00 HUF'],
    ['right', '4990.50 COP'],
    ['told', '4990.50 HUF'],
    ['jpy', '500 JPY'],
    ['usd', '49.00 USD'],
    ['kwd', '12.345 KWD'],
  ])('the order %s and its payment are over %s, as they were', async (id, amount) => {
    const order = await orderOf(id);
    expect(formatMoney(order)).toBe(amount);
    expect(formatMoney(await paymentOf(id))).toBe(amount);
  });

  test('an order without a payment is recounted with its items, in their order', async () => {
    const { items, ...order } = await orderOf('unpaid');
    expect(formatMoney(order)).toBe('150000.00 IDR');
    expect(items).toEqual([
      { sku: 'a', name: 'One', quantity: 1, unitAmountMinor: 14_999_900 },
      { sku: null, name: 'Two', quantity: 1, unitAmountMinor: 100 },
    ]);
  });

  test('what was captured and refunded is recounted with it, and what was not counted yet stays so', async () => {
    expect((await paymentOf('huf')).capturedMinor).toBe(499_000);
    expect((await paymentOf('uncounted')).capturedMinor).toBe(-1);
    expect((await refundsOf('huf')).map(formatMoney)).toEqual(['990.00 HUF']);
    expect((await refundsOf('told')).map(formatMoney)).toEqual(['4990.50 HUF']);
  });

  test('what a provider is asked for stays as it is, and the decimals of what Payhip told are put right', async () => {
    expect(await paymentOf('huf')).toMatchObject({ requestedAmount: '4990', receivedAmount: '4990', updatedAt: noon });
    const told = await paymentOf('told');
    expect(told).toMatchObject({ requestedAmount: '4990.50', expectedAmount: '4990.50', receivedAmount: '4990.50' });
    expect(told.feeAmount).toBeNull();
    // The ledger corrects what it holds of a payment that was changed.
    expect(told.updatedAt).toBeGreaterThan(noon);
    expect((await refundsOf('told')).map(({ requestedAmount }) => requestedAmount)).toEqual(['4990.50']);
  });

  test('products are recounted, and review thresholds that may be meant either way are set anew by an admin', async () => {
    const products = await database.read((stores) => stores.products.listProducts({ after: null, limit: 9 }));
    expect(products.map(formatMoney)).toEqual(['4990.00 HUF', '500 JPY']);
    const stored = await database.read((stores) => stores.settings.findSetting('sales.hold_above'));
    expect(stored?.value).toEqual({ USD: 10_000 });
    expect(stored?.version).toBe(3);
  });

  test('a question that was asked with an old amount cannot be answered any more', async () => {
    const answer = (id: string) =>
      database.transaction(({ pendingActions }) => pendingActions.consume({ id, adminId: 42, now: noon }));
    expect(await answer('old')).toBeUndefined();
    expect(await answer('kept')).toMatchObject({ payload: { amountMinor: 4_990, currency: 'USD' } });
  });
}
