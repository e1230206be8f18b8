import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { StoredSubscription } from '../ports/channel-order-store.ts';

/** Subscriptions at a channel, by their id there or a part of the customer's e-mail or name. */
export function findSubscriptions(
  deps: Pick<PaymentDeps, 'database'>,
  input: { text: string; limit: number },
): Promise<StoredSubscription[]> {
  const text = input.text.trim();
  return deps.database.read((stores) => stores.channelOrders.searchSubscriptions({ text, limit: input.limit }));
}
