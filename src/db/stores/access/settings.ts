import type { SettingStore } from '#access/setting-store.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq } from '../../schema/drizzle.ts';

export function createSettingStore(session: Session): SettingStore {
  const { db } = session;
  const { storedSettings: settings } = session.tables;
  const find = rowsOf(session, settings).prepare('find_setting', ['key']);
  return {
    findSetting: async (key) => (await find({ key }))[0],
    async changeSetting({ key, value, expectedVersion, updatedAt }) {
      const next = { key, value, version: expectedVersion + 1, updatedAt };
      if (expectedVersion === 0) {
        const stored = await db
          .insert(settings)
          .values(next)
          .onConflictDoNothing({ target: settings.key })
          .returning({ key: settings.key });
        return stored.length === 1;
      }
      const changed = await db
        .update(settings)
        .set(next)
        .where(and(eq(settings.key, key), eq(settings.version, expectedVersion)))
        .returning({ key: settings.key });
      return changed.length === 1;
    },
  };
}
