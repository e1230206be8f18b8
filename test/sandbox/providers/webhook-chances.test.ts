import { describe, expect, test } from 'vitest';
import { providerNames } from '#kernel/provider-name.ts';
import type { FaultSettings } from '#sandbox/providers/contract.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { openInProcess } from './open-in-process.ts';
import { startMs } from './support.ts';

const hourMs = 3_600_000;

describe('by chance', () => {
  const salesCount = 400;

  /** Hours between event and arrival, for each arrival of each sale that arrived at all. */
  async function arrivalsUnder(faults: Partial<FaultSettings>): Promise<number[][]> {
    const hours = new Map<string, number[]>();
    const { core, clock } = openInProcess(1, {
      async post(_url, { body }) {
        const { id, updatedAt } = JSON.parse(body);
        hours.set(id, [...(hours.get(id) ?? []), Math.ceil((clock.now() - Date.parse(updatedAt)) / hourMs)]);
        return 200;
      },
    });
    core.faults('coinbase').set(faults);
    for (let sale = 0; sale < salesCount; sale += 1) {
      const { reference } = core.createForeign('coinbase', { amount: '5.00' });
      await core.visit({ provider: 'coinbase', reference, action: 'pay' });
    }
    for (let hour = 0; hour <= 100; hour += 1) {
      await core.settle();
      clock.advance(hourMs);
    }
    return [...hours.values()];
  }

  const isAbout = (count: number, share: number) => Math.abs(count / salesCount - share) < 0.08;

  test('some webhooks are lost, some are repeated, and some are late by days', async () => {
    const arrivals = await arrivalsUnder({
      dropWebhooks: 0.1,
      duplicateWebhooks: 1,
      duplicateWebhooksRate: 0.2,
      delayWebhooksMs: 72 * hourMs,
      delayWebhooksRate: 0.3,
      delayWebhooksSpread: 1,
    });
    const late = arrivals.flat().filter((hours) => hours > 0);
    expect(isAbout(salesCount - arrivals.length, 0.1)).toBe(true);
    expect(isAbout(arrivals.filter(({ length }) => length === 2).length, 0.9 * 0.2)).toBe(true);
    expect(isAbout(late.length, 0.9 * 1.2 * 0.3)).toBe(true);
    expect(Math.max(...late)).toBeLessThanOrEqual(72);
    expect(new Set(late).size).toBeGreaterThan(40);
    expect(arrivals.some(([first, second = 0]) => first === 0 && second > 24)).toBe(true);
  });

  test('some webhooks of one queue are held back, and come after younger ones', async () => {
    const sentUnder = async (faults: Partial<FaultSettings>): Promise<string[]> => {
      const { core, posts } = openInProcess(1);
      core.faults('btcpay').set(faults);
      const { reference } = core.createForeign('btcpay', { amount: '5.00' });
      for (const action of ['pay', 'pay_again', 'pay_again', 'pay_again'] as const) {
        await core.visit({ provider: 'btcpay', reference, action });
      }
      await core.settle();
      return posts.map((post) => JSON.parse(JSON.parse(post).body).deliveryId);
    };
    const calm = await sentUnder({});
    const reversed = await sentUnder({ reorderWebhooks: true });
    const mixed = await sentUnder({ reorderWebhooks: true, reorderWebhooksRate: 0.5 });
    expect(calm).toHaveLength(11);
    expect(reversed).toEqual(calm.toReversed());
    expect(mixed.toSorted()).toEqual(calm.toSorted());
    expect(mixed).not.toEqual(calm);
    expect(mixed).not.toEqual(reversed);
  });
});

test.each(providerNames)('%s comes again after the pauses of the real one, if it is told to', async (name) => {
  const { core, clock } = openInProcess(1, { realRetryDelays: true, post: async () => 503 });
  const { reference } = core.createForeign(name, { amount: '5.00' });
  await core.visit({ provider: name, reference, action: 'pay' });
  await core.settle();
  for (let step = 0; step < 300 && clock.now() < startMs + 9 * 24 * hourMs; step += 1) {
    clock.advance((core.nextDueAt() ?? Number.POSITIVE_INFINITY) - clock.now());
    await core.settle();
  }
  const log = core.deliveries(name);
  const attempts = log.filter(({ eventId }) => eventId === log[0]?.eventId).map(({ atMs }) => atMs);
  const pauses = attempts.slice(1).map((atMs, index) => atMs - (attempts[index] ?? 0));
  expect(pauses).toEqual(simulators[name].realRetryDelaysMs);
});
