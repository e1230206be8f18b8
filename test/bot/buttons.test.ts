import { describe, expect, test } from 'vitest';
import { buttonHandlers } from '#bot/admin/screens.ts';
import { confirmationView } from '#bot/kit/confirmation.ts';
import { reasonAwaited, reasonGiven, reasonQuestion } from '#bot/kit/reason-question.ts';
import { bookDigest, bookList, bookPage, openBookPage } from '#bot/screens/accounting/books-view.ts';
import { alertCard } from '#bot/screens/cases/alert-card-view.ts';
import { alertGroupCard } from '#bot/screens/cases/alert-group-view.ts';
import { caseCard } from '#bot/screens/cases/case-card-view.ts';
import { caseKindChoice, caseList } from '#bot/screens/cases/case-list-view.ts';
import { optionChoice } from '#bot/screens/cases/resolution-questions.ts';
import { couponList, couponQuestion } from '#bot/screens/channels/coupons-view.ts';
import {
  productCard,
  productList,
  productQuestion,
  saveQuestion,
  secretAwaited,
} from '#bot/screens/channels/products-view.ts';
import { importPlan } from '#bot/screens/channels/sales-import-view.ts';
import { holdLimitAwaited, holdLimitQuestion, settingsView } from '#bot/screens/channels/settings-view.ts';
import { deadLetterCard, deadLetterList, discardQuestion } from '#bot/screens/operations/dead-letters-view.ts';
import { replayView } from '#bot/screens/operations/replay-view.ts';
import { shopStatsView } from '#bot/screens/operations/stats-view.ts';
import { orderCard } from '#bot/screens/orders/order-card-view.ts';
import { foundOrders, orderList } from '#bot/screens/orders/order-list-view.ts';
import { orderQuestion } from '#bot/screens/orders/order-questions.ts';
import { exitQuestion } from '#bot/screens/providers/exit-view.ts';
import { healthView } from '#bot/screens/providers/health-view.ts';
import { providersView } from '#bot/screens/providers/providers-view.ts';
import { reconcileChoice } from '#bot/screens/providers/reconcile-view.ts';
import { refundChoice } from '#bot/screens/refunds/refunds-view.ts';
import { startView } from '#bot/screens/start/start-view.ts';
import {
  type CallbackData,
  callbackBytesMax,
  decodeCallback,
  exceptionFilters,
  orderFilters,
} from '#bot/text/callback-data.ts';
import { toMarkup, type View } from '#bot/text/view.ts';
import { paymentLink } from '#bot/wording/payment-link.ts';
import { caseStatuses, decisionKinds, quickActions } from '#cases/case.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { orderStatuses } from '#orders/order.ts';
import { viewOrder } from '#payments/lifecycle/order-view.ts';
import { resolutionActions } from '#payments/resolutions/options/resolution-actions.ts';
import { aFullDay } from './support/books.ts';
import {
  aCoupon,
  anAlert,
  anException,
  anId,
  anOrder,
  anOutage,
  aPage,
  aPayment,
  aPlace,
  aProduct,
  aReport,
  at,
  exceptionDetails,
  look,
} from './support/values.ts';

/** The first page, the second, and one further back than the digit in its button counts. */
const indices = [0, 1, 2, 40] as const;
const setUp = { report: undefined, isRunning: false };
const pendingId = 'AAECAwQFBgcICQoLDA0ODw';
const letter = {
  queue: 'outbox',
  row: {
    id: anId,
    receivedAt: at,
    availableAt: at,
    lockedUntil: null,
    lockedBy: null,
    processedAt: null,
    abandonedAt: at,
    lastError: 'cause',
    startedAttempts: 1,
    finishedAttempts: 1,
    key: 'shop.event:x',
    topic: 'shop.event',
    lane: 'shop',
    priority: 1,
    subject: null,
    turn: null,
    payload: {},
  },
} as const;

