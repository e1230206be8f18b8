import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepStatements } from '#db/sqlite/kept-statements.ts';

let connection: Database.Database;
beforeEach(() => {
  connection = new Database(':memory:');
  connection.exec("create table things (id integer primary key, name text) strict; insert into things values (1, 'a')");
});
afterEach(() => {
  vi.restoreAllMocks();
  connection.close();
});

test('the same text is prepared once', () => {
  const kept = keepStatements(connection);
  const prepare = vi.spyOn(connection, 'prepare');
  for (const id of [1, 2, 1]) {
    expect(kept.prepare('select name from things where id = ?').all(id)).toHaveLength(id === 1 ? 1 : 0);
  }
  expect(prepare).toHaveBeenCalledTimes(1);
});

test('one text gives rows as arrays or as objects, as each query asks', () => {
  const text = 'select id, name from things';
  const kept = keepStatements(connection);
  const [early, late] = [kept.prepare(text), kept.prepare(text)];
  expect(early.raw().all()).toEqual([[1, 'a']]);
  expect(late.all()).toEqual([{ id: 1, name: 'a' }]);
  expect(early.raw().get()).toEqual([1, 'a']);
  expect(late.get()).toEqual({ id: 1, name: 'a' });
});

test('a statement without rows runs each time', () => {
  const kept = keepStatements(connection);
  const add = (id: number) => kept.prepare('insert into things (id, name) values (?, ?)').run(id, 'b');
  expect([add(2).changes, add(3).changes]).toEqual([1, 1]);
});

test('texts without end are not kept without end, and those in use stay', () => {
  const kept = keepStatements(connection);
  const prepare = vi.spyOn(connection, 'prepare');
  const used = 'select name from things where id = 1';
  for (let made = 0; made < 1_000; made += 1) {
    kept.prepare(`select ${made}`);
    kept.prepare(used);
  }
  kept.prepare('select 0');
  const count = (text: string): number => prepare.mock.calls.filter(([prepared]) => prepared === text).length;
  expect([count(used), count('select 0'), count('select 999')]).toEqual([1, 2, 1]);
});

test('values for which SQLite would plan anew are given as expressions, and find the same rows', () => {
  const kept = keepStatements(connection);
  const prepare = vi.spyOn(connection, 'prepare');
  const found = kept.prepare('select id from things where name = ? and id <= ? limit ?').all('a', 9, 1);
  expect(found).toEqual([{ id: 1 }]);
  expect(prepare).toHaveBeenCalledWith('select id from things where name = +? and id <= ? limit +?');
  const searched = kept.prepare('explain query plan select name from things where id = ?').all(1);
  expect(searched).toEqual([expect.objectContaining({ detail: expect.stringContaining('SEARCH things') })]);
});
