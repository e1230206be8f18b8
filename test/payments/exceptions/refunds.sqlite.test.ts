// Troubles of a refund: asked about again on a person's word, and left alone when they were settled elsewhere.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { checkException } from '#payments/check-exception.ts';
import { resolveException } from '#payments/resolve-exception.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { ada } from '#test/support/exception-desk.ts';
import { openRefundHouse } from '../refund-house.ts';

async function failedRefund() {
  const opened = await openTestDatabase();
  const house = await openRefundHouse(opened, { startsAs: 'pending' });
  await house.ask();
  await house.deliver();
  const [refund] = await house.refunds();
  if (refund === undefined) throw new Error('no refund');
  house.desk.decide(refund.id, 'failed');
  await house.pass(60);
  const open = () =>
    opened.database.read((stores) => stores.exceptions.listOpenExceptions({ kinds: null, after: null, limit: 9 }));
  const [exception] = await open();
  if (exception === undefined) throw new Error('no exception');
  return { opened, house, exception, refund, open };
}

test('a failed refund is asked about again on a person’s word, audited, and stays until it is settled', async () => {
  const { opened, house, exception, refund, open } = await failedRefund();
  await using _ = opened;
  expect(exception).toMatchObject({ kind: 'refund_failed', refundId: refund.id });
  house.deps.clock.advance(minute);
  const same = await checkException(house.deps, { exceptionId: exception.id, by: ada });
  expect(same).toMatchObject({ kind: 'refund' });
  const audit = await opened.database.read((stores) =>
    stores.audit.listAudit({ subject: `exception:${exception.id}`, limit: 9 }),
  );
  expect(audit.map(({ action, actorId }) => [action, actorId])).toEqual([['exception.check', '42']]);
  expect(await open()).toHaveLength(1);
});

test('a failed refund that was settled elsewhere is ignored with a reason', async () => {
  const { opened, house, exception, open } = await failedRefund();
  await using _ = opened;
  const reason = 'Sent by bank transfer';
  const asked = { exceptionId: exception.id, action: 'ignore', option: null, reason, by: ada } as const;
  expect(await resolveException(house.deps, asked)).toMatchObject({ kind: 'decided' });
  expect(await open()).toEqual([]);
});

test('an exception that is not known, or about no order, has nothing to ask about', async () => {
  const { opened, house } = await failedRefund();
  await using _ = opened;
  expect(await checkException(house.deps, { exceptionId: 'unknown', by: ada })).toEqual({ kind: 'unknown' });
});
