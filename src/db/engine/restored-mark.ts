import { restoredKey } from '#messaging/queues/redraw-after-restore.ts';

/** For both engines: notes in the stored settings that a backup took the place of the database. */
export function restoredMark(now: number): string {
  return `insert into stored_settings (key, value, version, updated_at) values ('${restoredKey}', '{}', 1, ${Math.trunc(now)})
    on conflict (key) do update set value = '{}', version = stored_settings.version + 1, updated_at = ${Math.trunc(now)}`;
}
