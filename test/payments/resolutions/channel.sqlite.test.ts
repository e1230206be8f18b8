// Exceptions of a channel that cannot be asked: a decision either needs nobody's word, or says what to do instead.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { importExport } from '#payments/channels/import-export.ts';
import type { ExportedAmounts, ExportedOrder } from '#payments/ports/sales-channel.ts';
import { requestRefund } from '#payments/refunds/request-refund.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import { checkCase } from '#payments/resolutions/options/check-case.ts';
import type { ResolvingAction } from '#payments/resolutions/options/resolution-actions.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import { handleInboxEvent } from '#payments/webhooks/handle-inbox-event.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { anEvent, aSale, createFakeSalesChannel } from '#test/support/fakes/sales-channel.ts';
import { ada } from '#test/support/scenario-kits/case-kit.ts';
import { createTestDeps, detailsOf, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

const instead = { code: 'cannot_fetch', provider: 'payhip' } as const;
let opened: TestDatabase;
let deps: TestDeps;

beforeEach(async () => {
  opened = await openTestDatabase();
  deps = { ...createTestDeps(opened.database), providers: createFakeSalesChannel() };
  const sold = anEvent({ kind: 'sold', channelOrder: aSale() });
  await handleInboxEvent(deps, sold, new AbortController().signal);
});
afterEach(() => opened.remove());

async function payment() {
  const key = { provider: 'payhip', reference: asProviderReference('sale-1') } as const;
  const found = await opened.database.read((stores) => stores.payments.findPaymentByReference(key));
  if (found === undefined) throw new Error('the sale is not there');
  return found;
}

type Line = Partial<ExportedOrder & ExportedAmounts>;

const aLine = ({ amount = '9.00', returned = '0', ...change }: Line): ExportedOrder => ({
  line: 2,
  lineCount: 1,
  reference: asProviderReference('sale-1'),
  customerEmail: 'ann@example.org',
  currencies: ['USD'],
  readings: [{ amount, otherwise: amount, returned }],
  productNames: [],
  soldAt: Date.UTC(2026, 10, 22, 2),
  ...change,
});

async function find(change: Line, kind: string): Promise<Case> {
  await importExport(deps, { provider: 'payhip', sales: [aLine(change)], actor: ada.actor, fileName: 'sales.csv' });
  const open = await opened.database.read((stores) => listDecisions(stores));
  const found = open.find((exception) => exception.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}: ${open.map((each) => each.kind)}`);
  return found;
}

const decide = ({ id }: Case, action: ResolvingAction, option: string | null = null) =>
  decideCase(deps, { caseId: id, action, by: ada, reason: 'I looked', option });

test('the export’s word is not taken into our books by a tap: it is imported again', async () => {
  const finding = await find({ amount: '9.50' }, 'finding_amount');
  const before = await payment();
  expect(await decide(finding, 'correct')).toEqual({ kind: 'refused', ...instead });
  expect(await payment()).toEqual(before);
});

test('to check again says so too, concludes nothing and changes nothing', async () => {
  const finding = await find({ returned: 'unknown' }, 'finding_status');
  const before = await detailsOf(deps, (await payment()).id);
  const failed = { kind: 'checked', changed: 0, failed: [instead] };
  expect(await checkCase(deps, { caseId: finding.id, by: ada })).toEqual(failed);
  expect(await checkOrder(deps, { orderId: before.order.id, actor: ada.actor })).toEqual(failed);
  const after = await detailsOf(deps, before.payment.id);
  expect([after.order.status, after.payment]).toEqual([before.order.status, before.payment]);
});

test('a sale that only the export has is linked to no order of ours', async () => {
  const finding = await find(
    { reference: asProviderReference('other'), currencies: [], customerEmail: null },
    'finding_missing_here',
  );
  expect(await decide(finding, 'link_order', '1001')).toEqual({ kind: 'refused', ...instead });
});

test('our books are found right without asking anybody, and the next export leaves it settled', async () => {
  const finding = await find({ amount: '9.50' }, 'finding_amount');
  expect(await decide(finding, 'dismiss')).toMatchObject({ kind: 'decided' });
  await expect(find({ line: 7, amount: '9.50' }, 'finding_amount')).rejects.toThrow('there is no finding_amount');
});

test('the money of a held sale is marked as received, and nothing about it is open any more', async () => {
  const finding = await find({ amount: '9.50' }, 'finding_amount');
  expect(await decide(finding, 'mark_paid')).toMatchObject({ kind: 'decided' });
  const { order, payment: after } = await detailsOf(deps, (await payment()).id);
  expect([order.status, after.heldAt]).toEqual(['paid', null]);
  const open = await opened.database.read((stores) => listDecisions(stores));
  expect(open).toEqual([]);
});

test('a refund is asked for nowhere, and it is said where it is made', async () => {
  const { id: paymentId } = await payment();
  const result = await requestRefund(deps, { paymentId, amount: 'all', reason: 'Asked for', actor: ada.actor });
  expect(result).toEqual({ kind: 'refused', code: 'provider_cannot', provider: 'payhip', why: 'made_at_provider' });
});
