import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openWriter } from '#db/sqlite/connections.ts';
import { openSqliteContract } from '../contract/sqlite.ts';

test('whatever was answered is stored, though the process was killed without warning', async () => {
  await using opened = await openSqliteContract({ isOnDisk: true });
  await opened.database.close();
  for (const stopAfter of [1, 40, 400]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'append-and-report.ts'), opened.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const answered: string[] = [];
    for await (const id of createInterface({ input: child.stdout })) {
      answered.push(id);
      if (answered.length === stopAfter) child.kill('SIGKILL');
    }
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(answered.length).toBeGreaterThanOrEqual(stopAfter);
    const stored = new Set((await opened.raw('select id from audit_records')).map((row) => row['id']));
    expect(answered.filter((id) => !stored.has(id))).toEqual([]);
    expect(await opened.raw('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }
});

test('the writing connection answers only what is on disk: a write-ahead log, synced with every commit', async () => {
  await using opened = await openSqliteContract({ isOnDisk: true });
  const writer = openWriter(opened.file);
  try {
    expect(writer.pragma('journal_mode', { simple: true })).toBe('wal');
    // 2 is FULL.
    expect(writer.pragma('synchronous', { simple: true })).toBe(2);
  } finally {
    writer.close();
  }
});
