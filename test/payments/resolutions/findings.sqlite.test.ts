// What a comparison finds and cannot heal: it opens, keeps its age, ends by itself, and is settled by a person.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assignCase } from '#cases/acknowledge-case.ts';
import { day, hour } from '#kernel/clock.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { getCase } from '#payments/resolutions/options/get-case.ts';
import { handleInboxEvent } from '#payments/webhooks/handle-inbox-event.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { ada, type CaseKit, money } from '#test/support/scenario-kits/case-kit.ts';
import { type Comparison, cause, openComparison } from '#test/support/scenario-kits/comparison-kit.ts';

let books: Comparison;
let kit: CaseKit;
beforeEach(async () => {
  books = await openComparison();
  kit = books.kit;
});
afterEach(() => kit.remove());

async function pass(ms: number): Promise<void> {
  kit.deps.clock.advance(ms);
}

describe('a finding', () => {
  test('opens with both sides, rings together with the others, and keeps its age over later runs', async () => {
    books.listed = [books.stray()];
    await books.compare();
    const first = await books.only();
    expect(first).toMatchObject({ kind: 'finding_missing_here', provider: 'btcpay', reference: 'stray' });
    expect(first.facts).toMatchObject({ here: 'unknown', there: 'Settled, 49.00 USD', label: 'Workshop for T-1001' });
    expect(await books.grouped()).toMatchObject({ status: 'open', actions: ['exceptions'] });
    await pass(hour);
    await books.compare();
    expect(await books.only()).toMatchObject({
      id: first.id,
      openedAt: first.openedAt,
      lastRaisedAt: kit.deps.clock.now(),
    });
    expect((await books.grouped()) as object).toMatchObject({ occurrences: 1 });
  });

  test('ends by itself when a later run of the same provider no longer finds it', async () => {
    books.listed = [books.stray()];
    await books.compare();
    const first = await books.only();
    books.listed = [];
    await books.compare();
    expect(await books.findings()).toEqual([]);
    expect(await kit.find(first.id)).toMatchObject({ status: 'resolved', resolution: 'by_itself' });
    expect(await books.grouped()).toMatchObject({ status: 'resolved' });
  });

  test('that lies before a run’s window stays open: nobody has looked', async () => {
    books.listed = [books.stray()];
    await books.compare();
    await pass(10 * day);
    books.listed = [];
    await books.compare();
    expect(await books.findings()).toHaveLength(1);
  });

  test('of one provider is nothing to a run of another', async () => {
    books.listed = [books.stray()];
    await books.compare();
    books.listed = [];
    await createReconciler(kit.deps)({ provider: 'bitpay', startedBy: 'test', cause });
    expect(await books.findings()).toHaveLength(1);
  });

  test('about a payment of ours is on its order', async () => {
    const { orderId } = await kit.order({ state: 'open' });
    await pass(hour);
    await books.compare();
    expect(await kit.allOpen(orderId)).toEqual(['finding_missing_there']);
  });
});

