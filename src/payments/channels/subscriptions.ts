import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { searchedText } from '../collect/find-orders.ts';
import type { StoredSubscription } from '../ports/channel-order-store.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { Subscription } from '../ports/sales-channel.ts';

/**
 * Stores what a channel reports of a subscription, so that it is found by its id or e-mail. Its money is received as
 * channel orders. Returns whether its status is new.
 */
export async function noteSubscription(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { provider: ProviderName; subscription: Subscription },
): Promise<boolean> {
  const { provider, subscription } = input;
  const { reference } = subscription;
  const updatedAt = deps.clock.now();
  return deps.database.transaction(async ({ channelOrders }) => {
    const before = await channelOrders.findSubscription({ provider, reference });
    await channelOrders.saveSubscription({ provider, ...subscription, updatedAt });
    const after = await channelOrders.findSubscription({ provider, reference });
    return before?.status !== after?.status;
  });
}

/** Subscriptions at a channel, by their id there or the customer's e-mail; in `parts` of e-mail or name too, where there is none. */
export function findSubscriptions(
  deps: { database: Database<PaymentStores> },
  input: { text: string; in: 'whole' | 'parts'; limit: number },
): Promise<StoredSubscription[]> {
  const { limit } = input;
  const text = searchedText(input.text);
  return deps.database.read(async ({ channelOrders }) => {
    const found = await channelOrders.listSubscriptionsCalled({ text, limit });
    return found.length > 0 || input.in === 'whole' ? found : channelOrders.searchSubscriptions({ text, limit });
  });
}
