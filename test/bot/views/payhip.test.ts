import { describe, expect, test } from 'vitest';
import { confirmationView } from '#bot/kit/confirmation.ts';
import { couponList, couponQuestion } from '#bot/screens/channels/coupons-view.ts';
import { productCard, productList, saveQuestion } from '#bot/screens/channels/products-view.ts';
import { reviewQuestion } from '#bot/screens/channels/review-question.ts';
import { importPlan, importReport, importResult, importUnderWay } from '#bot/screens/channels/sales-import-view.ts';
import { settingsView } from '#bot/screens/channels/settings-view.ts';
import { orderCard } from '#bot/screens/orders/order-card-view.ts';
import { foundOrders } from '#bot/screens/orders/order-list-view.ts';
import type { Product } from '#catalog/product.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { ExportDifference } from '#payments/channels/compare-with-export.ts';
import type { ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { StoredSubscription } from '#payments/ports/channel-order-store.ts';
import type { ExportedOrder } from '#payments/ports/sales-channel.ts';
import { aCoupon, anOrder, aPage, aPayment, aProduct, at, drawn, hostile, look } from '../support/values.ts';

const pendingId = 'AAECAwQFBgcICQoLDA0ODw';
const heldOrder = anOrder({
  status: 'needs_attention',
  origin: 'provider',
  amountMinor: 900,
  reference: 'ZGjVj5x4GN',
  items: [{ sku: 'RGsF', name: 'Field Guide', quantity: 1, unitAmountMinor: 900 }],
  attention: 'held: “Field Guide” (RGsF) is not in the catalogue.',
});
const heldPayment = aPayment({
  provider: 'payhip',
  status: 'paid',
  trust: 'token',
  providerStatus: 'paid by card',
  heldAt: at,
  checkoutUrl: null,
  receivedAmount: '9.00',
  expectedAmount: '9.00',
  receivedAsset: 'USD',
});

test('the card of a held sale says why it is held, on whose word, and offers the decision first', () => {
  const details = { order: heldOrder, payments: [heldPayment], refunds: [], cases: [], timeline: [] };
  expect(
    drawn(orderCard(details, { ...look, providerUrl: null, buttons: 'full', canRefund: false })),
  ).toMatchInlineSnapshot(`
    "⚠️ <b>T-1042</b> · needs attention
    <b>9.00 USD</b>
    Field Guide
    ⚠️ Held: “Field Guide” (RGsF) is not in the catalogue.
    💰 Payhip: payment paid
    Received 9.00 USD of 9.00
    Told by Payhip under a shared secret, not confirmed: “paid by card”, 22 Nov, 04:01
    ✋ Held since 22 Nov, 04:00: accept or reject it

    Customer <code>ann@example.org</code> <code>Ann</code>
    Reference <code>ZGjVj5x4GN</code>
    Made 22 Nov, 04:00
    [Accept sale](order:accept:AZL1oHw-eryN7wEjRWeJqw) [Reject sale](order:reject:AZL1oHw-eryN7wEjRWeJqw)
    [Accept, remember price](order:remember:AZL1oHw-eryN7wEjRWeJqw)
    [‹ Orders](order:back:AZL1oHw-eryN7wEjRWeJqw)"
  `);
});

test('what may be learnt of a sale is offered only where it can be', () => {
  const card = (change: Parameters<typeof anOrder>[0], heldAt: number | null = at) =>
    drawn(
      orderCard(
        {
          order: { ...heldOrder, ...change },
          payments: [{ ...heldPayment, heldAt }],
          refunds: [],
          cases: [],
          timeline: [],
        },
        { ...look, providerUrl: null, buttons: 'full', canRefund: false },
      ),
    );
  expect(card({})).toContain('Accept, remember price');
  expect(card({ metadata: { coupon: 'C' } })).not.toContain('Accept, remember price');
  expect(card({}, null)).not.toContain('Accept');
});

test.each(['accept', 'remember', 'reject'] as const)('the question before %s says what will happen', (decision) => {
  const { ask, about, warn, reasons } = reviewQuestion(heldOrder, { payment: heldPayment, decision });
  expect(about).toContain('T-1042');
  expect(ask.endsWith('?') && warn.endsWith('.') && reasons.length === 3).toBe(true);
});

test('the question before a price is remembered says what it changes in the catalogue', () => {
  const warning = (change: Parameters<typeof anOrder>[0], known?: Product) => {
    const order = { ...heldOrder, ...change };
    return reviewQuestion(order, { payment: heldPayment, decision: 'remember', known }).warn;
  };
  const [item] = heldOrder.items;
  if (item === undefined) throw new Error('the order has no item');
  const cheap = { amountMinor: item.quantity, items: [{ ...item, sku: 'NfPk' }] };
  expect(warning(cheap)).toContain('learns NfPk at 0.01 USD,');
  const known = aProduct({ sku: 'NIGHTFALL', amountMinor: 2_400 });
  expect(warning(cheap, known)).toContain('changes NIGHTFALL from 24.00 USD to 0.01 USD,');
  expect(warning(cheap, { ...known, amountMinor: 1 })).toContain('has NIGHTFALL at 0.01 USD already');
  expect(warning({ ...cheap, amountMinor: 0 })).toContain('learns nothing');
});

test('the settings are told as a person would', () => {
  expect(drawn(settingsView({ USD: 10_000, EUR: 8_000 }, ['payhip']))).toMatchInlineSnapshot(`
    "<b>Settings</b>
    Hold Payhip sales above: <b>80.00 EUR</b>
    Hold Payhip sales above: <b>100.00 USD</b>
    In other currencies all Payhip sales are held.

    <i>A held sale counts once somebody accepts it. Everything else is set in the environment.</i>
    [Change EUR](hold_limit:EUR) [Change USD](hold_limit:USD)
    [Another currency](hold_limit:new)"
  `);
});

describe('the catalogue', () => {
  test('is a line for each product, and a button that opens it', () => {
    const products = [
      aProduct({ hasLicenseSecret: true }),
      aProduct({ sku: 'LOOPS', name: hostile, channel: null, channelKey: null }),
    ];
    expect(drawn(productList(aPage(products, { key: 'x' }), ['payhip'])).slice(0, 200)).toMatchInlineSnapshot(`
      "<b>Products</b>
      <b>GUIDE</b> Field Guide · 9.00 USD · Payhip <code>RGsF</code> 🔑
      <b>LOOPS</b> &lt;b&gt;Eve&lt;/b&gt; &amp; &quot;co&quot; evil /refund T-1 😀👩‍👩‍👧‍👦👩‍👩‍👧‍👦… · 9.00 USD

      Add or"
    `);
    expect(productList(aPage([], { key: 'x' }), ['payhip']).text).toContain('every Payhip sale is held');
  });

  test('shows of a secret only that it is set', () => {
    expect(drawn(productCard(aProduct({ hasLicenseSecret: true }), look))).toMatchInlineSnapshot(`
      "📦 <b>GUIDE</b> Field Guide
      <b>9.00 USD</b>
      At Payhip: key <code>RGsF</code>
      License secret: set; licenses are checked
      Changed 22 Nov, 04:00
      To change it: <code>/products change GUIDE 9.00 USD payhip=RGsF Field Guide</code>
      [Replace secret](product:secret:AZL1oHw-eryN7wEjRWeJqw) [Forget secret](product:clear:AZL1oHw-eryN7wEjRWeJqw)
      [Remove](product:remove:AZL1oHw-eryN7wEjRWeJqw)
      [‹ Products](products)"
    `);
    expect(productCard(aProduct({ name: hostile }), look).text.length).toBeLessThan(4_096);
  });

  test('asks before a price is saved, beside what it is so far', () => {
    const draft = { ...aProduct(), amountMinor: 1_200 };
    expect(drawn(confirmationView(saveQuestion(draft, aProduct()), { pendingId }))).toMatchInlineSnapshot(`
      "❓ <b>Change this product?</b>
      <b>GUIDE</b> Field Guide · <b>12.00 USD</b>
      At Payhip: key <code>RGsF</code>
      So far: Field Guide · 9.00 USD
      Payhip sales that fit it count at once, up to the review threshold.
      <i>Good for 2 minutes, for you only.</i>
      [Yes, save it](confirm:AAECAwQFBgcICQoLDA0ODw)
      [No, go back](products)"
    `);
  });
});

test('coupons are listed page by page, with what each takes off', () => {
  const coupons = [
    aCoupon(),
    aCoupon({ code: 'FIVE', percent: null, amountMinor: 500, productKey: 'RGsF', usageLimit: 9 }),
  ];
  expect(
    drawn(couponList(aPage(coupons, { key: 'x' }), { ...look, channel: 'payhip', count: 2, isWhole: true })),
  ).toMatchInlineSnapshot(`
    "<b>Payhip: 2 coupons</b>
    <b>SPRING</b> 20% off · all products · used 3
    <b>FIVE</b> 5.00 off · <code>RGsF</code> · used 3 of 9

    New: <code>/coupons new CODE 20% [PRODUCT], or 5.00 instead of 20%</code>"
  `);
  expect(
    drawn(confirmationView(couponQuestion(aCoupon(), { channel: 'payhip', about: 'all products' }), { pendingId })),
  ).toContain('20% off');
});

test('a subscription that was found stands beside the orders', () => {
  const subscription: StoredSubscription = {
    provider: 'payhip',
    reference: 'SUB_1',
    status: 'canceled',
    customerEmail: 'ann@example.org',
    customerName: null,
    planName: 'Monthly',
    productName: 'Fonts',
    startedAt: at,
    endedAt: at,
    updatedAt: at,
  };
  expect(
    foundOrders({ text: 'ann', orders: [], newest: null, subscriptions: [subscription] }, look).text,
  ).toMatchInlineSnapshot(`
    "<b>0 orders, 1 subscription</b> for “ann”
    🔁 Payhip <code>SUB_1</code> Fonts, Monthly · canceled, started 22 Nov, 04:00, ended 22 Nov, 04:00 · <code>ann@example.org</code>"
  `);
});

describe('an import', () => {
  const exported: ExportedOrder = {
    line: 2,
    lineCount: 1,
    reference: asProviderReference('A1'),
    customerEmail: '=cmd@example.org',
    currencies: ['USD'],
    readings: [{ amount: '9.00', otherwise: '9.00', returned: '0' }],
    productNames: [],
    soldAt: at,
  };
  const missing: ExportDifference = {
    kind: 'missing_here',
    reference: exported.reference,
    payment: null,
    here: 'unknown',
    there: '9.00 USD',
    mayHeal: false,
    snapshot: null,
    channelOrder: exported,
    healing: { kind: 'add_sale', price: { amountMinor: 900, currency: 'USD' }, returnedMinor: 0 },
  };
  const differs: ExportDifference = { ...missing, kind: 'amount', payment: heldPayment, healing: { kind: 'none' } };
  const about = {
    provider: 'payhip',
    fileName: 'sales.csv',
    unreadable: [{ line: 9, fault: 'amount_unreadable' }],
  } as const;
  const run: ReconciliationRun = {
    id: 'r',
    provider: 'payhip',
    status: 'finished',
    windowFrom: at,
    windowTo: at,
    startedAt: at,
    finishedAt: at,
    takenUpAt: null,
    startedBy: 'admin:42',
    comparedCount: 3,
    matchedCount: 1,
    healedCount: 1,
    openCount: 1,
    error: null,
  };
  const outcomes = [
    { difference: missing, isHealed: true },
    { difference: differs, isHealed: false },
  ];

  test('says in its dry run what it would do', () => {
    const plan = { compared: 3, differences: [missing, differs], window: { from: at, to: at }, isWhole: true };
    expect(drawn(importPlan(plan, { ...about, ...look, pendingId }))).toMatchInlineSnapshot(`
      "📄 <b>Dry run</b>: nothing is changed yet
      <code>sales.csv</code> · Payhip · 22 Nov to 22 Nov
      3 sales compared: 1 match, 2 differences
      Would add 1 sale as held.
      1 difference would stay open for you.
      ➕ missing here <code>A1</code>: here unknown; there line 2, 9.00 USD
      • amount differs <code>A1</code>: here unknown; there line 2, 9.00 USD
      ⛔ line 9: its amount is not readable
      <i>Good for 10 minutes, for you only.</i>
      [Do it](confirm:AAECAwQFBgcICQoLDA0ODw) [Leave it](dismiss)"
    `);
  });

  test('says when there are too many payments to look for those that the export lacks', () => {
    const plan = { compared: 3, differences: [], window: { from: at, to: at }, isWhole: false };
    const { text } = importPlan(plan, { ...about, ...look, pendingId });
    expect(text).toContain('too many payments here to say which of them it lacks');
    expect(importUnderWay(20_000, 'payhip').text).toBe("⏳ Comparing 20000 sales with Payhip's export …");
  });

  test('of thousands of differences is one message all the same', () => {
    const plan = {
      compared: 5_000,
      differences: Array.from({ length: 5_000 }, () => missing),
      window: null,
      isWhole: true,
    };
    const view = importPlan(plan, { ...about, ...look, pendingId });
    expect(view.text.split('\n').length).toBeLessThanOrEqual(20);
    expect(view.text).toContain('more differences');
    expect(view.text).toContain('Would add 5000 sales as held.');
  });

  test('says at its end what is healed and what is open', () => {
    expect(drawn(importResult({ run, outcomes }, about))).toMatchInlineSnapshot(`
      "⚠️ <b>Compared with Payhip's export</b>
      3 sales: 1 match, 1 healed, 1 open
      • amount differs <code>A1</code>: here unknown; there line 2, 9.00 USD
      ⛔ line 9: its amount is not readable"
    `);
  });

  test('sends a file back that is safe in a spreadsheet', async () => {
    const report = (await importReport({ run, outcomes }, about)).toString();
    expect(report).toMatchInlineSnapshot(`
      "﻿result,finding,transaction,line,email,here,there
      healed,missing here,A1,2,'=cmd@example.org,unknown,9.00 USD
      open,amount differs,A1,2,'=cmd@example.org,unknown,9.00 USD
      unreadable,its amount is not readable,,9,,,
      "
    `);
    expect(report).not.toContain(',=cmd');
  });
});
