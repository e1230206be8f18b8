// The contract runs most statements, but some in few of their shapes. These run by themselves, many times a minute, or show long
// lists: on SQLite a walk through what is over would stop the whole process for as long.
import { expect } from 'vitest';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { decisionKinds, liveStatuses } from '#cases/case.ts';
import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import { sampleOrder } from '../contract/samples.ts';

const now = 1_795_348_800_000;
const claim = { now, lockedUntil: now + 1, lockedBy: 'me', limit: 8 };

export const plannedQueries: Record<string, (stores: AccountingStores) => Promise<unknown>> = {
  'claiming events': ({ inbox }) => inbox.claimDue({ ...claim, lane: null, suspectedPoison: false }),
  'claiming messages': ({ outbox }) => outbox.claimDue({ ...claim, lane: 'shop', suspectedPoison: false }),
  'looking for due events': ({ inbox }) => inbox.findDue({ lane: null, now }),
  'looking for sound messages': ({ outbox }) => outbox.findDue({ lane: 'shop', now, soundOnly: true }),
  'looking for due messages': ({ outbox }) => outbox.findDue({ lane: 'shop', now }),
  'who has leases on events': ({ inbox }) => inbox.listLeases(),
  'who has leases on messages': ({ outbox }) => outbox.listLeases(),
  'who has leases on payments': ({ payments }) => payments.listPaymentLeases(),
  'payments that a dead process had': ({ payments }) => payments.endPaymentLeases(['dead:1', 'dead:2']),
  'payments that any process had': ({ payments }) => payments.releaseAllPayments(),
  'the depth of the inbox': ({ inbox }) => inbox.depths(now),
  'the depth of the outbox': ({ outbox }) => outbox.depths(now),
  'orders that the shop was not told of': ({ outbox }) => outbox.listUntoldOrders({ before: now, limit: 9 }),
  'how many orders the shop was not told of': ({ outbox }) => outbox.countUntoldOrders({ before: now }),
  'what the shop was not told of an order': ({ outbox }) =>
    outbox.listUntoldOrders({ orderId: 'o', before: now, limit: 9 }),
  'what is ahead of a message': ({ outbox }) => outbox.findAhead({ subject: 'order:1', turn: 2, id: 'm' }),
  'what a message showed': ({ sentMessages }) => sentMessages.forgetMessage({ bot: 'admin', chatId: 42, messageId: 7 }),
  'owed messages': ({ outbox }) => outbox.readOwed({ lane: 'pager', lateBefore: now }),
  'owed messages that become due': ({ outbox }) =>
    outbox.makeOwedDue({ lane: 'pager', lateBefore: now, at: now, limit: 9 }),
  'the last events of two providers': ({ inbox }) => inbox.listLastArrivals(['btcpay', 'bitpay']),
  'the rates of two providers': ({ webhookRates }) => webhookRates.listRates(['btcpay', 'bitpay']),
  'leases on payments that last too long': ({ payments }) => payments.boundPaymentLeases({ latest: now }),
  'leases on events that last too long': ({ inbox }) => inbox.boundLeases({ latest: now }),
  'a reason that is awaited': ({ pendingActions }) =>
    pendingActions.awaitText({ id: 'a', adminId: 1, now, until: now }),
  'dead letters': async ({ inbox, outbox }) => {
    await inbox.listAbandoned({ before: null, limit: 9 });
    await inbox.listAbandoned({ before: null, after: { at: 1, id: 'o' }, limit: 9 });
    await outbox.listAbandoned({ before: null, limit: 9 });
  },
  'messages to prune': ({ outbox }) => outbox.prune({ before: now, limit: 1_000 }),
  'payments to poll': ({ payments }) => payments.listPaymentsToPoll({ now, except: ['btcpay'], limit: 50 }),
  'payment behind a webhook': ({ payments }) =>
    payments.findPaymentByReference({ provider: 'btcpay', reference: asProviderReference('r') }),
  'payments of an order': ({ payments }) => payments.listPaymentsForOrder(asOrderId('o')),
  'a payment and those beside it': ({ payments }) => payments.listPaymentsBeside(asPaymentId('p')),
  'where a window of payments is cut': ({ payments }) =>
    payments.findMadeAfter({ provider: 'btcpay', from: 0, to: now, skipped: 5_000 }),
  'a payment looked for': ({ payments }) => payments.searchPayments({ text: 'tx', limit: 10 }),
  'orders to expire': ({ orders }) => orders.listExpiredOrders({ now, limit: 200 }),
  'orders of an e-mail or reference': ({ orders }) => orders.listOrdersCalled({ text: 'a@b', limit: 9 }),
  'orders of an amount': ({ orders }) =>
    orders.listOrdersOfAmounts({ amounts: [{ amountMinor: 500, currencies: ['EUR', 'USD'] }], limit: 9 }),
  'orders with a part of a text': async (stores) => {
    await stores.orders.insertOrder(sampleOrder(1, { customerName: 'Ann Smithers' }));
    expect((await stores.orders.searchOrders({ text: 'ann smith', limit: 9 })).orders).toHaveLength(1);
  },
  'orders with one character': ({ orders }) => orders.searchOrders({ text: 'x', limit: 9 }),
  'subscriptions with a part of a name': ({ channelOrders }) =>
    channelOrders.searchSubscriptions({ text: 'an', limit: 9 }),
  'subscriptions of an id or e-mail': ({ channelOrders }) =>
    channelOrders.listSubscriptionsCalled({ text: 'a@b', limit: 9 }),
  'orders of two statuses': ({ orders }) =>
    orders.listOrders({ statuses: ['paid', 'expired'], before: null, limit: 9 }),
  'orders back from a page': ({ orders }) =>
    orders.listOrders({ statuses: ['paid'], before: null, after: { createdAt: 1, id: 'o' }, limit: 9 }),
  'all orders back from a page': ({ orders }) =>
    orders.listOrders({ statuses: null, before: null, after: { createdAt: 1, id: 'o' }, limit: 9 }),
  'dead letters back from a page': ({ outbox }) =>
    outbox.listAbandoned({ before: null, after: { at: 1, id: 'o' }, limit: 9 }),
  'products before a page': ({ products }) => products.listProducts({ after: null, before: 'x', limit: 9 }),
  'the live case of a key': ({ cases }) => cases.findLiveCase('key'),
  'live cases of an order': ({ cases }) => cases.listLiveCasesForOrder(asOrderId('o')),
  'a case by its id': ({ cases }) => cases.findCase('id'),
  'live cases by age': ({ cases }) =>
    cases.listCases({ statuses: liveStatuses, kinds: null, order: 'oldest_first', after: null, limit: 9 }),
  'live cases that are counted': ({ cases }) => cases.countLiveCases(),
  'live cases of a provider': ({ cases }) =>
    cases.listLiveCasesOfProvider({ provider: 'btcpay', kinds: decisionKinds, limit: 9 }),
  'cases of a provider': ({ cases }) =>
    cases.listCasesOfProvider({ provider: 'btcpay', kinds: decisionKinds, after: null, limit: 9 }),
  'cases back from a page': ({ cases }) =>
    cases.listCases({
      statuses: liveStatuses,
      kinds: null,
      order: 'newest_first',
      before: { openedAt: 1, id: 'o' },
      limit: 9,
    }),
  'refunds to follow': ({ refunds }) => refunds.listRefundsToPoll({ now, except: ['btcpay'], limit: 50 }),
  'refunds of a payment': ({ refunds }) => refunds.listRefundsForPayment(asPaymentId('p')),
  'refunds of an order': ({ refunds }) => refunds.listRefundsForOrder(asOrderId('o')),
  'a refund by its key': ({ refunds }) => refunds.findRefundByKey('key'),
  'the marks of a sale': ({ channelOrders }) =>
    channelOrders.markSold({ provider: 'payhip', reference: asProviderReference('r'), at: now }),
  'refunds that wait for their sale': ({ channelOrders }) => channelOrders.countWaitingReturns('payhip'),
  'refunds whose sale never came': ({ channelOrders }) => channelOrders.pruneMarks({ before: now, limit: 1_000 }),
  'products by their keys': ({ products }) =>
    products.listProductsByChannelKey({ channel: 'payhip', keys: ['a', 'b'] }),
  'a product by its sku': ({ products }) => products.findProductBySku('x'),
  'a setting': ({ settings }) => settings.findSetting('x'),
  'payments that changed': ({ payments }) =>
    payments.listPaymentsChangedSince({ since: now, madeBefore: now, after: null, limit: 9 }),
  'payments without fees': ({ payments }) =>
    payments.listPaymentsWithoutFees({ provider: 'btcpay', statuses: ['paid'], from: 0, to: now, limit: 9 }),
  'refunds that succeeded': ({ refunds }) =>
    refunds.listRefundsSucceededBetween({ provider: 'btcpay', from: 0, to: now, limit: 9 }),
  'refunds that changed': ({ refunds }) => refunds.listRefundsChangedSince({ since: now, after: null, limit: 9 }),
  'cases about a payment': ({ cases }) =>
    cases.listCasesAbout({
      provider: 'btcpay',
      reference: 'r',
      paymentId: asPaymentId('p'),
      kinds: decisionKinds,
      limit: 9,
    }),
  'orders of a time': ({ orders }) => orders.listOrdersMadeBetween({ from: 0, to: now, after: null, limit: 9 }),
  'fees nobody knows': ({ fees }) =>
    fees.listFees({ provider: 'bitpay', standing: 'unmatched', from: 0, to: now, limit: 9 }),
  'the entries of a closing': ({ ledger }) => ledger.listEntries({ number: 1, after: 'p', limit: 9 }),
  'settlements of a time': ({ fees }) => fees.listSettlements({ provider: 'bitpay', from: 0, to: now, limit: 9 }),
  'what admins did': ({ audit }) => audit.countAudit({ actorKind: 'admin', from: 0, to: now }),
  'live cases of a kind': ({ cases }) => cases.listLiveCasesOfKind({ kind: 'dead_letter', limit: 9 }),
  'cases to wake': ({ cases }) => cases.listCasesToWake({ now, limit: 100 }),
  'cases to prune': ({ cases }) => cases.pruneResolvedCases({ before: now, limit: 1_000 }),
  'reconciliations to prune': ({ reconciliation }) => reconciliation.prune({ before: now, limit: 1_000 }),
  'what to prune': ({ inbox }) => inbox.prune({ before: now, limit: 1_000 }),
};