function* exceptionViews(): Generator<View> {
  const counts = decisionKinds.map(
    (kind) => ({ kind, provider: null, status: 'open', rings: true, count: 1, oldestAt: at }) as const,
  );
  const rows = [anException()];
  for (const filter of exceptionFilters) {
    for (const index of indices) {
      const page = aPage(rows, { key: aPlace, index, hasMore: true });
      yield caseList({ page, counts }, { ...look, filter });
    }
  }
  yield caseKindChoice(counts);
  for (const exception of [
    anException(),
    anException({ assigneeId: 1, status: 'snoozed', snoozedUntil: at }),
    anException({ status: 'resolved', resolution: 'keep', undo: {} }),
  ]) {
    const details = exceptionDetails({ case: exception, actions: [...resolutionActions] });
    yield caseCard(details, { ...look, buttons: 'full' });
  }
  const candidate = { order: anOrder({ number: 123_456_789 }), missingMinor: 1 };
  const suggestions = [{ candidate, points: 1, because: [] }];
  for (const action of ['wait', 'new_link', 'ask_rest', 'link_order'] as const)
    yield optionChoice(exceptionDetails({ suggestions }), { action, providers: providerNames });
  // The picture's own button is put together where the picture is.
  yield { text: '', keyboard: [[{ text: 'Redraw', callback: { kind: 'exception_ages' } }]] };
}

/** Every view with buttons, in every state that changes its buttons. */
function* everyView(): Generator<View> {
  for (const status of caseStatuses) {
    for (const action of quickActions) {
      for (const place of ['card', 'list'] as const)
        yield alertCard(anAlert({ status, actions: [action] }), { ...look, place });
    }
  }
  const noneOf = { open: 0, acknowledged: 0, snoozed: 0, resolved: 0 };
  for (const status of caseStatuses) {
    const group = { id: anId, kind: 'payment_failed', severity: 'warning', openedAt: at } as const;
    yield alertGroupCard({ group, counts: { ...noneOf, [status]: 4 }, first: [anAlert({ status })] }, look);
  }
  for (const index of indices) {
    const page = aPage([anAlert()], { key: aPlace, index, hasMore: true });
    yield caseList({ page, counts: [] }, { ...look, filter: 'alerts' });
  }
  for (const status of orderStatuses) {
    const details = {
      order: anOrder({ status }),
      payments: [aPayment()],
      refunds: [],
      cases: [anException()],
      timeline: [],
    };
    yield orderCard(details, { ...look, providerUrl: 'https://a.example/', buttons: 'full', canRefund: true });
    yield foundOrders({ text: 'x', orders: [details.order], newest: null, subscriptions: [] }, look);
    yield paymentLink(viewOrder(details), { ...look, buttons: 'full' });
  }
  yield* exceptionViews();
  for (const filter of orderFilters) {
    for (const index of indices) {
      yield orderList(aPage([anOrder()], { key: aPlace, index, hasMore: true }), { ...look, filter });
    }
  }
  for (const question of ['cancel', 'deliver'] as const) {
    yield confirmationView(orderQuestion(anOrder(), question), { pendingId });
  }
  yield confirmationView(discardQuestion(letter), { pendingId });
  const asked = { ask: 'x', about: 'x', warn: 'x', reasons: ['a', 'b', 'c'], yes: 'x' };
  const back = { kind: 'order', act: 'show', id: anId } as const;
  yield reasonQuestion(asked, { pendingId, back });
  yield reasonAwaited(asked, { back });
  yield reasonGiven(asked, { pendingId, reason: 'x', back });
  const sums = { capturedMinor: 2, refundedMinor: 0, onItsWayMinor: 0, refundableMinor: 1 };
  yield refundChoice(anOrder(), [{ payment: aPayment(), ...sums }]);
  yield* payhipViews();
  for (const index of indices) yield deadLetterList(aPage([letter], { key: aPlace, index, hasMore: true }), look);
  yield deadLetterCard(letter, look);
  const served = { ...look, setUp };
  yield providersView([aReport({ outage: anOutage({ status: 'retired' }) })], served);
  yield confirmationView(exitQuestion('btcpay'), { pendingId });
  const range = { kind: 'event', eventId: anId } as const;
  yield replayView({ range, report: undefined, isOver: true, pendingId }, look);
  yield healthView({ checks: [], jobs: [], queues: [] }, served);
  const ordersInNeed = { count: 1, hasMore: false };
  yield startView({ name: 'Ann', openAlerts: 1, takenAlerts: 1, ordersInNeed, commands: [] });
  yield reconcileChoice(providerNames);
  const closed = aFullDay();
  const open = { day: closed.day, dueAt: at, delay: null };
  for (const index of indices) {
    yield bookList({ open: [open], closed: aPage([closed], { key: 123_456_789, index, hasMore: true }) }, look);
  }
  for (const hasNext of [true, false]) yield bookPage(closed, { ...look, hasNext });
  yield openBookPage(open, look);
  yield bookDigest(closed, { commandBot: 'till_bot' });
  for (const days of [7, 30, 90] as const) {
    yield shopStatsView({ from: at, to: at + 1, totals: [], fees: [], days: [] }, { ...look, days });
  }
}

