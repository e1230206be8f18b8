import type { AlertFacts } from '#cases/case.ts';
import type { AlertStores } from '#cases/case-store.ts';
import { changeAlert } from '#cases/raise-case.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';

/** Brings the live alert of this key up to date without counting it once more; false when there is none. */
export async function restateAlert(
  tx: TransactionContext<AlertStores>,
  input: { key: string; facts: Partial<AlertFacts> },
): Promise<boolean> {
  const alert = await tx.stores.alerts.findLiveAlert(input.key);
  if (alert === undefined) return false;
  const facts = { ...alert.facts, ...input.facts };
  const isSame = Object.entries(facts).every(([name, value]) => alert.facts[name as keyof AlertFacts] === value);
  if (!isSame) await changeAlert(tx, { alert, change: { facts } });
  return true;
}
