// A provider says of one payment what this version does not understand: the payment keeps its state, one case names it, and
// both go on as soon as it is understood again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import type { Case } from '#cases/case.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { dismiss } from '#payments/resolutions/actions/dismiss.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

const settled = {
  state: 'confirmed',
  providerStatus: 'Settled',
  settlement: { expected: '49.00', received: '49.00', asset: 'USD' },
} as const;

/** A payment that is open, due to be polled, and of which the provider says something new. */
async function placeOdd(reference = 'odd', what = 'status "Frozen"'): Promise<PaymentId> {
  const nextPollAt = deps.clock.now();
  const id = await placeTestOrder(deps, { reference: asProviderReference(reference), nextPollAt });
  providers.shows(reference, { paymentId: id, createdAt: deps.clock.now() });
  providers.saysOddly(reference, what);
  return id;
}

async function unreadCases(): Promise<Case[]> {
  const query = { provider: 'btcpay', kinds: ['payment_unread'], limit: 100 } as const;
  return opened.database.read((stores) => stores.cases.listLiveCasesOfProvider(query));
}

async function pollFor(ms: number, every: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += every) {
    deps.clock.advance(every);
    await pollPayments(deps, { limit: 9 });
  }
}

test('it keeps its state, and however often it is asked for it is one case, raised once, that names it', async () => {
  const id = await placeOdd();
  await pollFor(2 * minute, 5 * second);
  expect((await detailsOf(deps, id)).payment).toMatchObject({ status: 'created', providerStatus: null });
  expect(await unreadCases()).toMatchObject([
    {
      paymentId: id,
      reference: 'odd',
      occurrences: 1,
      rings: true,
      actions: ['check_again', 'resolve'],
      facts: {
        headline: 'What BTCPay says of a payment is not understood',
        why: 'BTCPay says status "Frozen".',
        here: 'created',
        there: 'not understood: status "Frozen"',
        orderNumber: 'T-1001',
      },
    },
  ]);
});

test('the case ends by itself when it is understood again, and the payment goes on from there', async () => {
  const id = await placeOdd();
  await pollFor(minute, 20 * second);
  providers.saysOddly('odd', undefined);
  providers.shows('odd', settled);
  await pollFor(minute, 20 * second);
  expect((await detailsOf(deps, id)).payment.status).toBe('paid');
  expect(await unreadCases()).toEqual([]);
  const [ended] = await opened.database.read((stores) => stores.cases.listCasesByKeys([`payment_unread:btcpay:${id}`]));
  expect(ended).toMatchObject({ resolution: 'by_itself', outcome: 'What the provider says is understood again.' });
});

test('something else that is not understood is told in the same case', async () => {
  await placeOdd();
  await pollFor(minute, 20 * second);
  providers.saysOddly('odd', 'paidAmount "plenty"');
  await pollFor(minute, 20 * second);
  expect(await unreadCases()).toMatchObject([{ occurrences: 2, facts: { why: 'BTCPay says paidAmount "plenty".' } }]);
});

test('amounts that nothing can be computed with concern that payment alone, and are told in its case', async () => {
  const id = await placeOdd();
  providers.saysOddly('odd', undefined);
  const received = '1000000000000000000000';
  providers.shows('odd', { ...settled, settlement: { expected: '49.00', received, asset: 'USD' } });
  const other = await placeTestOrder(deps, { reference: asProviderReference('other'), nextPollAt: deps.clock.now() });
  providers.shows('other', { ...settled, paymentId: other });
  await pollFor(minute, 20 * second);
  expect((await detailsOf(deps, other)).payment.status).toBe('paid');
  expect((await detailsOf(deps, id)).payment.status).toBe('created');
  const why = `BTCPay says ${received} USD of 49.00 USD received.`;
  expect(await unreadCases()).toMatchObject([{ paymentId: id, occurrences: 1, facts: { why } }]);
  providers.shows('odd', settled);
  await pollFor(minute, 20 * second);
  expect((await detailsOf(deps, id)).payment.status).toBe('paid');
  expect(await unreadCases()).toEqual([]);
});

test('a payment that was paid is asked for every hour while it is not understood, for a month', async () => {
  const id = await placeOdd();
  providers.saysOddly('odd', undefined);
  providers.shows('odd', settled);
  await pollPayments(deps, { limit: 9 });
  const { order, payment } = await detailsOf(deps, id);
  expect(payment).toMatchObject({ status: 'paid', nextPollAt: null });
  providers.saysOddly('odd', 'status "Disputed"');
  const checked = await checkOrder(deps, { orderId: order.id, actor: adminActor(42) });
  expect(checked).toMatchObject({ failed: [{ code: 'not_understood', what: 'status "Disputed"' }] });
  expect((await detailsOf(deps, id)).payment).toMatchObject({ status: 'paid', nextPollAt: deps.clock.now() + hour });
  expect(await unreadCases()).toHaveLength(1);
  await pollFor(2 * hour, hour);
  providers.isSilentAbout('odd', true);
  await pollFor(2 * hour, hour);
  providers.isSilentAbout('odd', false);
  expect((await detailsOf(deps, id)).payment.nextPollAt).toBe(deps.clock.now() + hour);
  providers.saysOddly('odd', undefined);
  providers.shows('odd', { state: 'invalid', providerStatus: 'Invalid', settlement: null });
  await pollFor(hour, hour);
  expect((await detailsOf(deps, id)).payment).toMatchObject({ status: 'reversed', nextPollAt: null });
  expect(await unreadCases()).toEqual([]);
  providers.saysOddly('odd', 'status "Disputed"');
  deps.clock.advance(31 * day);
  await checkOrder(deps, { orderId: order.id, actor: adminActor(42) });
  expect((await detailsOf(deps, id)).payment.nextPollAt).toBeNull();
});

