import type { JsonObject } from '#kernel/json.ts';
import { isCurrency } from '#kernel/money.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

export const holdLimitKey = 'sales.hold_above';

/** Minor units by currency. Sales above are held, and sales in a currency that has no limit are held all of them. */
export type HoldLimits = Readonly<Record<string, number>>;

/** Until somebody says otherwise: what a small shop would rather not lose to a forged event. */
const firstLimits: HoldLimits = { USD: 10_000 };

export async function readHoldLimits(
  stores: Pick<PaymentStores, 'settings'>,
): Promise<{ limits: HoldLimits; version: number }> {
  const stored = await stores.settings.findSetting(holdLimitKey);
  if (stored === undefined) return { limits: firstLimits, version: 0 };
  return { limits: limitsIn(stored.value), version: stored.version };
}

function limitsIn(value: JsonObject): HoldLimits {
  const entries = Object.entries(value).filter(
    (entry): entry is [string, number] => isCurrency(entry[0]) && Number.isSafeInteger(entry[1]),
  );
  return Object.fromEntries(entries);
}
