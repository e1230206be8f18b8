import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { JsonObject } from '#kernel/json.ts';
import { formatMoney, isCurrency, type Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { ChannelOrderMark } from '../ports/channel-order-store.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';

const reviewThresholdKey = 'sales.hold_above';

/** Minor units by currency. Orders above are held for review, and so are all in a currency that has no threshold. */
export type ReviewThresholds = Readonly<Record<string, number>>;

/** Until an admin changes it. A forged event below it costs a small shop less than a review of every order. */
const firstLimits: ReviewThresholds = { USD: 10_000 };

export async function readReviewThresholds(
  stores: Pick<PaymentStores, 'settings'>,
): Promise<{ limits: ReviewThresholds; version: number }> {
  const stored = await stores.settings.findSetting(reviewThresholdKey);
  if (stored === undefined) return { limits: firstLimits, version: 0 };
  return { limits: limitsIn(stored.value), version: stored.version };
}

function limitsIn(value: JsonObject): ReviewThresholds {
  const entries = Object.entries(value).filter(
    (entry): entry is [string, number] => isCurrency(entry[0]) && Number.isSafeInteger(entry[1]),
  );
  return Object.fromEntries(entries);
}

/** The same for a surface that shows them. */
export function getReviewThresholds(deps: {
  database: Database<PaymentStores>;
}): Promise<{ limits: ReviewThresholds; version: number }> {
  return deps.database.read(readReviewThresholds);
}

export type ReviewThresholdChanged = { kind: 'changed' } | { kind: 'unchanged' } | { kind: 'conflict' };

/** Orders above this amount are held for review from now on; those that are held already stay held. */
export function changeReviewThreshold(
  deps: TransactionDeps<PaymentStores>,
  input: { limit: Money; actor: Actor /** The version of the setting that the admin saw. */; expectedVersion: number },
): Promise<ReviewThresholdChanged> {
  const { limit, actor, expectedVersion } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<ReviewThresholdChanged> => {
    const { limits, version } = await readReviewThresholds(tx.stores);
    if (version !== expectedVersion) return { kind: 'conflict' };
    const before = limits[limit.currency];
    if (before === limit.amountMinor) return { kind: 'unchanged' };
    const value = { ...limits, [limit.currency]: limit.amountMinor };
    const updatedAt = deps.clock.now();
    const isChanged = await tx.stores.settings.changeSetting({
      key: reviewThresholdKey,
      value,
      expectedVersion,
      updatedAt,
    });
    if (!isChanged) return { kind: 'conflict' };
    await recordAudit(tx, {
      action: 'setting.change',
      subject: `setting:${reviewThresholdKey}`,
      details: {
        from: before === undefined ? null : formatMoney({ ...limit, amountMinor: before }),
        to: formatMoney(limit),
        version: version + 1,
      },
    });
    return { kind: 'changed' };
  });
}

// Each forged order may be small: what counts without review is bounded together, too, by what the goods are worth.

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
