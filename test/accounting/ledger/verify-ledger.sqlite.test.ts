import { createHash } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyLedger } from '#accounting/ledger/verify-ledger.ts';
import { type AccountingKit, openAccountingKit, paid } from '#test/support/scenario-kits/accounting-kit.ts';

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
  for (const day of ['20', '21', '22']) {
    await kit.shows(await kit.order(`2026-11-${day}T09:00:00Z`), paid);
  }
  kit.setClock('2026-11-23T05:00:00Z');
  await kit.close();
});
afterEach(() => kit.opened.remove());

/** What somebody with the database in his hands does, past everything of ours. */
function alter(sql: string): void {
  const connection = new BetterSqlite3(kit.opened.file);
  connection.pragma('foreign_keys = off');
  connection.exec(sql);
  connection.close();
}

test('an unchanged chain is valid, and its newest hash is returned', async () => {
  const closings = await kit.closings();
  expect(closings[0]?.closing.previousHash).toBe('0'.repeat(64));
  expect(closings[1]?.closing.previousHash).toBe(closings[0]?.closing.hash);
  expect(await verifyLedger(kit.deps)).toEqual({ kind: 'whole', count: 3, hash: closings[2]?.closing.hash });
});

test('an empty chain is valid', async () => {
  const empty = await openAccountingKit();
  expect(await verifyLedger(empty.deps)).toEqual({ kind: 'whole', count: 0, hash: null });
  await empty.opened.remove();
});

const second = { kind: 'broken', number: 2, day: '2026-11-21' };

test.each([
  [
    'a sum in the content',
    `update book_closings set content = replace(content, '"49.00"', '"59.00"') where number = 2`,
    { ...second, code: 'content_changed' },
  ],
  [
    'the hash over a forged content',
    () => {
      const connection = new BetterSqlite3(kit.opened.file);
      const row = connection.prepare('select content, previous_hash from book_closings where number = 2').get();
      const { content, previous_hash: previous } = row as { content: string; previous_hash: string };
      const forged = content.replace('"49.00"', '"59.00"');
      const hash = createHash('sha256').update(`${previous}\n${forged}`).digest('hex');
      connection.prepare('update book_closings set content = ?, hash = ? where number = 2').run(forged, hash);
      connection.close();
    },
    { kind: 'broken', number: 3, day: '2026-11-22', code: 'does_not_follow', closing: 2 },
  ],
  [
    'a row that is gone',
    'delete from book_closings where number = 2',
    { kind: 'broken', number: 3, day: '2026-11-22', code: 'closing_missing', closing: 2 },
  ],
  [
    'the first row',
    'update book_closings set previous_hash = hash where number = 1',
    {
      kind: 'broken',
      number: 1,
      day: '2026-11-20',
      code: 'wrong_start',
    },
  ],
  [
    'a column beside the content',
    'update book_closings set closed_at = closed_at + 1 where number = 2',
    { ...second, code: 'row_differs' },
  ],
  [
    'an entry behind the sums',
    `update book_entries set content = replace(content, '"paid"', '"expired"') where number = 2`,
    { ...second, code: 'entries_changed' },
  ],
  [
    'an entry that is gone',
    'delete from book_entries where number = 2',
    { ...second, code: 'entries_count_differs', found: 0, expected: 1 },
  ],
] as const)('altering %s is found, and the first broken link is named', async (_what, change, broken) => {
  if (typeof change === 'string') alter(change);
  else change();
  expect(await verifyLedger(kit.deps)).toEqual(broken);
});

test('a closing that follows a forged one says that the chain is broken before it', async () => {
  alter(`update book_closings set content = replace(content, '"49.00"', '"59.00"') where number = 3`);
  kit.setClock('2026-11-24T05:00:00Z');
  await kit.close();
  expect((await kit.contentOf('2026-11-23')).notes).toEqual([
    'The chain is broken before this day: closing 3 is not what was hashed.',
  ]);
});
