import { describe, expect, test } from 'vitest';
import { AmountsCountedOtherwise, checkStoredDigits } from '#accounting/ledger/stored-digits.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { ContractDatabase, OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

const key = 'money.digits';
const clock = { now: () => noon };

function write(database: ContractDatabase['database'], value: JsonObject, expectedVersion: number): Promise<boolean> {
  return database.transaction(({ settings }) =>
    settings.changeSetting({ key, value, expectedVersion, updatedAt: noon }),
  );
}

export function describeStoredDigits(open: OpenContractDatabase): void {
  describe('the decimal places that stored amounts were counted with', () => {
    test('are noted once in a new database, and found again at the next start', async () => {
      await using opened = await open();
      const { database } = opened;
      await checkStoredDigits({ database, clock });
      await checkStoredDigits({ database, clock });
      const stored = await database.read(({ settings }) => settings.findSetting(key));
      expect(stored).toMatchObject({ version: 1, value: { HUF: 2, IQD: 3, JPY: 0, USD: 2, CLF: 4 } });
    });

    test.each<[what: string, value: JsonObject, words: string]>([
      ['counted with others', { USD: 2, HUF: 0 }, 'HUF with 0 decimals, not with 2'],
      ['of a currency that is not known any more', { QQQ: 3 }, 'QQQ with 3 decimals, and does not know it'],
      ['of a currency that is named like a part of every object', { constructor: 0 }, 'constructor with 0 decimals'],
    ])('refuse a database %s, and change nothing in it', async (_what, value, words) => {
      await using opened = await open();
      const { database } = opened;
      await write(database, value, 0);
      const refused = await checkStoredDigits({ database, clock }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(AmountsCountedOtherwise);
      expect(String(refused)).toContain(words);
      expect(await database.read(({ settings }) => settings.findSetting(key))).toMatchObject({ version: 1, value });
    });

    test('of a new currency are added', async () => {
      await using opened = await open();
      const { database } = opened;
      await write(database, { USD: 2 }, 0);
      await checkStoredDigits({ database, clock });
      const stored = await database.read(({ settings }) => settings.findSetting(key));
      expect(stored).toMatchObject({ version: 2, value: { USD: 2, HUF: 2 } });
    });
  });
}
