import type { SettingStore } from '#access/setting-store.ts';
import { prepared, prepareInsert, settingsOf } from '../../query/prepared.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, sql } from '../../schema/drizzle.ts';

export function createSettingStore(session: Session): SettingStore {
  const { storedSettings: settings } = session.tables;
  const find = rowsOf(session, settings).prepare('find_setting', ['key']);
  const insert = prepareInsert(session, { name: 'insert_setting', table: settings, unless: [settings.key] });
  const update = prepared(session, 'update_setting', () =>
    session.db
      .update(settings)
      .set(settingsOf(settings, ['value', 'version', 'updatedAt']))
      .where(and(eq(settings.key, sql.placeholder('key')), eq(settings.version, sql.placeholder('expectedVersion'))))
      .returning({ key: settings.key }),
  );
  return {
    findSetting: async (key) => (await find({ key }))[0],
    async changeSetting({ key, value, expectedVersion, updatedAt }) {
      const next = { key, value, version: expectedVersion + 1, updatedAt };
      if (expectedVersion === 0) return insert(next);
      return (await update({ ...next, expectedVersion })).length === 1;
    },
  };
}
