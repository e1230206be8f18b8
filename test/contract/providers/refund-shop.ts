import { asRefundId, createIds, type ProviderReference } from '#kernel/ids.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { RefundCommand, RefundProvider, RefundQuery } from '#payments/ports/refund-provider.ts';
import { seededRandom } from '#test/payments/providers/support/scripted-server.ts';
import { cases } from './registry.ts';
import { openShop } from './shop.ts';

/** The providers whose adapters give money back. */
export const refundingNames = providerNames.filter((name) => cases[name].abilities.refunds !== 'none');

/** A shop whose one order of 49.10 is paid, and the side of the adapter that gives it back. */
export async function openRefundShop(name: ProviderName, options: Parameters<typeof openShop>[1] = {}) {
  // By the clock nothing happens to a refund here: the test says when it arrives.
  const sandbox = { refundDelayMs: Number.MAX_SAFE_INTEGER, ...options.sandbox };
  const shop = await openShop(name, { ...options, sandbox });
  const outside = cases[name].refunds;
  if (outside === undefined) throw new Error(`nobody has said how refunds arrive at ${name}`);
  const ids = createIds({ clock: shop.clock, random: seededRandom(11) });
  const { reference, requested } = await shop.provider.createPayment(shop.anOrder());
  await shop.sandbox.visit({ provider: name, reference, action: 'pay' });
  const known = (provider = shop.provider): RefundProvider => {
    if (provider.refunds === null) throw new Error(`${name} gives no money back`);
    return provider.refunds;
  };

  return {
    ...shop,
    reference,
    refunds: known(),
    restarted: () => known(shop.restart()),
    aRefund: (amount = '49.10', differences: Partial<RefundCommand> = {}): RefundCommand => ({
      refundId: asRefundId(ids.newId()),
      paymentReference: reference,
      orderNumber: 'T-1042',
      amount: { amount, asset: requested.asset },
      isFull: amount === requested.amount,
      reason: 'Bought by mistake',
      customerEmail: 'buyer@example.com',
      ...differences,
    }),
    /** Searches for these refunds, of which only our own ids are known unless a reference is given. */
    looking: (commands: readonly RefundCommand[], references: readonly string[] = []): RefundQuery => ({
      paymentReference: reference,
      asset: requested.asset,
      ours: commands.map(({ refundId }, index) => ({ refundId, reference: references[index] ?? null })),
    }),
    failCommand: shop.sandbox.faults(name).failNextCommand,
    /** How often the adapter sent a command to give money back. */
    sends: () => shop.calls.filter(({ operation }) => operation === 'request_refund').length,
    arrive: async (): Promise<void> => {
      for (const action of outside.arrives) await shop.visit(reference, action);
    },
    refundByHand: (amount: string, at: ProviderReference = reference) =>
      outside.refundByHand({ sandbox: shop.sandbox, now: shop.clock.now }, { reference: at, amount }),
    /** What the provider holds, whatever became of it. */
    held: () => shop.sandbox.record(name, reference)?.refunds ?? [],
    /** Lets the clock reach the moment at which a late call is executed. */
    async passLate(): Promise<void> {
      shop.clock.set(shop.clock.now() + shop.sandbox.faults(name).get().lateMs);
      shop.sandbox.tick();
      await new Promise((resolve) => setImmediate(resolve));
    },
    [Symbol.asyncDispose]: shop[Symbol.asyncDispose],
  };
}
