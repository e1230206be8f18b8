// Whatever is refunded manually at the provider, and whatever is reversed there meanwhile: a command that is sent is
// covered, at that moment, by money that is there and that the provider shows as not given back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import type { Fate } from '#test/support/fakes/refund-provider.ts';
import { showSnapshot } from '#test/support/scenario-kits/payment-kit.ts';
import { openRefundKit, type RefundKit } from '../../support/scenario-kits/refund-kit.ts';

const amount = fc.integer({ min: 1, max: 4_900 });
const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.record({ does: fc.constantFrom('at_once' as const, 'never' as const), answers: fc.boolean() }),
  fc.record({ does: fc.constant('later' as const), afterMs: fc.integer({ min: second, max: 9 * minute }) }),
  fc.record({ does: fc.constantFrom('reject' as const, 'limit' as const) }),
);
const step = fc.oneof(
  fc.record({ act: fc.constant('ask' as const), amountMinor: amount }),
  fc.record({ act: fc.constant('by_hand' as const), amountMinor: amount }),
  fc.constant({ act: 'deliver' as const }),
  fc.record({ act: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ act: fc.constant('fate' as const), fate }),
  fc.record({ act: fc.constant('reverse' as const), isBack: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const minorOf = (text: string): number => Math.round(Number(text) * 100);

interface Money {
  isReversed: boolean;
}

async function take(kit: RefundKit, { taken, money }: { taken: Step; money: Money }): Promise<void> {
  switch (taken.act) {
    case 'ask':
      await kit.ask({ amount: { amountMinor: taken.amountMinor, currency: 'USD' } });
      return;
    case 'by_hand':
      kit.refundProvider.makeByHand((taken.amountMinor / 100).toFixed(2));
      return;
    case 'deliver':
      return kit.deliver();
    case 'wait':
      return kit.pass(taken.minutes);
    case 'fate':
      kit.refundProvider.fates.push(taken.fate);
      return;
    case 'reverse': {
      money.isReversed = !taken.isBack;
      const settlement = { expected: '49.00', received: '49.00', asset: 'USD' };
      const shows = taken.isBack ? ({ state: 'confirmed', settlement } as const) : ({ state: 'invalid' } as const);
      return showSnapshot(kit.deps, { paymentId: kit.paymentId, shows });
    }
    default:
      taken satisfies never;
  }
}

test('no command is sent that the money at the provider does not cover', { timeout: 180_000 }, async () => {
  const steps = fc.array(step, { minLength: 4, maxLength: 18 });
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom('pending' as const, 'succeeded' as const), async (all, startsAs) => {
      await using opened = await openTestDatabase();
      const kit = await openRefundKit(opened, { startsAs });
      const money: Money = { isReversed: false };
      const uncovered: string[] = [];
      const { refundProvider } = kit;
      const send = refundProvider.requestRefund.bind(refundProvider);
      refundProvider.requestRefund = (command, signal) => {
        const others = refundProvider.refunds.filter(({ refundId }) => refundId !== command.refundId);
        const gone = others.reduce((sum, one) => sum + minorOf(one.amount.amount), 0);
        const left = (money.isReversed ? 0 : 4_900) - gone;
        if (minorOf(command.amount.amount) > left) uncovered.push(`${command.amount.amount} of ${left}`);
        return send(command, signal);
      };
      for (const taken of all) await take(kit, { taken, money });
      await kit.deliver();
      await kit.pass(35);
      expect(uncovered).toEqual([]);
      // A lost refund was found by then, or an admin was notified.
      const unknown = (await kit.refunds()).filter(({ status }) => status === 'unknown');
      const applied = await opened.database.read((stores) => listDecisions(stores, ['refund_unknown']));
      const toldOf = applied.map(({ refundId }) => refundId);
      for (const refund of unknown) expect(toldOf).toContain(refund.id);
    }),
    { numRuns: 40 },
  );
});
