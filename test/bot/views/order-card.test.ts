import { describe, expect, test } from 'vitest';
import { confirmationView } from '#bot/kit/confirmation.ts';
import { allowsButton, type OrderCardOptions, orderCard } from '#bot/screens/orders/order-card-view.ts';
import { foundOrders, orderList } from '#bot/screens/orders/order-list-view.ts';
import { orderQuestion } from '#bot/screens/orders/order-questions.ts';
import { asPaymentId } from '#kernel/ids.ts';
import { decideOrder, type OrderEvent } from '#orders/decide-order.ts';
import { orderStatuses } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { anEntry, anException, anOrder, aPage, aPayment, aPlace, at, drawn, hostile, look } from '../support/values.ts';

const full: OrderCardOptions = {
  ...look,
  providerUrl: 'https://btcpay.example.org/invoices/XED',
  buttons: 'full',
  canRefund: false,
};
const minute = 60_000;

describe('an order card', () => {
  test('shows a waiting order, its link, and the provider word that its state rests on', () => {
    const details = { order: anOrder(), payments: [aPayment()], refunds: [], cases: [], timeline: [anEntry()] };
    expect(drawn(orderCard(details, full))).toMatchInlineSnapshot(`
      "⏳ <b>T-1042</b> · awaiting payment
      <b>49.00 USD</b>
      License key
      ⏳ BTCPay: payment created
      Confirmed with BTCPay: “New”, 22 Nov, 04:01
      Pay at https://pay.example.org/i/XED

      Customer <code>ann@example.org</code> <code>Ann</code>
      Reference <code>web-77</code>
      Made 22 Nov, 04:00 · open until 22 Nov, 05:00

      <b>History</b>
      22 Nov, 04:00 · order of 49.00 USD from the store <i>(store)</i>
      [Check again](order:check:AZL1oHw-eryN7wEjRWeJqw) [New payment link](order:link:AZL1oHw-eryN7wEjRWeJqw)
      [Cancel order](order:cancel:AZL1oHw-eryN7wEjRWeJqw) [Mark paid](order:paid:AZL1oHw-eryN7wEjRWeJqw)
      [Open at provider](https://btcpay.example.org/invoices/XED)
      [‹ Orders](order:back:AZL1oHw-eryN7wEjRWeJqw)"
    `);
  });

  test('shows a paid order with what came and every time in the zone of the admins', () => {
    const order = anOrder({ status: 'paid', paidAt: at + 2 * minute });
    const payment = aPayment({
      status: 'paid',
      providerStatus: 'Settled / None',
      expectedAmount: '0.00053',
      receivedAmount: '0.00053',
      receivedAsset: 'BTC',
      paidAt: at + 2 * minute,
    });
    const timeline = [
      anEntry(),
      anEntry({ at: at + 2 * minute, text: 'paid in full', causeKind: 'webhook', trust: 'fetched' }),
    ];
    expect(
      drawn(orderCard({ order, payments: [payment], refunds: [], cases: [], timeline }, full)),
    ).toMatchInlineSnapshot(`
      "💰 <b>T-1042</b> · paid
      <b>49.00 USD</b>
      License key
      💰 BTCPay: payment paid
      Received 0.00053 BTC of 0.00053
      Confirmed with BTCPay: “Settled / None”, 22 Nov, 04:01

      Customer <code>ann@example.org</code> <code>Ann</code>
      Reference <code>web-77</code>
      Made 22 Nov, 04:00 · paid 22 Nov, 04:02

      <b>History</b>
      22 Nov, 04:00 · order of 49.00 USD from the store <i>(store)</i>
      22 Nov, 04:02 · paid in full <i>(webhook, fetched)</i>
      [Check again](order:check:AZL1oHw-eryN7wEjRWeJqw) [Mark delivered](order:deliver:AZL1oHw-eryN7wEjRWeJqw)
      [Open at provider](https://btcpay.example.org/invoices/XED)
      [‹ Orders](order:back:AZL1oHw-eryN7wEjRWeJqw)"
    `);
  });

  describe('says what was received over all links', () => {
    const link = (id: number, received: string | null, change: Partial<Payment> = {}): Payment => ({
      ...aPayment({ status: 'paid', expectedAmount: received, receivedAmount: received, receivedAsset: 'USD' }),
      id: asPaymentId(`0192f5a0-0000-7000-8000-00000000000${id}`),
      ...change,
    });
    const card = (payments: Payment[], amountMinor = 4_900, currency = 'USD'): string => {
      const order = anOrder({ status: 'paid', amountMinor, currency });
      return orderCard({ order, payments, refunds: [], cases: [], timeline: [] }, full).text;
    };
    const part = { amountMinor: 2_450 };
    const inCoin = { receivedAsset: 'BTC', expectedAmount: '0.0006', receivedAmount: '0.0003' };
    const yen = { currency: 'JPY', requestedAsset: 'JPY', receivedAsset: 'JPY' };

    test.each<[what: string, payments: Payment[], words: string]>([
      ['two halves', [link(1, '24.50', part), link(2, '24.50', part)], 'Received 49.00 USD of 49.00, in 2 payments'],
      ['paid twice', [link(1, '49.00'), link(2, '49.00')], 'Received 98.00 USD of 49.00, in 2 payments'],
      ['paid twice on one link', [link(1, '98.00', { expectedAmount: '49.00' })], 'Received 98.00 USD of 49.00'],
      [
        'a part, and a new link that nobody has paid',
        [link(1, '20.00', { status: 'underpaid', expectedAmount: '49.00' }), link(2, null, { status: 'created' })],
        'Received 20.00 USD of 49.00\n',
      ],
      [
        'half in a coin, half in the currency',
        [link(1, null, { status: 'underpaid', ...inCoin }), link(2, '24.50', part)],
        'Received 49.00 USD of 49.00, in 2 payments',
      ],
      [
        'one that was taken back',
        [link(1, '49.00', { status: 'reversed' }), link(2, '49.00')],
        'Received 49.00 USD of 49.00\n',
      ],
    ])('%s', (_what, payments, words) => {
      expect(`${card(payments)}\n`).toContain(words);
    });

    test('with the places of the currency', () => {
      const short = link(1, '500', { ...yen, status: 'underpaid', amountMinor: 1_200, expectedAmount: '1200' });
      expect(card([short], 1_200, 'JPY')).toContain('Received 500 JPY of 1200\n');
      const rest = link(2, '700', { ...yen, amountMinor: 700 });
      expect(card([short, rest], 1_200, 'JPY')).toContain('Received 1200 JPY of 1200, in 2 payments');
    });

    test('with the fees of all of them, per asset, and the payout where all was paid out', () => {
      const fees = (fee: string, net: string, figuresAsset = 'USD') => ({
        feeAmount: fee,
        netAmount: net,
        figuresAsset,
      });
      const [first, second] = [link(1, '24.50', { ...part, ...fees('0.25', '24.25') }), link(2, '24.50', part)];
      expect(card([first, second])).toContain('Fee 0.25 USD, net 24.25 USD\n');
      const both = [first, { ...second, ...fees('0.35', '24.15') }];
      expect(card(both)).toContain('Fee 0.60 USD, net 48.40 USD\n');
      expect(
        card([
          { ...first, settledAt: at },
          { ...second, ...fees('1', '2', 'USDC') },
        ]),
      ).toMatch(/Fee 0\.25 USD, net 24\.25 USD\nFee 1 USDC, net 2 USDC\n/);
      const settled = both.map((payment, index) => ({ ...payment, settledAt: at + index * 60 * minute }));
      expect(card(settled)).toContain('net 48.40 USD · settled 22 Nov, 05:00');
    });

    test('and nothing where nothing came', () => {
      expect(card([link(1, null), link(2, null)])).not.toContain('Received');
    });
  });

  test('shows what the provider kept and passed on, and when it paid that out, as far as it told', () => {
    const figures = { feeAmount: '0.61', netAmount: '48.39', figuresAsset: 'USDC' };
    const shown = (change: Partial<Payment>) => {
      const payment = aPayment({ status: 'paid', ...change });
      const { text } = orderCard({ order: anOrder(), payments: [payment], refunds: [], cases: [], timeline: [] }, full);
      return text.split('\n').filter((row) => /fee|settled/i.test(row));
    };
    expect(shown({})).toEqual([]);
    expect(shown(figures)).toEqual(['Fee 0.61 USDC, net 48.39 USDC']);
    expect(shown({ ...figures, settledAt: at })).toEqual(['Fee 0.61 USDC, net 48.39 USDC · settled 22 Nov, 04:00']);
    expect(shown({ settledAt: at })).toEqual(['Settled 22 Nov, 04:00']);
  });

  test('says why an order needs attention', () => {
    const order = anOrder({ status: 'needs_attention', attention: '20.00 USD of 49.00 USD received.' });
    const { text } = orderCard(
      { order, payments: [aPayment({ status: 'underpaid' })], refunds: [], cases: [], timeline: [] },
      full,
    );
    expect(text).toContain('⚠️ 20.00 USD of 49.00 USD received.');
  });

  test('whose only payment failed says that a new link is needed, and offers it first', () => {
    const payment = aPayment({ status: 'failed', providerStatus: 'FAILED' });
    expect(
      drawn(orderCard({ order: anOrder(), payments: [payment], refunds: [], cases: [], timeline: [] }, full)),
    ).toMatchInlineSnapshot(`
      "⏳ <b>T-1042</b> · awaiting payment
      <b>49.00 USD</b>
      License key
      ⛔ BTCPay: payment failed; a new link is needed
      Confirmed with BTCPay: “FAILED”, 22 Nov, 04:01

      Customer <code>ann@example.org</code> <code>Ann</code>
      Reference <code>web-77</code>
      Made 22 Nov, 04:00 · open until 22 Nov, 05:00
      [New payment link](order:link:AZL1oHw-eryN7wEjRWeJqw) [Check again](order:check:AZL1oHw-eryN7wEjRWeJqw)
      [Cancel order](order:cancel:AZL1oHw-eryN7wEjRWeJqw) [Mark paid](order:paid:AZL1oHw-eryN7wEjRWeJqw)
      [Open at provider](https://btcpay.example.org/invoices/XED)
      [‹ Orders](order:back:AZL1oHw-eryN7wEjRWeJqw)"
    `);
  });

  test.each(['expired', 'cancelled'] as const)('waits with nothing but an %s payment and says so', (status) => {
    const { text } = orderCard(
      { order: anOrder(), payments: [aPayment({ status })], refunds: [], cases: [], timeline: [] },
      full,
    );
    expect(text).toContain(`payment ${status}; a new link is needed`);
  });

  test('with another link still open, or that waits no more, asks for no new link', () => {
    const failed = aPayment({ status: 'failed' });
    const waiting = orderCard(
      { order: anOrder(), payments: [failed, aPayment()], refunds: [], cases: [], timeline: [] },
      full,
    );
    const over = orderCard(
      { order: anOrder({ status: 'expired' }), payments: [failed], refunds: [], cases: [], timeline: [] },
      full,
    );
    for (const { text } of [waiting, over]) expect(text).not.toContain('a new link is needed');
  });

  test('stays within a screen: the oldest history gives way and the gap is told', () => {
    const timeline = Array.from({ length: 60 }, (_, index) => anEntry({ text: `entry ${index}` }));
    const { text } = orderCard({ order: anOrder(), payments: [aPayment()], refunds: [], cases: [], timeline }, full);
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
    expect(text).toMatch(/… \d+ earlier entries/);
    expect(text).toContain('entry 59');
    expect(text).not.toContain('entry 0 ');
  });

  test('shows hostile words as words, and keeps the number and the amount', () => {
    const items = Array.from({ length: 50 }, () => ({ sku: null, name: hostile, quantity: 9, unitAmountMinor: 1 }));
    const order = anOrder({
      customerName: hostile,
      customerEmail: hostile,
      note: hostile,
      reference: hostile,
      attention: hostile,
      items,
      status: 'needs_attention',
    });
    const payment = aPayment({ providerStatus: hostile, checkoutUrl: `https://x.example/${hostile}` });
    const { text } = orderCard(
      { order, payments: [payment], refunds: [], cases: [], timeline: [anEntry({ text: hostile })] },
      full,
    );
    expect(text).toContain('<b>T-1042</b>');
    expect(text).toContain('<b>49.00 USD</b>');
    expect(text).not.toContain('<b>Eve');
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
  });

  test.each([
    ['awaiting_payment', ['Check again', 'New payment link', 'Cancel order', 'Mark paid']],
    ['paid', ['Check again', 'Mark delivered']],
    ['fulfilled', ['Check again']],
    ['expired', ['Check again', 'New payment link', 'Mark paid', 'Write off']],
    ['cancelled', ['Check again', 'Mark paid']],
    ['needs_attention', ['Check again', 'New payment link', 'Mark paid', 'Write off']],
    ['partially_refunded', ['Check again', 'Mark delivered']],
    ['refunded', ['Check again']],
  ] as const)('%s offers %j', (status, wanted) => {
    const { keyboard } = orderCard(
      { order: anOrder({ status }), payments: [aPayment()], refunds: [], cases: [], timeline: [] },
      full,
    );
    expect(keyboard.flat().map((button) => button.text)).toEqual([...wanted, 'Open at provider', '‹ Orders']);
  });

  test('shows what has to be decided, with a button to each, and says on whose word it counts as paid', () => {
    const exceptions = [
      anException({ openedAt: at - 3 * 86_400_000, assigneeName: '<Bob>' }),
      anException({
        kind: 'payment_duplicate',
        facts: { ...anException().facts, headline: 'Order paid twice' },
      }),
    ];
    const accepted = { acceptedAt: at, acceptedBy: 'Ada', acceptedReason: 'a <b>friend</b>' };
    const came = { expectedAmount: '49.00', receivedAmount: '24.50', receivedAsset: 'USD' };
    const coin = { coinExpected: '0.00076563', coinReceived: '0.00038281', coinAsset: 'BTC' };
    const payment = aPayment({ status: 'underpaid', ...came, ...coin, ...accepted });
    const details = {
      order: anOrder({ status: 'paid' }),
      payments: [payment],
      refunds: [],
      cases: exceptions,
      timeline: [],
    };
    const { text, keyboard } = orderCard(details, full);
    expect(text).toContain('🟠 Payment underpaid · 3 d · ✋ &lt;Bob&gt;');
    expect(text).toContain('🟠 Order paid twice · 1 h');
    expect(text).toContain('Missing: <b>24.50 USD · 0.00038282 BTC</b>');
    expect(text).toContain('✋ Accepted by <b>Ada</b>: a &lt;b&gt;friend&lt;/b&gt;');
    expect(keyboard[0]?.map((button) => button.text)).toEqual(['Resolve: Underpaid', 'Resolve: Paid twice']);
  });

  test('an order whose creation was never answered says that it is not known', () => {
    const payment = aPayment({ creation: 'requested', reference: null, trust: null, checkoutUrl: null });
    const { text } = orderCard({ order: anOrder(), payments: [payment], refunds: [], cases: [], timeline: [] }, full);
    expect(text).toContain('Whether BTCPay made it is not known yet');
  });

  test('where its buttons are not served, it leads to the bot that serves them', () => {
    const options: OrderCardOptions = { ...full, buttons: 'plain', commandBot: 'till_bot' };
    const { keyboard } = orderCard({ order: anOrder(), payments: [], refunds: [], cases: [], timeline: [] }, options);
    expect(keyboard).toEqual([[{ text: 'Open in the command bot', url: 'https://t.me/till_bot?start=T-1042' }]]);
  });

  test('an address that Telegram makes no button of is left out', () => {
    const options = { ...full, providerUrl: 'http://localhost:23000/invoices/XED' };
    const { keyboard } = orderCard(
      { order: anOrder(), payments: [aPayment()], refunds: [], cases: [], timeline: [] },
      options,
    );
    expect(keyboard.flat().map((button) => button.text)).not.toContain('Open at provider');
  });
});