describe('a payment that is unknown here', () => {
  test('suggests orders by number, amount and time, the best three first', async () => {
    for (let count = 0; count < 4; count += 1) await kit.order({ state: 'open' });
    books.listed = [books.stray({ label: 'for t-1003, thank you' })];
    await books.compare();
    const finding = (await books.findings()).find(({ reference }) => reference === 'stray');
    const details = await getCase(kit.deps, { id: finding?.id ?? 'none' });
    expect(details?.suggestions.map(({ candidate }) => candidate.order.number)).toEqual([1003, 1004, 1002]);
    expect(details?.suggestions[0]?.because).toContain('its number is on it');
    expect(details?.actions).toEqual(['link_order', 'dismiss']);
  });

  test('is linked to an order, which its money pays; undone, the order needs attention and the finding is as old as before', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'expired' });
    books.listed = [books.stray()];
    await books.compare();
    const finding = await books.only();
    expect(await kit.decide(finding, 'link_order', { option: '1001' })).toMatchObject({
      code: 'linked',
      orderNumber: 1001,
    });
    const { order, payments, timeline } = await kit.details(paymentId);
    expect(order.status).toBe('paid');
    expect(payments.at(-1)).toMatchObject({ reference: 'stray', status: 'paid', trust: 'fetched', amountMinor: 4900 });
    expect(timeline.map(({ text }) => text).join('\n')).toContain('Ada linked it to T-1001: Agreed by phone');
    expect(await books.grouped()).toMatchObject({ status: 'resolved' });
    await pass(hour);
    books.listed = [books.stray()];
    await books.compare();
    expect((await books.findings()).filter(({ reference }) => reference === 'stray')).toEqual([]);

    expect(await kit.undo(finding)).toMatchObject({ kind: 'decided' });
    const after = await kit.details(paymentId);
    expect(after.order.status).toBe('needs_attention');
    expect(after.payments.at(-1)).toMatchObject({ status: 'cancelled', reference: null });
    expect(await kit.find(finding.id)).toMatchObject({ status: 'open', openedAt: finding.openedAt });
    expect(await kit.allOpen(orderId)).not.toContain('payment_duplicate');
  });

  test('that brings more than the order asks for pays it, and the surplus is told', async () => {
    const { orderId } = await kit.order({ state: 'expired' });
    books.listed = [books.stray({ requested: { amount: '60.00', asset: 'USD' }, settlement: money('60.00', '60.00') })];
    kit.providers.shows('stray', {
      requested: { amount: '60.00', asset: 'USD' },
      settlement: money('60.00', '60.00'),
    });
    await books.compare();
    await kit.decide(await books.only(), 'link_order', { option: '1001' });
    const exception = await kit.open(orderId);
    expect(exception).toMatchObject({ kind: 'payment_overpaid', facts: { differenceFiat: '11.00 USD' } });
    expect(await kit.decide(exception, 'refund_surplus')).toMatchObject({
      code: 'refund_requested',
      amount: { amountMinor: 1100, currency: 'USD' },
    });
  });

  test('is not unlinked once the goods have left', async () => {
    const { orderId } = await kit.order({ state: 'expired' });
    books.listed = [books.stray()];
    await books.compare();
    const finding = await books.only();
    await kit.decide(finding, 'link_order', { option: '1001' });
    await fulfilOrder(kit.deps, { orderId, actor: ada.actor });
    expect(await kit.undo(finding)).toMatchObject({ kind: 'refused' });
  });

  test('that brings less than the order leaves it short', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'expired' });
    books.listed = [books.stray({ requested: { amount: '30.00', asset: 'USD' }, settlement: money('30.00', '30.00') })];
    await books.compare();
    await kit.decide(await books.only(), 'link_order', { option: '1001' });
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
    expect(await kit.allOpen(orderId)).toContain('payment_underpaid');
  });

  test('is not linked to an order of another currency, to none, or twice', async () => {
    await kit.order({ state: 'expired' });
    books.listed = [books.stray({ requested: { amount: '49.00', asset: 'EUR' } })];
    await books.compare();
    const finding = await books.only();
    expect(await kit.decide(finding, 'link_order', { option: '1001' })).toMatchObject({ kind: 'refused' });
    expect(await kit.decide(finding, 'link_order', { option: '9999' })).toMatchObject({ kind: 'refused' });
    books.gone.add('stray');
    const refused = await kit.decide(finding, 'link_order', { option: '1001' });
    expect(refused).toEqual({
      kind: 'refused',
      code: 'provider_failed',
      provider: 'btcpay',
      message: 'not found (invoice-not-found)',
    });
  });

  test('is ignored as long as nothing about it changes, and that is taken back', async () => {
    books.listed = [books.stray()];
    await books.compare();
    const finding = await books.only();
    await kit.decide(finding, 'dismiss', { reason: 'It was a test' });
    expect(await books.grouped()).toMatchObject({ status: 'resolved', outcome: 'Every difference was settled.' });
    await pass(hour);
    await books.compare();
    expect(await books.findings()).toEqual([]);
    expect(await books.grouped()).toMatchObject({ status: 'resolved' });
    await kit.undo(finding);
    expect(await books.only()).toMatchObject({ id: finding.id, openedAt: finding.openedAt });
    await kit.decide(finding, 'dismiss');
    books.listed = [books.stray({ providerStatus: 'Invalid' })];
    await books.compare();
    expect((await books.only()).id).not.toBe(finding.id);
  });

  test('and heard of by its webhook as well is one trouble: deciding one decides both, also for later', async () => {
    books.listed = [books.stray()];
    const event = {
      id: 'e',
      source: 'btcpay',
      eventKey: 'e',
      eventType: 'InvoiceSettled',
      reference: 'stray',
      detail: null,
      trust: 'signed',
      body: new Uint8Array(),
      headers: null,
      outcome: null,
      receivedAt: 0,
      availableAt: 0,
      lockedUntil: null,
      lockedBy: null,
      processedAt: null,
      abandonedAt: null,
      lastError: null,
      startedAttempts: 1,
      finishedAttempts: 0,
    };
    const hear = () => handleInboxEvent(kit.deps, event, new AbortController().signal);
    const open = () => kit.opened.database.read((stores) => listDecisions(stores));
    await hear();
    const heard = (await open())[0];
    await assignCase(kit.deps, { caseId: heard?.id ?? 'none', by: ada });
    await pass(hour);
    await books.compare();
    const finding = await books.only();
    expect(await open()).toHaveLength(1);
    expect(finding).toMatchObject({ openedAt: heard?.openedAt, assigneeName: 'Ada' });
    expect(finding).toMatchObject({ id: heard?.id, key: 'unmatched:btcpay:stray', rings: true, occurrences: 1 });
    expect(await hear()).toMatchObject({ outcome: 'unmatched payment, found before' });
    await kit.decide(finding, 'dismiss');
    expect(await open()).toEqual([]);
    expect(await hear()).toMatchObject({ outcome: 'unmatched payment, decided by an admin' });
    await books.compare();
    expect(await open()).toEqual([]);
  });
});
