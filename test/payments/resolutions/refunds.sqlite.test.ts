// Troubles of a refund: asked about again on a person's word, and left alone when they were settled elsewhere.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import { checkCase } from '#payments/resolutions/options/check-case.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { ada } from '#test/support/scenario-kits/case-kit.ts';
import { openRefundKit } from '../../support/scenario-kits/refund-kit.ts';

async function failedRefund() {
  const opened = await openTestDatabase();
  const kit = await openRefundKit(opened, { startsAs: 'pending' });
  await kit.ask();
  await kit.deliver();
  const [refund] = await kit.refunds();
  if (refund === undefined) throw new Error('no refund');
  kit.refundProvider.decide(refund.id, 'failed');
  await kit.pass(60);
  const open = () => opened.database.read((stores) => listDecisions(stores));
  const [exception] = await open();
  if (exception === undefined) throw new Error('no exception');
  return { opened, kit, exception, refund, open };
}

test('a failed refund is asked about again on a person’s word, audited, and stays until it is settled', async () => {
  const { opened, kit, exception, refund, open } = await failedRefund();
  await using _ = opened;
  expect(exception).toMatchObject({ kind: 'refund_failed', refundId: refund.id });
  kit.deps.clock.advance(minute);
  const same = await checkCase(kit.deps, { caseId: exception.id, by: ada });
  expect(same).toMatchObject({ kind: 'refund' });
  const audit = await opened.database.read((stores) =>
    stores.audit.listAudit({ subject: `case:${exception.id}`, limit: 9 }),
  );
  expect(audit.map(({ action, actorId }) => [action, actorId])).toEqual([['case.check', '42']]);
  expect(await open()).toHaveLength(1);
});

test('a failed refund that was settled elsewhere is ignored with a reason', async () => {
  const { opened, kit, exception, open } = await failedRefund();
  await using _ = opened;
  const reason = 'Sent by bank transfer';
  const asked = { caseId: exception.id, action: 'dismiss', option: null, reason, by: ada } as const;
  expect(await decideCase(kit.deps, asked)).toMatchObject({ kind: 'decided' });
  expect(await open()).toEqual([]);
});

async function lostRefund() {
  const opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  const never = { does: 'never', answers: false } as const;
  kit.refundProvider.fates = [never, never, never];
  await kit.ask();
  await kit.deliver();
  await kit.pass(60);
  const open = () => opened.database.read((stores) => listDecisions(stores));
  const [exception] = await open();
  if (exception === undefined) throw new Error('no exception');
  const say = (action: 'confirm_refunded' | 'confirm_not_refunded') =>
    decideCase(kit.deps, {
      caseId: exception.id,
      action,
      option: null,
      by: ada,
      reason: 'Seen in their dashboard',
    });
  return { opened, kit, exception, open, say };
}

test('a lost refund that never shows is settled by a person: it went back', async () => {
  const { opened, kit, exception, open, say } = await lostRefund();
  await using _ = opened;
  expect(exception.kind).toBe('refund_unknown');
  expect(await say('confirm_refunded')).toMatchObject({ kind: 'decided' });
  expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', nextPollAt: null });
  const { order, timeline } = await kit.details();
  expect(order.status).toBe('refunded');
  expect(timeline.filter(({ subject }) => subject === 'refund').at(-1)).toMatchObject({ trust: null, actorId: '42' });
  expect(await open()).toEqual([]);
  expect(await say('confirm_not_refunded')).toMatchObject({ kind: 'over' });
});

test('a lost refund that never shows is settled by a person: it did not go, and may be asked for again', async () => {
  const { opened, kit, open, say } = await lostRefund();
  await using _ = opened;
  expect(await kit.ask()).toMatchObject({ kind: 'refused', code: 'too_much' });
  expect(await say('confirm_not_refunded')).toMatchObject({ kind: 'decided' });
  expect(await open()).toEqual([]);
  expect(await kit.ask()).toMatchObject({ kind: 'requested' });
});

test('what the provider shows at last goes before what a person says of a lost refund', async () => {
  const { opened, kit, say } = await lostRefund();
  await using _ = opened;
  const [refund] = await kit.refunds();
  kit.refundProvider.makeByHand('49.00').refundId = refund?.id ?? null;
  expect(await say('confirm_not_refunded')).toMatchObject({ kind: 'over' });
  expect((await kit.refunds())[0]?.status).toBe('succeeded');
});

test('a refund that was sent a moment ago is not yet said to be lost', async () => {
  const opened = await openTestDatabase();
  await using _ = opened;
  const kit = await openRefundKit(opened);
  kit.refundProvider.fates = [{ does: 'never', answers: false }];
  await kit.ask();
  await kit.deliver();
  await kit.pass(1);
  const [exception] = await opened.database.read((stores) => listDecisions(stores));
  const asked = { caseId: exception?.id ?? '', option: null, by: ada, reason: 'Not in their dashboard' };
  const said = await decideCase(kit.deps, { ...asked, action: 'confirm_not_refunded' });
  expect(said).toEqual({ kind: 'refused', code: 'refund_just_sent' });
});

test('an exception that is not known, or about no order, has nothing to ask about', async () => {
  const { opened, kit } = await failedRefund();
  await using _ = opened;
  expect(await checkCase(kit.deps, { caseId: 'unknown', by: ada })).toEqual({ kind: 'unknown' });
});
