// Amounts are stored as integers, which mean nothing without the decimal places that they were counted with. The places
// stand in the database beside them, so that a release with another table does not read 4990.00 as 49.90.
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { digitsByCode } from '#kernel/money.ts';
import type { AccountingStores } from './deps.ts';

const settingKey = 'money.digits';

/** The stored amounts were counted with other decimal places than this release has. */
export class AmountsCountedOtherwise extends Error {
  override readonly name = 'AmountsCountedOtherwise';
}

/**
 * Before anything reads an amount. Throws AmountsCountedOtherwise; notes the places of a database that has none yet, and
 * of currencies that are new.
 */
export function checkStoredDigits(deps: {
  database: Pick<Database<Pick<AccountingStores, 'settings'>>, 'transaction'>;
  clock: Pick<Clock, 'now'>;
}): Promise<void> {
  return deps.database.transaction(async ({ settings }) => {
    const stored = await settings.findSetting(settingKey);
    const counted = new Map(Object.entries(stored?.value ?? {}));
    const others = [...counted].filter(([code, digits]) => digitsByCode.get(code) !== digits);
    if (others.length > 0) throw new AmountsCountedOtherwise(sentence(others));
    if ([...digitsByCode.keys()].every((code) => counted.has(code))) return;
    const value = Object.fromEntries(digitsByCode);
    const expectedVersion = stored?.version ?? 0;
    // Refused where another process of the same release was first.
    await settings.changeSetting({ key: settingKey, value, expectedVersion, updatedAt: deps.clock.now() });
  });
}

function sentence(others: readonly [code: string, digits: unknown][]): string {
  const parts = others.map(([code, digits]) => {
    const here = digitsByCode.get(code);
    return `${code} with ${digits} decimals, ${here === undefined ? 'and does not know it' : `not with ${here}`}`;
  });
  return `its amounts were counted by another release: this one would read ${parts.join('; ')}. Start the release that wrote it`;
}
