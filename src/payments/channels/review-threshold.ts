import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Database } from '#kernel/database.ts';
import type { JsonObject } from '#kernel/json.ts';
import { formatMoney, isCurrency, type Money } from '#kernel/money.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

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
