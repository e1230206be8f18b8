// Whatever people ask for, whatever answers get lost and come late, and whenever the process dies: what goes back is never
// more than what came, and no refund is paid out twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { compareDecimals } from '#kernel/money.ts';
import { openTestDatabase } from '#test/support/database.ts';
import type { Fate } from '#test/support/refund-desk.ts';
import { openRefundHouse, type RefundHouse } from './refund-house.ts';

const captured = 4900;

type Step =
  | { act: 'ask'; amountMinor: number | 'all' }
  | { act: 'ask_together'; amounts: number[] }
  | { act: 'deliver' }
  | { act: 'deliver_twice_at_once' }
  | { act: 'die'; at: number }
  | { act: 'wait'; minutes: number }
  | { act: 'fate'; fate: Fate }
  | { act: 'decide'; isGood: boolean }
  | { act: 'away'; isAway: boolean };

const amount = fc.integer({ min: 1, max: 6_000 });
const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.record({ does: fc.constantFrom('at_once' as const, 'never' as const), answers: fc.boolean() }),
  // A call is carried out within two quiet times, or never: the assumption that docs/decisions states.
  fc.record({ does: fc.constant('later' as const), afterMs: fc.integer({ min: second, max: 19 * minute }) }),
  fc.record({ does: fc.constantFrom('reject' as const, 'limit' as const) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant('ask' as const), amountMinor: fc.oneof(amount, fc.constant('all' as const)) }),
  fc.record({ act: fc.constant('ask_together' as const), amounts: fc.array(amount, { minLength: 2, maxLength: 4 }) }),
  fc.constant({ act: 'deliver' as const }),
  fc.constant({ act: 'deliver_twice_at_once' as const }),
  fc.record({ act: fc.constant('die' as const), at: fc.integer({ min: 0, max: 8 }) }),
  fc.record({ act: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 25 }) }),
  fc.record({ act: fc.constant('fate' as const), fate }),
  fc.record({ act: fc.constant('decide' as const), isGood: fc.boolean() }),
  fc.record({ act: fc.constant('away' as const), isAway: fc.boolean() }),
);

async function take(house: RefundHouse, taken: Step): Promise<void> {
  const ask = (amountMinor: number | 'all') =>
    house.ask({ amount: amountMinor === 'all' ? 'all' : { amountMinor, currency: 'USD' } });
  switch (taken.act) {
    case 'ask':
      await ask(taken.amountMinor);
      return;
    case 'ask_together':
      await Promise.all(taken.amounts.map(ask));
      return;
    case 'deliver':
      return house.deliver();
    case 'deliver_twice_at_once':
      await Promise.all([house.deliver(), house.deliver()]);
      return;
    case 'die':
      house.dieAt(taken.at);
      await house.deliver();
      return house.restart();
    case 'wait':
      return house.pass(taken.minutes);
    case 'fate':
      house.desk.fates.push(taken.fate);
      return;
    case 'decide': {
      const open = house.desk.refunds.find(({ state }) => state === 'pending');
      if (open?.refundId) house.desk.decide(open.refundId, taken.isGood ? 'succeeded' : 'failed');
      return;
    }
    case 'away':
      house.desk.isAway = taken.isAway;
      return;
    default:
      taken satisfies never;
  }
}

/** At the provider: what has gone back or is on its way there, in cents. */
function paidOut(house: RefundHouse): number {
  const counting = house.desk.refunds.filter(({ state }) => state === 'pending' || state === 'succeeded');
  return counting.reduce((sum, refund) => sum + Math.round(Number(refund.amount.amount) * 100), 0);
}

test('refunds never sum to more than was captured, and none is paid out twice', { timeout: 180_000 }, async () => {
  const steps = fc.array(step, { minLength: 3, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom('pending' as const, 'succeeded' as const), async (taken, startsAs) => {
      await using opened = await openTestDatabase();
      const house = await openRefundHouse(opened, { startsAs });
      for (const one of taken) {
        await take(house, one);
        expect(paidOut(house)).toBeLessThanOrEqual(captured);
      }
      house.desk.isAway = false;
      house.desk.fates = [];
      await house.deliver();
      await house.pass(45);
      const refunds = await house.refunds();
      expect(paidOut(house)).toBeLessThanOrEqual(captured);
      const ids = house.desk.refunds.map(({ refundId }) => refundId);
      expect(new Set(ids).size).toBe(ids.length);
      // At the end the books say what the provider did, refund by refund.
      for (const there of house.desk.refunds) {
        const here = refunds.find(({ id }) => id === there.refundId);
        expect(here?.status).toBe(there.state);
        expect(compareDecimals(here?.requestedAmount ?? '0', there.amount.amount)).toBe(0);
      }
    }),
    { numRuns: 120 },
  );
});
