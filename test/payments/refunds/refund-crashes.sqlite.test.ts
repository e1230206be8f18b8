// A process may die between any two of its steps, before the command, during it, or after it; the provider may have carried
// it out, not, or may do so only later. Wherever that is, the money moves once.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { openTestDatabase } from '#test/support/database.ts';
import type { Fate } from '#test/support/refund-desk.ts';
import { openRefundHouse, ProcessDied, paidFor } from './refund-house.ts';

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
    const house = await openRefundHouse(opened, { startsAs: story.state });
    house.desk.fates = [story.fate];
    await house.ask();
    house.dieAt(step);
    await house.deliver();
    await house.restart();
    await house.deliver();
    await house.pass(15);
    const [pending] = await house.refunds();
    if (story.state === 'pending') house.desk.decide(pending?.id ?? '', 'succeeded');
    await house.pass(30);
    const [refund, ...more] = await house.refunds();
    expect(more, `step ${step}`).toEqual([]);
    expect(refund, `step ${step}`).toMatchObject({ status: 'succeeded' });
    expect(house.desk.refunds, `step ${step}`).toHaveLength(1);
    expect((await house.details()).order.status).toBe('refunded');
    expect((await house.shopHeard()).filter((type) => type === 'order.refunded')).toHaveLength(1);
  }
});

test('dying during the call, before the provider has it, moves the money once', async () => {
  await using opened = await openTestDatabase();
  const house = await openRefundHouse(opened);
  await house.ask();
  house.desk.onCommand = () => {
    house.dieAt(0);
    throw new ProcessDied('in the middle of the call');
  };
  await house.deliver();
  await house.restart();
  await house.deliver();
  expect((await house.refunds())[0]).toMatchObject({ status: 'unknown', sends: 1 });
  await house.pass(20);
  const [refund] = await house.refunds();
  expect(refund).toMatchObject({ status: 'succeeded', sends: 2 });
  expect(paidFor(house.desk, refund ?? { id: '' as never })).toBe(1);
});

test('dying while the refund is asked for leaves nothing, or all of it', async () => {
  for (let step = 0; step <= 2; step += 1) {
    await using opened = await openTestDatabase();
    const house = await openRefundHouse(opened);
    house.dieAt(step);
    const request = { key: 'tap-1', hash: 'h' };
    await Promise.allSettled([house.ask({ request })]);
    await house.restart();
    expect(await house.ask({ request })).toMatchObject({ kind: 'requested' });
    await house.deliver();
    expect(await house.refunds()).toHaveLength(1);
    expect(house.desk.refunds).toHaveLength(1);
  }
});
