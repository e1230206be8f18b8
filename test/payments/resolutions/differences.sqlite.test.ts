// A difference between our books and theirs is settled by a person, in either direction.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { unreachable } from '#test/support/fakes/scripted-providers.ts';
import { type CaseKit, money } from '#test/support/scenario-kits/case-kit.ts';
import { type Comparison, openComparison } from '#test/support/scenario-kits/comparison-kit.ts';

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

describe('a difference between our books and theirs', () => {
  async function missingThere() {
    const { orderId, paymentId } = await kit.order({ state: 'expired' });
    await pass(hour);
    await books.compare();
    const finding = (await books.findings()).find(({ kind }) => kind === 'finding_missing_there');
    if (finding === undefined) throw new Error('nothing is missing there');
    const { payment } = await kit.details(paymentId);
    return { orderId, paymentId, finding, reference: payment.reference ?? asProviderReference('none') };
  }

  test('is settled when our books are right: the next run leaves it alone, and it can be taken back', async () => {
    const { finding } = await missingThere();
    expect(await kit.offered(finding)).toEqual(['dismiss', 'correct', 'mark_paid', 'write_off']);
    await kit.decide(finding, 'dismiss', { reason: 'Checked with the provider' });
    await pass(hour);
    expect(await books.compare()).toMatchObject({ run: { openCount: 1 } });
    expect(await books.findings()).toEqual([]);
    expect(await books.grouped()).toMatchObject({ status: 'resolved' });
    await kit.undo(finding);
    expect(await books.only()).toMatchObject({ id: finding.id });
  });

  test('is corrected: what the provider does not have is failed here', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await books.compare();
    const { payment } = await kit.details(paymentId);
    books.gone.add(String(payment.reference));
    await kit.decide(await books.only(), 'correct');
    const { order, payment: after } = await kit.details(paymentId);
    expect([order.status, after.status, after.providerStatus]).toEqual([
      'needs_attention',
      'reversed',
      'no such payment',
    ]);
    expect(await kit.allOpen(orderId)).toEqual(['payment_reversed']);
  });

  test('that is corrected records the action that was chosen, with its reason, in the case and in the audit trail', async () => {
    const { paymentId } = await kit.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await books.compare();
    const { payment } = await kit.details(paymentId);
    books.gone.add(String(payment.reference));
    const finding = await books.only();
    await kit.decide(finding, 'correct', { reason: 'They never had it' });
    expect(await kit.find(finding.id)).toMatchObject({
      status: 'resolved',
      resolution: 'correct',
      resolvedBy: 'Ada',
      reason: 'They never had it',
    });
    expect(await kit.audit()).toContain('case.correct: They never had it');
  });

  test('is corrected: an amount that the provider collects becomes what the payment is to bring in', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    const { payment } = await kit.details(paymentId);
    const asked = { requested: { amount: '40.00', asset: 'USD' }, settlement: money('40.00', '40.00') };
    const shows = { ...asked, state: 'confirmed', providerStatus: 'Settled' } as const;
    await kit.look(paymentId, shows);
    books.listed = [aSnapshot({ ...shows, reference: payment.reference ?? asProviderReference('none') })];
    await pass(hour);
    await books.compare();
    const finding = (await books.findings()).find(({ kind }) => kind === 'finding_amount');
    if (finding === undefined) throw new Error('no amount differs');
    expect(finding.facts).toMatchObject({ here: '49.00 USD', there: '40.00 USD' });
    await kit.decide(finding, 'correct', { reason: 'A discount was given there' });
    const { order, payment: after, timeline } = await kit.details(paymentId);
    expect(after).toMatchObject({ amountMinor: 4000, requestedAmount: '40.00', status: 'paid', mismatchedAt: null });
    expect(order.status).toBe('needs_attention');
    expect(await kit.allOpen(orderId)).toEqual(['payment_underpaid']);
    expect(timeline.map(({ text }) => text)).toContain('the payment is over 40.00 USD now, not over 49.00');
    await books.compare();
    expect(await books.findings()).toEqual([]);
  });

  test('is corrected by the very word that was asked for: no second question can come to nothing', async () => {
    const { paymentId } = await kit.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await books.compare();
    const { payment } = await kit.details(paymentId);
    kit.providers.shows(String(payment.reference), { state: 'invalid', providerStatus: 'Invalid' });
    const { find } = kit.deps.providers;
    let asked = 0;
    kit.deps.providers.find = (name) => {
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
    expect(await kit.decide(await books.only(), 'correct')).toMatchObject({ kind: 'decided' });
    expect((await kit.details(paymentId)).payment.status).toBe('reversed');
  });

  test('in the currency is not corrected: our books know only one', async () => {
    const { paymentId } = await kit.order({ state: 'open' });
    const { payment } = await kit.details(paymentId);
    const reference = payment.reference ?? asProviderReference('none');
    books.listed = [aSnapshot({ reference, requested: { amount: '49.00', asset: 'EUR' } })];
    await pass(hour);
    await books.compare();
    const finding = await books.only();
    expect(await kit.offered(finding)).toEqual(['dismiss', 'mark_paid', 'write_off']);
    expect(await kit.decide(finding, 'correct')).toMatchObject({ kind: 'refused' });
  });

  test('is not corrected while its provider cannot be asked', async () => {
    const { finding, reference } = await missingThere();
    kit.providers.switchOff('btcpay');
    expect(await kit.decide(finding, 'correct')).toMatchObject({ kind: 'refused' });
    expect(await kit.find(finding.id)).toMatchObject({ status: 'open', reference });
  });

  test('is marked as received: the order is paid on a person’s word, loudly, and that is taken back', async () => {
    const { orderId, paymentId, finding } = await missingThere();
    await kit.decide(finding, 'mark_paid', { reason: 'It is in our wallet' });
    const { order, payment } = await kit.details(paymentId);
    expect([order.status, payment.acceptedBy]).toEqual(['paid', 'Ada']);
    expect(await kit.alert(`order_marked_paid:${orderId}:${order.version - 1}`)).toBeDefined();
    await kit.undo(finding);
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
  });

  test('of an order that is paid otherwise is written off alone, and the order stays as it is', async () => {
    const { paymentId } = await kit.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await books.compare();
    const finding = await books.only();
    expect(await kit.decide(finding, 'mark_paid')).toMatchObject({ kind: 'refused' });
    await kit.decide(finding, 'write_off', { reason: 'Lost with the old server' });
    expect((await kit.details(paymentId)).order.status).toBe('paid');
    expect(await kit.undo(finding)).toMatchObject({ kind: 'decided' });
    await pass(minute);
    expect(await books.only()).toMatchObject({ id: finding.id });
  });
});
