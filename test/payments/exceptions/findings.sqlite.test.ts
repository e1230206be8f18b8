// What a comparison finds and cannot heal: it opens, keeps its age, ends by itself, and is settled by a person.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentException } from '#payments/exceptions/exception.ts';
import { getException } from '#payments/exceptions/get-exception.ts';
import { takeException } from '#payments/exceptions/take-exception.ts';
import { fulfilOrder } from '#payments/fulfil-order.ts';
import { handleInboxEvent } from '#payments/handle-inbox-event.ts';
import type { PaymentProvider } from '#payments/payment-provider.ts';
import { ProviderRejected } from '#payments/provider-errors.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import type { PaymentSnapshot } from '#payments/snapshot.ts';
import { ada, type ExceptionDesk, money, openExceptionDesk } from '#test/support/exception-desk.ts';
import { unreachable } from '#test/support/scripted-providers.ts';
import { aSnapshot } from '#test/support/snapshots.ts';

let desk: ExceptionDesk;
let listed: PaymentSnapshot[];
let gone: Set<string>;
beforeEach(async () => {
  desk = await openExceptionDesk();
  listed = [];
  gone = new Set();
  const { providers } = desk.deps;
  const listing = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    capabilities: { ...provider.capabilities, canList: true },
    async *listPayments() {
      yield [...listed];
    },
    async fetchPayment(reference, options) {
      if (!gone.has(reference)) return provider.fetchPayment(reference, options);
      const failure = { operation: 'fetch_payment', code: 'invoice-not-found', httpStatus: 404, message: 'not found' };
      throw new ProviderRejected({ ...failure, provider: provider.name });
    },
  });
  const find: typeof providers.find = (name) => {
    const provider = providers.find(name);
    return provider && listing(provider);
  };
  desk.deps.providers = { ...providers, find };
});
afterEach(() => desk.remove());

const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
const compare = () => createReconciler(desk.deps)({ provider: 'btcpay', startedBy: 'test', cause });

async function findings(): Promise<PaymentException[]> {
  const query = { kinds: null, after: null, limit: 50 };
  const open = await desk.opened.database.read((stores) => stores.exceptions.listOpenExceptions(query));
  return open.filter(({ kind }) => kind.startsWith('finding_'));
}

async function only(): Promise<PaymentException> {
  const [finding, ...more] = await findings();
  if (finding === undefined || more.length > 0) throw new Error(`not one finding: ${more.length}`);
  return finding;
}

const grouped = () => desk.alert('reconciliation:btcpay');

/** A payment that somebody made in BTCPay's own pages. */
function stray(differences: Partial<PaymentSnapshot> = {}): PaymentSnapshot {
  const snapshot = aSnapshot({
    ...{ reference: asProviderReference('stray'), state: 'confirmed', providerStatus: 'Settled' },
    ...{ settlement: money('49.00'), label: 'Workshop for T-1001', createdAt: desk.deps.clock.now() - hour },
    ...differences,
  });
  desk.providers.shows(snapshot.reference, snapshot);
  return snapshot;
}

async function pass(ms: number): Promise<void> {
  desk.deps.clock.advance(ms);
}

describe('a finding', () => {
  test('opens with both sides, rings together with the others, and keeps its age over later runs', async () => {
    listed = [stray()];
    await compare();
    const first = await only();
    expect(first).toMatchObject({ kind: 'finding_missing_here', provider: 'btcpay', reference: 'stray' });
    expect(first.facts).toMatchObject({ here: 'unknown', there: 'Settled, 49.00 USD', label: 'Workshop for T-1001' });
    expect(await grouped()).toMatchObject({ status: 'open', actions: ['exceptions'] });
    await pass(hour);
    await compare();
    expect(await only()).toMatchObject({ id: first.id, openedAt: first.openedAt, lastSeenAt: desk.deps.clock.now() });
    expect((await grouped()) as object).toMatchObject({ occurrences: 1 });
  });

  test('ends by itself when a later run of the same provider no longer finds it', async () => {
    listed = [stray()];
    await compare();
    const first = await only();
    listed = [];
    await compare();
    expect(await findings()).toEqual([]);
    expect(await desk.find(first.id)).toMatchObject({ status: 'resolved', resolution: 'by_itself' });
    expect(await grouped()).toMatchObject({ status: 'resolved' });
  });

  test('that lies before a run’s window stays open: nobody has looked', async () => {
    listed = [stray()];
    await compare();
    await pass(10 * day);
    listed = [];
    await compare();
    expect(await findings()).toHaveLength(1);
  });

  test('of one provider is nothing to a run of another', async () => {
    listed = [stray()];
    await compare();
    listed = [];
    await createReconciler(desk.deps)({ provider: 'bitpay', startedBy: 'test', cause });
    expect(await findings()).toHaveLength(1);
  });

  test('about a payment of ours is on its order', async () => {
    const { orderId } = await desk.order({ state: 'open' });
    await pass(hour);
    await compare();
    expect(await desk.allOpen(orderId)).toEqual(['finding_missing_there']);
  });
});