function* payhipViews(): Generator<View> {
  const channels = ['payhip'] as const;
  const held = {
    order: anOrder({ status: 'needs_attention', origin: 'provider' }),
    refunds: [],
    cases: [],
    timeline: [],
  };
  const payments = [aPayment({ provider: 'payhip', status: 'paid', heldAt: at })];
  yield orderCard({ ...held, payments }, { ...look, providerUrl: null, buttons: 'full', canRefund: false });
  const product = { ...aProduct(), hasLicenseSecret: true };
  for (const index of indices) {
    yield productList(aPage([product], { key: 'x'.repeat(40), index, hasMore: true }), channels);
  }
  yield productCard(product, look);
  yield secretAwaited(product);
  yield confirmationView(saveQuestion(product, product), { pendingId });
  for (const question of ['remove', 'clear'] as const) {
    yield confirmationView(productQuestion(product, question), { pendingId });
  }
  yield settingsView({ USD: 1, EUR: 2 }, channels);
  yield holdLimitAwaited(null, channels);
  const limit = { amountMinor: 1, currency: 'USD' };
  yield confirmationView(holdLimitQuestion({ limit, beforeMinor: undefined, channels }), { pendingId });
  for (const index of indices) {
    const page = aPage([aCoupon()], { key: 'x'.repeat(12), index, hasMore: true });
    yield couponList(page, { ...look, channel: 'payhip', count: 25, isWhole: true });
  }
  yield confirmationView(couponQuestion(aCoupon(), { channel: 'payhip', about: 'x' }), { pendingId });
  const about = { provider: 'payhip', fileName: 'x.csv', unreadable: [], ...look, pendingId } as const;
  yield importPlan({ compared: 0, differences: [], window: null, isWhole: true }, about);
}

describe('every button', () => {
  const data = [...everyView()].flatMap((view) =>
    toMarkup(view.keyboard)
      .inline_keyboard.flat()
      .flatMap((button) => ('callback_data' in button ? [button.callback_data] : [])),
  );

  test('fits into 64 bytes and decodes to a kind that has a handler', () => {
    expect(data.length).toBeGreaterThan(100);
    for (const each of data) {
      expect(Buffer.byteLength(each)).toBeLessThanOrEqual(callbackBytesMax);
      const tap = decodeCallback(each);
      expect(tap, each).toBeDefined();
      expect(buttonHandlers[tap?.kind ?? 'health'].run).toBeTypeOf('function');
    }
  });

  test('no handler waits for a button that no view shows', () => {
    const shown = new Set(data.map((each) => decodeCallback(each)?.kind));
    expect([...shown].sort()).toEqual((Object.keys(buttonHandlers) as CallbackData['kind'][]).sort());
  });
});