describe('lists of orders', () => {
  test('a page has its rows, its turns and its filters', () => {
    const orders = orderStatuses.map((status, index) => anOrder({ status, number: 1042 + index }));
    expect(
      drawn(orderList(aPage(orders, { key: aPlace, index: 1, hasMore: true }), { ...look, filter: 'paid' })),
    ).toMatchInlineSnapshot(`
      "<b>Orders · paid</b> · page 2
      ⏳ T-1042 · 49.00 USD · 22 Nov, 04:00
      💰 T-1043 · 49.00 USD · 22 Nov, 04:00
      ✅ T-1044 · 49.00 USD · 22 Nov, 04:00
      ⌛ T-1045 · 49.00 USD · 22 Nov, 04:00
      ✖️ T-1046 · 49.00 USD · 22 Nov, 04:00
      ⚠️ T-1047 · 49.00 USD · 22 Nov, 04:00
      ↩️ T-1048 · 49.00 USD · 22 Nov, 04:00
      ↩️ T-1049 · 49.00 USD · 22 Nov, 04:00
      [T-1042](order:show:AZL1oHw-eryN7wEjRWeJqw) [T-1043](order:show:AZL1oHw-eryN7wEjRWeJqw) [T-1044](order:show:AZL1oHw-eryN7wEjRWeJqw) [T-1045](order:show:AZL1oHw-eryN7wEjRWeJqw)
      [T-1046](order:show:AZL1oHw-eryN7wEjRWeJqw) [T-1047](order:show:AZL1oHw-eryN7wEjRWeJqw) [T-1048](order:show:AZL1oHw-eryN7wEjRWeJqw) [T-1049](order:show:AZL1oHw-eryN7wEjRWeJqw)
      [‹ Newer](orders:paid) [Older ›](orders:paid:2mwr91400AZL1oHw-eryN7wEjRWeJqw)
      [All](orders:all) [Attention](orders:needs_attention) [Awaiting](orders:awaiting_payment)
      [• Paid](orders:paid) [Fulfilled](orders:fulfilled) [Expired](orders:expired)"
    `);
  });

  test('what was found is told with whose it is', () => {
    const found = { text: '<i>ann</i>', orders: [anOrder()], newest: null, subscriptions: [] };
    expect(drawn(foundOrders(found, look))).toMatchInlineSnapshot(`
      "<b>1 order</b> for “&lt;i&gt;ann&lt;/i&gt;”
      ⏳ T-1042 · 49.00 USD · 22 Nov, 04:00 · <code>ann@example.org</code>
      [T-1042](order:show:AZL1oHw-eryN7wEjRWeJqw)"
    `);
    const nothing = { ...found, orders: [] };
    expect(foundOrders(nothing, look).text).toMatchInlineSnapshot(`"Nothing found for “&lt;i&gt;ann&lt;/i&gt;”."`);
  });

  test('what was not searched is said', () => {
    const found = { text: 'an', orders: [anOrder()], newest: 5_000, subscriptions: [] };
    const words = 'Only the newest 5000 orders were searched.';
    expect(foundOrders(found, look).text.split('\n').at(-1)).toBe(words);
    expect(foundOrders({ ...found, orders: [] }, look).text).toBe(`Nothing found for “an”.\n${words}`);
  });
});