describe('a payment that is unknown here', () => {
  test('suggests orders by number, amount and time, the best three first', async () => {
    for (let count = 0; count < 4; count += 1) await desk.order({ state: 'open' });
    listed = [stray({ label: 'for t-1003, thank you' })];
    await compare();
    const finding = (await findings()).find(({ reference }) => reference === 'stray');
    const details = await getException(desk.deps, { id: finding?.id ?? 'none' });
    expect(details?.suggestions.map(({ candidate }) => candidate.order.number)).toEqual([1003, 1004, 1002]);
    expect(details?.suggestions[0]?.because).toContain('its number is on it');
    expect(details?.actions).toEqual(['link_order', 'ignore']);
  });

  test('is linked to an order, which its money pays; undone, the order needs attention and the finding is as old as before', async () => {
    const { orderId, paymentId } = await desk.order({ state: 'expired' });
    listed = [stray()];
    await compare();
    const finding = await only();
    expect(await desk.decide(finding, 'link_order', { option: '1001' })).toMatchObject({ said: 'Linked to T-1001.' });
    const { order, payments, timeline } = await desk.details(paymentId);
    expect(order.status).toBe('paid');
    expect(payments.at(-1)).toMatchObject({ reference: 'stray', status: 'paid', trust: 'fetched', amountMinor: 4900 });
    expect(timeline.map(({ text }) => text).join('\n')).toContain('Ada linked it to T-1001: Agreed by phone');
    expect(await grouped()).toMatchObject({ status: 'resolved' });
    await pass(hour);
    listed = [stray()];
    await compare();
    expect((await findings()).filter(({ reference }) => reference === 'stray')).toEqual([]);

    expect(await desk.undo(finding)).toMatchObject({ kind: 'decided' });
    const after = await desk.details(paymentId);
    expect(after.order.status).toBe('needs_attention');
    expect(after.payments.at(-1)).toMatchObject({ status: 'cancelled', reference: null });
    expect(await desk.find(finding.id)).toMatchObject({ status: 'open', openedAt: finding.openedAt });
    expect(await desk.allOpen(orderId)).not.toContain('payment_duplicate');
  });

  test('that brings more than the order asks for pays it, and the surplus is told', async () => {
    const { orderId } = await desk.order({ state: 'expired' });
    listed = [stray({ requested: { amount: '60.00', asset: 'USD' }, settlement: money('60.00', '60.00') })];
    desk.providers.shows('stray', {
      requested: { amount: '60.00', asset: 'USD' },
      settlement: money('60.00', '60.00'),
    });
    await compare();
    await desk.decide(await only(), 'link_order', { option: '1001' });
    const exception = await desk.open(orderId);
    expect(exception).toMatchObject({ kind: 'payment_overpaid', facts: { gapFiat: '11.00 USD' } });
    expect(await desk.decide(exception, 'refund_surplus')).toMatchObject({ said: 'Refund of 11.00 USD asked for.' });
  });

  test('is not unlinked once the goods have left', async () => {
    const { orderId } = await desk.order({ state: 'expired' });
    listed = [stray()];
    await compare();
    const finding = await only();
    await desk.decide(finding, 'link_order', { option: '1001' });
    await fulfilOrder(desk.deps, { orderId, actor: ada.actor });
    expect(await desk.undo(finding)).toMatchObject({ kind: 'refused' });
  });

  test('that brings less than the order leaves it short', async () => {
    const { orderId, paymentId } = await desk.order({ state: 'expired' });
    listed = [stray({ requested: { amount: '30.00', asset: 'USD' }, settlement: money('30.00', '30.00') })];
    await compare();
    await desk.decide(await only(), 'link_order', { option: '1001' });
    expect((await desk.details(paymentId)).order.status).toBe('needs_attention');
    expect(await desk.allOpen(orderId)).toContain('payment_underpaid');
  });

  test('is not linked to an order of another currency, to none, or twice', async () => {
    await desk.order({ state: 'expired' });
    listed = [stray({ requested: { amount: '49.00', asset: 'EUR' } })];
    await compare();
    const finding = await only();
    expect(await desk.decide(finding, 'link_order', { option: '1001' })).toMatchObject({ kind: 'refused' });
    expect(await desk.decide(finding, 'link_order', { option: '9999' })).toMatchObject({ kind: 'refused' });
    gone.add('stray');
    const refused = await desk.decide(finding, 'link_order', { option: '1001' });
    expect(refused).toEqual({ kind: 'refused', reason: 'BTCPay: not found' });
  });

  test('is ignored as long as nothing about it changes, and that is taken back', async () => {
    listed = [stray()];
    await compare();
    const finding = await only();
    await desk.decide(finding, 'ignore', { reason: 'It was a test' });
    expect(await grouped()).toMatchObject({ status: 'resolved', resolvedBy: 'Every difference was settled.' });
    await pass(hour);
    await compare();
    expect(await findings()).toEqual([]);
    expect(await grouped()).toMatchObject({ status: 'resolved' });
    await desk.undo(finding);
    expect(await only()).toMatchObject({ id: finding.id, openedAt: finding.openedAt });
    await desk.decide(finding, 'ignore');
    listed = [stray({ providerStatus: 'Invalid' })];
    await compare();
    expect((await only()).id).not.toBe(finding.id);
  });

  test('and heard of by its webhook as well is one trouble: deciding one decides both, also for later', async () => {
    listed = [stray()];
    const event = {
      ...{ id: 'e', source: 'btcpay', eventKey: 'e', eventType: 'InvoiceSettled', reference: 'stray', detail: null },
      ...{
        trust: 'signed',
        body: new Uint8Array(),
        headers: null,
        outcome: null,
        receivedAt: 0,
        availableAt: 0,
        lockedUntil: null,
      },
      ...{ lockedBy: null, processedAt: null, abandonedAt: null, lastError: null },
      ...{ startedAttempts: 1, finishedAttempts: 0 },
    };
    const hear = () => handleInboxEvent(desk.deps, event, new AbortController().signal);
    const query = { kinds: null, after: null, limit: 9 };
    const open = () => desk.opened.database.read((stores) => stores.exceptions.listOpenExceptions(query));
    await hear();
    const heard = (await open())[0];
    await takeException(desk.deps, { exceptionId: heard?.id ?? 'none', by: ada });
    await pass(hour);
    await compare();
    const finding = await only();
    expect(await open()).toHaveLength(1);
    expect(finding).toMatchObject({ openedAt: heard?.openedAt, ownerName: 'Ada' });
    expect(await desk.alert('payment_unknown:btcpay:stray')).toMatchObject({ status: 'resolved' });
    expect(await hear()).toMatchObject({ outcome: 'unknown payment, found before' });
    await desk.decide(finding, 'ignore');
    expect(await open()).toEqual([]);
    expect(await hear()).toMatchObject({ outcome: 'unknown payment, settled by a person' });
    await compare();
    expect(await open()).toEqual([]);
  });
});

