import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Subscription } from '../ports/sales-channel.ts';

/** Keeps what a channel tells of a subscription, so that it is found by its id or e-mail. Its money comes as sales. */
export async function noteSubscription(
  deps: Pick<PaymentDeps, 'database' | 'clock'>,
  input: { provider: ProviderName; subscription: Subscription },
): Promise<void> {
  const { provider, subscription } = input;
  const updatedAt = deps.clock.now();
  await deps.database.transaction((stores) =>
    stores.channelOrders.saveSubscription({ provider, ...subscription, updatedAt }),
  );
}
