// A process may die between any two of its steps, before the command, during it, or after it; the provider may have carried
// it out, not, or may do so only later. Wherever that is, the money moves once.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import type { Fate } from '#test/support/fakes/refund-provider.ts';
import { openRefundKit, ProcessDied, paidFor } from '../../support/scenario-kits/refund-kit.ts';

/** More than the sending of a refund has transactions: the last ones show that the story was over before. */
const stepsMax = 12;

const fates: Record<string, Fate> = {
  'carries it out and answers': { does: 'at_once', answers: true },
  'carries it out and says nothing': { does: 'at_once', answers: false },
  'does not carry it out': { does: 'never', answers: false },
  'carries it out two minutes later': { does: 'later', afterMs: 2 * minute },
  'carries it out nine minutes later': { does: 'later', afterMs: 9 * minute },
  'carries it out after it was sent again': { does: 'later', afterMs: 12 * minute },
};

const startsAs = ['pending', 'succeeded'] as const;
const stories = Object.entries(fates).flatMap(([words, fate]) => startsAs.map((state) => ({ words, fate, state })));

test.each(stories)('dying at any step: a provider that $words, $state first, moves the money once', async (story) => {
  for (let step = 0; step <= stepsMax; step += 1) {
    await using opened = await openTestDatabase();
    const kit = await openRefundKit(opened, { startsAs: story.state });
    kit.refundProvider.fates = [story.fate];
    await kit.ask();
    kit.dieAt(step);
    await kit.deliver();
    await kit.restart();
    await kit.deliver();
    await kit.pass(15);
    const [pending] = await kit.refunds();
    if (story.state === 'pending') kit.refundProvider.decide(pending?.id ?? '', 'succeeded');
    await kit.pass(30);
    const [refund, ...more] = await kit.refunds();
    expect(more, `step ${step}`).toEqual([]);
    expect(refund, `step ${step}`).toMatchObject({ status: 'succeeded' });
    expect(kit.refundProvider.refunds, `step ${step}`).toHaveLength(1);
    expect((await kit.details()).order.status).toBe('refunded');
    expect((await kit.shopHeard()).filter((type) => type === 'order.refunded')).toHaveLength(1);
  }
});

test('dying during the call, before the provider has it, moves the money once', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  await kit.ask();
  kit.refundProvider.onCommand = () => {
    kit.dieAt(0);
    throw new ProcessDied('in the middle of the call');
  };
  await kit.deliver();
  await kit.restart();
  await kit.deliver();
  expect((await kit.refunds())[0]).toMatchObject({ status: 'unknown', sends: 1 });
  await kit.pass(20);
  const [refund] = await kit.refunds();
  expect(refund).toMatchObject({ status: 'succeeded', sends: 2 });
  expect(paidFor(kit.refundProvider, refund ?? { id: '' as never })).toBe(1);
});

test('dying while the refund is asked for leaves nothing, or all of it', async () => {
  for (let step = 0; step <= 2; step += 1) {
    await using opened = await openTestDatabase();
    const kit = await openRefundKit(opened);
    kit.dieAt(step);
    const request = { key: 'tap-1', hash: 'h' };
    await Promise.allSettled([kit.ask({ request })]);
    await kit.restart();
    expect(await kit.ask({ request })).toMatchObject({ kind: 'requested' });
    await kit.deliver();
    expect(await kit.refunds()).toHaveLength(1);
    expect(kit.refundProvider.refunds).toHaveLength(1);
  }
});