describe('a difference between our books and theirs', () => {
  async function missingThere() {
    const { orderId, paymentId } = await desk.order({ state: 'expired' });
    await pass(hour);
    await compare();
    const finding = (await findings()).find(({ kind }) => kind === 'finding_missing_there');
    if (finding === undefined) throw new Error('nothing is missing there');
    const { payment } = await desk.details(paymentId);
    return { orderId, paymentId, finding, reference: payment.reference ?? asProviderReference('none') };
  }

  test('is settled when our books are right: the next run leaves it alone, and it can be taken back', async () => {
    const { finding } = await missingThere();
    expect(await desk.offered(finding)).toEqual(['force_match', 'correct', 'mark_received', 'write_off']);
    await desk.decide(finding, 'force_match', { reason: 'Checked with the provider' });
    await pass(hour);
    expect(await compare()).toMatchObject({ run: { openCount: 1 } });
    expect(await findings()).toEqual([]);
    expect(await grouped()).toMatchObject({ status: 'resolved' });
    await desk.undo(finding);
    expect(await only()).toMatchObject({ id: finding.id });
  });

  test('is corrected: what the provider does not have is failed here', async () => {
    const { orderId, paymentId } = await desk.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await compare();
    const { payment } = await desk.details(paymentId);
    gone.add(String(payment.reference));
    await desk.decide(await only(), 'correct');
    const { order, payment: after } = await desk.details(paymentId);
    expect([order.status, after.status, after.providerStatus]).toEqual([
      'needs_attention',
      'reversed',
      'no such payment',
    ]);
    expect(await desk.allOpen(orderId)).toEqual(['payment_reversed']);
  });

  test('is corrected: an amount that the provider collects becomes what the payment is to bring in', async () => {
    const { orderId, paymentId } = await desk.order({ state: 'open' });
    const { payment } = await desk.details(paymentId);
    const asked = { requested: { amount: '40.00', asset: 'USD' }, settlement: money('40.00', '40.00') };
    const shows = { ...asked, state: 'confirmed', providerStatus: 'Settled' } as const;
    await desk.look(paymentId, shows);
    listed = [aSnapshot({ ...shows, reference: payment.reference ?? asProviderReference('none') })];
    await pass(hour);
    await compare();
    const finding = (await findings()).find(({ kind }) => kind === 'finding_amount');
    if (finding === undefined) throw new Error('no amount differs');
    expect(finding.facts).toMatchObject({ here: '49.00 USD', there: '40.00 USD' });
    await desk.decide(finding, 'correct', { reason: 'A discount was given there' });
    const { order, payment: after, timeline } = await desk.details(paymentId);
    expect(after).toMatchObject({ amountMinor: 4000, requestedAmount: '40.00', status: 'paid', mismatchedAt: null });
    expect(order.status).toBe('needs_attention');
    expect(await desk.allOpen(orderId)).toEqual(['payment_underpaid']);
    expect(timeline.map(({ text }) => text)).toContain('the payment is over 40.00 USD now, not over 49.00');
    await compare();
    expect(await findings()).toEqual([]);
  });

  test('is corrected by the very word that was asked for: no second question can come to nothing', async () => {
    const { paymentId } = await desk.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await compare();
    const { payment } = await desk.details(paymentId);
    desk.providers.shows(String(payment.reference), { state: 'invalid', providerStatus: 'Invalid' });
    const { find } = desk.deps.providers;
    let asked = 0;
    desk.deps.providers.find = (name) => {
      const provider = find(name);
      if (provider === undefined) return undefined;
      return {
        ...provider,
        fetchPayment(reference, options) {
          asked += 1;
          if (asked > 1) throw unreachable('btcpay');
          return provider.fetchPayment(reference, options);
        },
      };
    };
    expect(await desk.decide(await only(), 'correct')).toMatchObject({ kind: 'decided' });
    expect((await desk.details(paymentId)).payment.status).toBe('reversed');
  });

  test('in the currency is not corrected: our books know only one', async () => {
    const { paymentId } = await desk.order({ state: 'open' });
    const { payment } = await desk.details(paymentId);
    const reference = payment.reference ?? asProviderReference('none');
    listed = [aSnapshot({ reference, requested: { amount: '49.00', asset: 'EUR' } })];
    await pass(hour);
    await compare();
    const finding = await only();
    expect(await desk.offered(finding)).toEqual(['force_match', 'mark_received', 'write_off']);
    expect(await desk.decide(finding, 'correct')).toMatchObject({ kind: 'refused' });
  });

  test('is not corrected while its provider cannot be asked', async () => {
    const { finding, reference } = await missingThere();
    desk.providers.switchOff('btcpay');
    expect(await desk.decide(finding, 'correct')).toMatchObject({ kind: 'refused' });
    expect(await desk.find(finding.id)).toMatchObject({ status: 'open', reference });
  });

  test('is marked as received: the order is paid on a person’s word, loudly, and that is taken back', async () => {
    const { orderId, paymentId, finding } = await missingThere();
    await desk.decide(finding, 'mark_received', { reason: 'It is in our wallet' });
    const { order, payment } = await desk.details(paymentId);
    expect([order.status, payment.acceptedBy]).toEqual(['paid', 'Ada']);
    expect(await desk.alert(`order_marked_paid:${orderId}:${order.version - 1}`)).toBeDefined();
    await desk.undo(finding);
    expect((await desk.details(paymentId)).order.status).toBe('needs_attention');
  });

  test('of an order that is paid otherwise is written off alone, and the order stays as it is', async () => {
    const { paymentId } = await desk.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await compare();
    const finding = await only();
    expect(await desk.decide(finding, 'mark_received')).toMatchObject({ kind: 'refused' });
    await desk.decide(finding, 'write_off', { reason: 'Lost with the old server' });
    expect((await desk.details(paymentId)).order.status).toBe('paid');
    expect(await desk.undo(finding)).toMatchObject({ kind: 'decided' });
    await pass(minute);
    expect(await only()).toMatchObject({ id: finding.id });
  });
});
