// Whatever refunds are requested, whatever answers get lost or come late, and whenever the process dies: what is refunded is never
// more than what came, and no refund is paid out twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { compareDecimals } from '#kernel/money.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import type { Fate } from '#test/support/fakes/refund-provider.ts';
import { openRefundKit, type RefundKit } from '../../support/scenario-kits/refund-kit.ts';

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
  | { act: 'away'; isUnavailable: boolean };

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
  fc.record({ act: fc.constant('away' as const), isUnavailable: fc.boolean() }),
);

async function take(kit: RefundKit, taken: Step): Promise<void> {
  const ask = (amountMinor: number | 'all') =>
    kit.ask({ amount: amountMinor === 'all' ? 'all' : { amountMinor, currency: 'USD' } });
  switch (taken.act) {
    case 'ask':
      await ask(taken.amountMinor);
      return;
    case 'ask_together':
      await Promise.all(taken.amounts.map(ask));
      return;
    case 'deliver':
      return kit.deliver();
    case 'deliver_twice_at_once':
      await Promise.all([kit.deliver(), kit.deliver()]);
      return;
    case 'die':
      kit.dieAt(taken.at);
      await kit.deliver();
      return kit.restart();
    case 'wait':
      return kit.pass(taken.minutes);
    case 'fate':
      kit.refundProvider.fates.push(taken.fate);
      return;
    case 'decide': {
      const open = kit.refundProvider.refunds.find(({ state }) => state === 'pending');
      if (open?.refundId) kit.refundProvider.decide(open.refundId, taken.isGood ? 'succeeded' : 'failed');
      return;
    }
    case 'away':
      kit.refundProvider.isUnavailable = taken.isUnavailable;
      return;
    default:
      taken satisfies never;
  }
}

/** At the provider: what was refunded or is being refunded, in cents. */
function paidOut(kit: RefundKit): number {
  const counting = kit.refundProvider.refunds.filter(({ state }) => state === 'pending' || state === 'succeeded');
  return counting.reduce((sum, refund) => sum + Math.round(Number(refund.amount.amount) * 100), 0);
}

test('refunds never sum to more than was captured, and none is paid out twice', { timeout: 180_000 }, async () => {
  const steps = fc.array(step, { minLength: 3, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom('pending' as const, 'succeeded' as const), async (taken, startsAs) => {
      await using opened = await openTestDatabase();
      const kit = await openRefundKit(opened, { startsAs });
      for (const one of taken) {
        await take(kit, one);
        expect(paidOut(kit)).toBeLessThanOrEqual(captured);
      }
      kit.refundProvider.isUnavailable = false;
      kit.refundProvider.fates = [];
      await kit.deliver();
      await kit.pass(45);
      const refunds = await kit.refunds();
      expect(paidOut(kit)).toBeLessThanOrEqual(captured);
      const ids = kit.refundProvider.refunds.map(({ refundId }) => refundId);
      expect(new Set(ids).size).toBe(ids.length);
      // At the end our refunds match those of the provider, one by one.
      for (const there of kit.refundProvider.refunds) {
        const here = refunds.find(({ id }) => id === there.refundId);
        expect(here?.status).toBe(there.state);
        expect(compareDecimals(here?.requestedAmount ?? '0', there.amount.amount)).toBe(0);
      }
    }),
    { numRuns: 120 },
  );
});