test('a question says what would happen and to which order', () => {
  expect(
    drawn(confirmationView(orderQuestion(anOrder(), 'cancel'), { pendingId: 'AAECAwQFBgcICQoLDA0ODw' })),
  ).toMatchInlineSnapshot(`
    "❓ <b>Cancel this order?</b>
    <b>T-1042</b> · <b>49.00 USD</b>
    Its open payment link is closed at the provider. A payment that is already on its way becomes an alert.
    <i>Good for 2 minutes, for you only.</i>
    [Yes, cancel it](confirm:AAECAwQFBgcICQoLDA0ODw)
    [No, go back](order:show:AZL1oHw-eryN7wEjRWeJqw)"
  `);
});

describe('a card and the life cycle of an order', () => {
  const asked = {
    cancel: 'cancel',
    deliver: 'fulfil',
    link: 'reopen',
    paid: 'accepted',
    writeoff: 'written_off',
  } as const satisfies Record<string, OrderEvent>;
  const alone = { wasFulfilled: false, isCovered: false, hasMoney: false, hasOpenPayment: false };

  test.each(orderStatuses)('an order that is %s offers nothing that would be refused', (status) => {
    const offered = (['cancel', 'deliver', 'link', 'paid', 'writeoff'] as const).filter((act) =>
      allowsButton(status, act),
    );
    const refused = offered.filter((act) => decideOrder(status, asked[act], alone).kind === 'refused');
    expect(refused).toEqual([]);
  });
});
