// Each forged order may be small: what counts without review is bounded together, too, by what the goods are worth.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { formatMoney, type Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { ChannelOrderMark } from '../ports/channel-order-store.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { readReviewThresholds } from './review-threshold.ts';

const withinMs: Milliseconds = day;
/** How many times the review threshold, where no setting says otherwise. */
const timesDefault = 10;

/**
 * Counts a channel order without doubts towards what may count within a day. Null when it counts; otherwise it is held,
 * and the sentence says why.
 */
export async function takeFromLimit(
  deps: Pick<SnapshotDeps, 'unreviewedTimes'>,
  order: { tx: PaymentTx; provider: ProviderName; reference: ChannelOrderMark['reference']; value: Money },
): Promise<string | null> {
  const { tx, provider, reference, value } = order;
  const { currency } = value;
  const at = tx.clock.now();
  const { limits } = await readReviewThresholds(tx.stores);
  const limitMinor = (limits[currency] ?? 0) * (deps.unreviewedTimes ?? timesDefault);
  const countedMinor = await tx.stores.channelOrders.sumCounted({ provider, currency, since: at - withinMs });
  if (countedMinor + value.amountMinor > limitMinor) {
    const show = (amountMinor: number): string => formatMoney({ amountMinor, currency });
    return `Orders for ${show(countedMinor)} counted without review within a day; no more than ${show(limitMinor)} may (CHANNEL_REVIEW_AFTER).`;
  }
  await tx.stores.channelOrders.markCounted({ provider, reference, value, at });
  return null;
}
