// What somebody does at a checkout, who has nothing but its address.
import type { ProviderName } from '#kernel/provider-name.ts';
import { type ProviderRecord, type VisitAction, VisitRefused } from '#sandbox/providers/contract.ts';
import type { Stream } from '../../engine/random.ts';
import type { World } from '../../world/world.ts';

export function findCheckout(world: World, about: { provider: ProviderName; url: string }): ProviderRecord | undefined {
  return world.providers.records(about.provider).find(({ checkoutUrl }) => checkoutUrl === about.url);
}

const parts = ['0.1', '0.5', '0.97', '0.995'] as const;

/** Nothing happens where the page has no such button. */
export async function visit(
  world: World,
  chance: Stream,
  input: { provider: ProviderName; reference: string; action: VisitAction },
): Promise<void> {
  const { provider, reference, action } = input;
  const isPart = action === 'underpay' || action === 'refund_part';
  world.stir();
  try {
    await world.providers.visit({ ...input, fraction: isPart ? chance.pick(parts) : undefined });
    world.journal.note('buyer', `${action} at ${provider} ${reference}`);
  } catch (error) {
    if (!(error instanceof VisitRefused)) throw error;
  }
}
