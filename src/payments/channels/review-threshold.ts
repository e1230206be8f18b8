import type { JsonObject } from '#kernel/json.ts';
import { isCurrency } from '#kernel/money.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

export const reviewThresholdKey = 'sales.hold_above';

/** Minor units by currency. Sales above are held, and sales in a currency that has no limit are held all of them. */
export type ReviewThresholds = Readonly<Record<string, number>>;

/** Until somebody says otherwise: what a small shop would rather not lose to a forged event. */
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