test('an id that a webhook named is kept, so that its money is found once the provider is understood', async () => {
  const id = await placeOdd();
  const cause = { kind: 'webhook', id: 'event-1', actor: { kind: 'provider', id: 'btcpay' } } as const;
  await refreshPayment(deps, { paymentId: id, detail: 'deposit-1', cause });
  expect((await detailsOf(deps, id)).payment.details).toEqual(['deposit-1']);
  providers.saysOddly('odd', undefined);
  await refreshPayment(deps, { paymentId: id, detail: 'deposit-2', cause });
  expect((await detailsOf(deps, id)).payment.details).toEqual(['deposit-1', 'deposit-2']);
});

test('what an admin has decided about it stands until the provider says something else', async () => {
  const id = await placeOdd();
  await pollPayments(deps, { limit: 9 });
  const [one] = await unreadCases();
  const by = { actor: adminActor(42), name: 'Ann' };
  const decided = await dismiss(deps, { caseId: one?.id ?? '', by, reason: 'seen in BTCPay', option: null });
  expect(decided.kind).toBe('decided');
  await pollFor(minute, 20 * second);
  expect(await unreadCases()).toEqual([]);
  providers.saysOddly('odd', 'status "Thawed"');
  await pollFor(minute, 20 * second);
  expect(await unreadCases()).toMatchObject([{ paymentId: id, facts: { why: 'BTCPay says status "Thawed".' } }]);
});

describe('a comparison with the list', () => {
  const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
  const compare = () => createReconciler(deps)({ provider: 'btcpay', startedBy: 'test', cause });

  test('goes on, heals the others, says what it left out, and calls no payment missing for it', async () => {
    const odd = await placeOdd();
    const lost = await placeTestOrder(deps, { reference: asProviderReference('lost') });
    deps.clock.advance(10 * minute);
    providers.shows('lost', settled);
    providers.lists('btcpay', ['odd', 'lost']);
    const result = await compare();
    expect(result).toMatchObject({
      kind: 'finished',
      run: { comparedCount: 2, healedCount: 1, openCount: 1 },
      findings: [
        { kind: 'status', isHealed: true },
        { kind: 'unread', paymentId: odd, reference: 'odd', there: 'not understood: status "Frozen"', isHealed: false },
      ],
    });
    expect((await detailsOf(deps, lost)).payment.status).toBe('paid');
    expect((await detailsOf(deps, odd)).payment.status).toBe('created');
    // One case, also after it was asked for by itself, and no second card for the comparison.
    await pollPayments(deps, { limit: 9 });
    await compare();
    expect(await unreadCases()).toMatchObject([{ paymentId: odd, occurrences: 1, rings: true }]);
    const grouped = await opened.database.read((stores) => stores.cases.findLiveCase('reconciliation:btcpay'));
    expect(grouped).toBeUndefined();
  });

  test('has a payment asked for again of which nothing more was expected, so that its case ends', async () => {
    const id = await placeTestOrder(deps, { reference: asProviderReference('paid'), status: 'paid', nextPollAt: null });
    providers.shows('paid', { ...settled, paymentId: id, createdAt: deps.clock.now() });
    providers.saysOddly('paid', 'status "Disputed"');
    providers.lists('btcpay', ['paid']);
    deps.clock.advance(10 * minute);
    await compare();
    expect(await unreadCases()).toHaveLength(1);
    await pollFor(2 * hour, hour);
    providers.saysOddly('paid', undefined);
    await pollFor(hour, hour);
    expect(await unreadCases()).toEqual([]);
    expect((await detailsOf(deps, id)).payment).toMatchObject({ status: 'paid', nextPollAt: null });
  });

  test('with an entry that says nothing of itself calls none of our payments missing', async () => {
    await placeTestOrder(deps, { reference: asProviderReference('perhaps'), createdAt: deps.clock.now() });
    providers.lists('btcpay', []);
    deps.clock.advance(20 * minute);
    expect(await compare()).toMatchObject({ findings: [{ kind: 'missing_there' }] });
    const missing = () => opened.database.read((stores) => listDecisions(stores, ['finding_missing_there']));
    expect(await missing()).toHaveLength(1);
    const btcpay = providers.find('btcpay');
    if (btcpay === undefined) throw new Error('btcpay is off');
    btcpay.listPayments = async function* nothing() {
      yield [{ provider: 'btcpay', reference: null, paymentId: null, createdAt: null, unread: 'form' }];
    };
    expect(await compare()).toMatchObject({ findings: [{ kind: 'unread', reference: null, here: 'unknown' }] });
    expect(await unreadCases()).toMatchObject([{ reference: null, paymentId: null }]);
    expect(await missing()).toHaveLength(1);
  });

  test('names one of somebody else, and ends its case when it is understood again', async () => {
    providers.shows('stray', { createdAt: deps.clock.now() });
    providers.saysOddly('stray', 'amount null');
    providers.lists('btcpay', ['stray']);
    deps.clock.advance(10 * minute);
    await compare();
    expect(await unreadCases()).toMatchObject([{ paymentId: null, reference: 'stray', actions: ['resolve'] }]);
    providers.saysOddly('stray', undefined);
    await compare();
    expect(await unreadCases()).toEqual([]);
  });

  test('rings for a few, and lists the others, when a new status comes to all at once', async () => {
    for (let made = 0; made < 12; made += 1) await placeOdd(`odd-${made}`);
    providers.lists(
      'btcpay',
      Array.from({ length: 12 }, (_, made) => `odd-${made}`),
    );
    deps.clock.advance(10 * minute);
    await compare();
    const cases = await unreadCases();
    expect(cases).toHaveLength(12);
    expect(cases.filter(({ rings }) => rings)).toHaveLength(5);
  });
});
