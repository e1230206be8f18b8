// A difference between our books and theirs is settled by a person, in either direction.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { type Comparison, openComparison } from '#test/support/comparison.ts';
import { type ExceptionDesk, money } from '#test/support/exception-desk.ts';
import { unreachable } from '#test/support/scripted-providers.ts';
import { aSnapshot } from '#test/support/snapshots.ts';

let books: Comparison;
let desk: ExceptionDesk;
beforeEach(async () => {
  books = await openComparison();
  desk = books.desk;
});
afterEach(() => desk.remove());

async function pass(ms: number): Promise<void> {
  desk.deps.clock.advance(ms);
}

describe('a difference between our books and theirs', () => {
  async function missingThere() {
    const { orderId, paymentId } = await desk.order({ state: 'expired' });
    await pass(hour);
    await books.compare();
    const finding = (await books.findings()).find(({ kind }) => kind === 'finding_missing_there');
    if (finding === undefined) throw new Error('nothing is missing there');
    const { payment } = await desk.details(paymentId);
    return { orderId, paymentId, finding, reference: payment.reference ?? asProviderReference('none') };
  }

  test('is settled when our books are right: the next run leaves it alone, and it can be taken back', async () => {
    const { finding } = await missingThere();
    expect(await desk.offered(finding)).toEqual(['force_match', 'correct', 'mark_received', 'write_off']);
    await desk.decide(finding, 'force_match', { reason: 'Checked with the provider' });
    await pass(hour);
    expect(await books.compare()).toMatchObject({ run: { openCount: 1 } });
    expect(await books.findings()).toEqual([]);
    expect(await books.grouped()).toMatchObject({ status: 'resolved' });
    await desk.undo(finding);
    expect(await books.only()).toMatchObject({ id: finding.id });
  });

  test('is corrected: what the provider does not have is failed here', async () => {
    const { orderId, paymentId } = await desk.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await books.compare();
    const { payment } = await desk.details(paymentId);
    books.gone.add(String(payment.reference));
    await desk.decide(await books.only(), 'correct');
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
    books.listed = [aSnapshot({ ...shows, reference: payment.reference ?? asProviderReference('none') })];
    await pass(hour);
    await books.compare();
    const finding = (await books.findings()).find(({ kind }) => kind === 'finding_amount');
    if (finding === undefined) throw new Error('no amount differs');
    expect(finding.facts).toMatchObject({ here: '49.00 USD', there: '40.00 USD' });
    await desk.decide(finding, 'correct', { reason: 'A discount was given there' });
    const { order, payment: after, timeline } = await desk.details(paymentId);
    expect(after).toMatchObject({ amountMinor: 4000, requestedAmount: '40.00', status: 'paid', mismatchedAt: null });
    expect(order.status).toBe('needs_attention');
    expect(await desk.allOpen(orderId)).toEqual(['payment_underpaid']);
    expect(timeline.map(({ text }) => text)).toContain('the payment is over 40.00 USD now, not over 49.00');
    await books.compare();
    expect(await books.findings()).toEqual([]);
  });

  test('is corrected by the very word that was asked for: no second question can come to nothing', async () => {
    const { paymentId } = await desk.order({ state: 'confirmed', settlement: money('49.00') });
    await pass(hour);
    await books.compare();
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
    expect(await desk.decide(await books.only(), 'correct')).toMatchObject({ kind: 'decided' });
    expect((await desk.details(paymentId)).payment.status).toBe('reversed');
  });

  test('in the currency is not corrected: our books know only one', async () => {
    const { paymentId } = await desk.order({ state: 'open' });
    const { payment } = await desk.details(paymentId);
    const reference = payment.reference ?? asProviderReference('none');
    books.listed = [aSnapshot({ reference, requested: { amount: '49.00', asset: 'EUR' } })];
    await pass(hour);
    await books.compare();
    const finding = await books.only();
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
    await books.compare();
    const finding = await books.only();
    expect(await desk.decide(finding, 'mark_received')).toMatchObject({ kind: 'refused' });
    await desk.decide(finding, 'write_off', { reason: 'Lost with the old server' });
    expect((await desk.details(paymentId)).order.status).toBe('paid');
    expect(await desk.undo(finding)).toMatchObject({ kind: 'decided' });
    await pass(minute);
    expect(await books.only()).toMatchObject({ id: finding.id });
  });
});
