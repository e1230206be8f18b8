import type { PgTable } from 'drizzle-orm/pg-core';
import { describe, expect, test } from 'vitest';
import { type Built, type Compiled, compile } from '#db/query/compiled.ts';
import { prepared, prepareInsert, prepareReplace, settingsOf } from '#db/query/prepared.ts';
import type { Session } from '#db/query/session.ts';
import { preparedByQuery, type ShapeOf } from '#db/query/shapes.ts';
import { and, asc, eq, getTableColumns, gt, inArray, sql } from '#db/schema/drizzle.ts';
import type { Kit } from '#db/schema/kit.ts';

export interface OpenedSession extends AsyncDisposable {
  session: Session;
  kit: Kit;
  types: Record<'integer' | 'boolean' | 'json' | 'bytes', string>;
  /** By the driver, without anything of drizzle's or ours. */
  raw(text: string): Promise<Record<string, unknown>[]>;
}

/** Every kind of column, with and without null. */
function buildKinds({ boolean, bytes, integer, json, table, text }: Kit) {
  return table('kinds', {
    id: integer('id').primaryKey(),
    word: text('word').notNull(),
    wordOrNull: text('word_or_null'),
    size: integer('size').notNull(),
    sizeOrNull: integer('size_or_null'),
    isSo: boolean('is_so').notNull(),
    isSoOrNull: boolean('is_so_or_null'),
    list: json('list').notNull().$type<unknown>(),
    listOrNull: json('list_or_null').$type<unknown>(),
    body: bytes('body').notNull(),
    bodyOrNull: bytes('body_or_null'),
  });
}

type Kinds = ReturnType<typeof buildKinds>;

const full = {
  id: 1,
  word: 'Zoë "x" \\ \n',
  wordOrNull: '',
  size: 2 ** 53 - 1,
  sizeOrNull: 2,
  isSo: true,
  isSoOrNull: false,
  list: [1, 'a', { b: null }],
  listOrNull: {},
  body: Buffer.from([0, 255]),
  bodyOrNull: Buffer.from([]),
};
const sparse = {
  ...full,
  id: 2,
  wordOrNull: null,
  sizeOrNull: null,
  isSo: false,
  isSoOrNull: null,
  list: 'text',
  listOrNull: null,
  bodyOrNull: null,
};

function queriesOf({ db }: Session, kinds: Kinds) {
  const upper = sql<string>`upper(${kinds.word})`.as('upper_word');
  const more = db.select({ id: kinds.id, upper, size: kinds.sizeOrNull }).from(kinds).as('more');
  const isMore = eq(kinds.sizeOrNull, more.id);
  const byId = eq(kinds.id, sql.placeholder('id'));
  const firstFirst = asc(kinds.id);
  return {
    'all columns': db.select().from(kinds).orderBy(firstFirst),
    'parameters with an encoder and without one': db
      .select({ size: kinds.size, isSo: kinds.isSo })
      .from(kinds)
      .where(gt(kinds.id, sql.placeholder('after')))
      .orderBy(firstFirst)
      .limit(sql.placeholder('limit')),
    constants: db
      .select({ id: kinds.id })
      .from(kinds)
      .where(inArray(kinds.isSo, [true]))
      .limit(1),
    'no rows': db.select().from(kinds).where(eq(kinds.id, 77)),
    'expressions with a decoder and without one': db
      .select({
        count: sql<number>`count(*)`,
        mapped: sql`count(*)`.mapWith((value) => `n${value}`),
        asColumn: sql`max(case when ${kinds.isSo} then 1 else 0 end)`.mapWith(kinds.isSo),
        none: sql`max(case when ${kinds.id} > 5 then 1 end)`.mapWith(String),
      })
      .from(kinds),
    'rows that are joined': db
      .select({ own: { id: kinds.id, list: kinds.listOrNull }, more: { id: more.id, upper: more.upper } })
      .from(kinds)
      .innerJoin(more, isMore),
    'joined rows that may be missing': db
      .select({ word: kinds.word, more: { id: more.id, upper: more.upper }, upper: more.upper })
      .from(kinds)
      .leftJoin(more, isMore)
      .orderBy(firstFirst),
    'joined rows whose first value may be null': db
      .select({ own: { id: kinds.id }, more: { size: more.size, id: more.id } })
      .from(kinds)
      .leftJoin(more, eq(kinds.id, more.id))
      .orderBy(firstFirst),
    'rows of a table that may be missing': db
      .select({ more: { id: more.id }, own: { list: kinds.listOrNull, id: kinds.id, isSo: kinds.isSo } })
      .from(more)
      .leftJoin(kinds, isMore)
      .orderBy(asc(more.id)),
    'objects of two tables': db
      .select({ both: { id: kinds.id, more: more.id, upper: more.upper }, only: { upper: more.upper } })
      .from(kinds)
      .leftJoin(more, isMore)
      .orderBy(firstFirst),
    'rows that are changed': db
      .update(kinds as PgTable)
      .set(settingsOf(kinds, ['wordOrNull', 'isSoOrNull', 'listOrNull', 'bodyOrNull']))
      .where(byId)
      .returning(getTableColumns(kinds)),
    'rows that are deleted': db.delete(kinds).where(byId).returning(),
    'a statement that gives none': db.delete(kinds).where(eq(kinds.id, 77)),
  };
}

const values = { after: 0, limit: 5, id: 1, wordOrNull: null, isSoOrNull: true, listOrNull: [], bodyOrNull: null };

export function describeCompiled(open: () => Promise<OpenedSession>): void {
  async function openWithKinds() {
    const opened = await open();
    const { integer, boolean, json, bytes } = opened.types;
    await opened.raw(`create table kinds (id ${integer} primary key, word text, word_or_null text, size ${integer},
      size_or_null ${integer}, is_so ${boolean}, is_so_or_null ${boolean}, list ${json}, list_or_null ${json},
      body ${bytes}, body_or_null ${bytes})`);
    return { ...opened, kinds: buildKinds(opened.kit), [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
  }

  async function rowsOf<Rows>({ statements }: Session, statement: Compiled<Rows>): Promise<Rows> {
    return statement.read(await statements.run(statement, statement.parameters(values)));
  }

  describe('a compiled statement', () => {
    test('stores what drizzle stores, for each kind of column', async () => {
      await using opened = await openWithKinds();
      const { session, kinds, raw } = opened;
      const insert = prepareInsert(session, { name: 'test_insert_kinds', table: kinds });
      for (const row of [full, sparse]) {
        await insert(row);
        await session.db.insert(kinds).values({ ...row, id: row.id + 10 });
      }
      const stored = await raw('select * from kinds order by id');
      expect(stored.map(({ id, ...rest }) => rest)).toHaveLength(4);
      expect(stored.slice(2)).toStrictEqual(stored.slice(0, 2).map((row) => ({ ...row, id: Number(row.id) + 10 })));
    });

    test('gives the rows that drizzle gives, with their keys in the same order', async () => {
      await using opened = await openWithKinds();
      const { session, kinds } = opened;
      const names = Object.keys(queriesOf(session, kinds)) as (keyof ReturnType<typeof queriesOf>)[];
      for (const [at, name] of names.entries()) {
        await session.db.delete(kinds);
        await session.db.insert(kinds).values([full, sparse]);
        const built = (): Built<unknown> => queriesOf(session, kinds)[name];
        const compiled = await rowsOf(session, compile(`test_compiled_${at}`, built()));
        await session.db.delete(kinds);
        await session.db.insert(kinds).values([full, sparse]);
        const own = await queriesOf(session, kinds)[name].prepare(`test_own_${at}`).execute(values);
        const expected = Array.isArray(own) ? own : [];
        expect.soft(compiled, name).toStrictEqual(expected);
        expect.soft(JSON.stringify(compiled), name).toBe(JSON.stringify(expected));
      }
    });

    test('is compiled once for all connections, and a name has one statement on each', async () => {
      await using first = await openWithKinds();
      await using second = await openWithKinds();
      let builds = 0;
      const countIn = ({ session, kinds }: typeof first): (() => Promise<unknown>) =>
        prepared(session, 'test_count_kinds', () => {
          builds += 1;
          return session.db.select({ count: sql<number>`count(*)` }).from(kinds);
        });
      await first.session.db.insert(first.kinds).values(full);
      const [inFirst, inSecond] = [countIn(first), countIn(second)];
      expect([await inFirst(), await inSecond(), await inFirst()]).toEqual([
        [{ count: 1 }],
        [{ count: 0 }],
        [{ count: 1 }],
      ]);
      expect(builds).toBe(1);
      expect(() => countIn(first)).toThrow('two statements are called test_count_kinds');
    });

    test('replaces the row of the same key', async () => {
      await using opened = await openWithKinds();
      const { session, kinds } = opened;
      const replace = prepareReplace(session, { name: 'test_replace_kinds', table: kinds, key: ['id'] });
      for (const row of [full, sparse, { ...sparse, id: full.id }]) await replace(row);
      expect(await session.db.select().from(kinds).orderBy(asc(kinds.id))).toEqual([
        { ...sparse, id: full.id },
        sparse,
      ]);
    });

    test('has a form for each shape of a query, and few for lists of any length', async () => {
      await using opened = await openWithKinds();
      const { session, kinds } = opened;
      interface Query {
        ids: readonly number[];
        word?: string | null;
        place?: { size: number; id: number } | null;
      }
      const builds: string[] = [];
      const list = preparedByQuery(session, 'test_kinds_by_query', ({ has, among }: ShapeOf<Query>) => {
        builds.push(`${among('ids').length}`);
        return session.db
          .select({ id: kinds.id })
          .from(kinds)
          .where(
            and(
              inArray(kinds.id, among('ids')),
              has('word') ? eq(kinds.word, sql.placeholder('word')) : undefined,
              has('place')
                ? sql`(${kinds.size}, ${kinds.id}) > (${sql.placeholder('place.size')}, ${sql.placeholder('place.id')})`
                : undefined,
            ),
          )
          .orderBy(asc(kinds.id));
      });
      const idsOf = async (query: Query): Promise<number[]> => (await list(query)).map(({ id }) => id);
      await session.db.insert(kinds).values([full, sparse]);
      expect(await idsOf({ ids: [] })).toEqual([]);
      expect(await idsOf({ ids: [2] })).toEqual([2]);
      expect(await idsOf({ ids: [1, 2, 3] })).toEqual([1, 2]);
      expect(await idsOf({ ids: [3, 1, 9, 8], word: null, place: null })).toEqual([1]);
      expect(await idsOf({ ids: Array.from({ length: 40 }, (_, at) => at) })).toEqual([1, 2]);
      expect(builds).toEqual(['0', '1', '4', '64']);
      expect(await idsOf({ ids: [1, 2, 3], word: full.word })).toEqual([1, 2]);
      expect(await idsOf({ ids: [1, 2, 3], word: 'other' })).toEqual([]);
      expect(await idsOf({ ids: [1, 2, 3], place: { size: full.size, id: 1 } })).toEqual([2]);
      expect(builds).toEqual(['0', '1', '4', '64', '4', '4']);
    });

    test('refuses to run without the value of a placeholder', async () => {
      await using opened = await openWithKinds();
      const { session, kinds } = opened;
      const find = prepared(session, 'test_find_kind', () =>
        session.db
          .select()
          .from(kinds)
          .where(eq(kinds.id, sql.placeholder('id'))),
      );
      await expect(find({ other: 1 })).rejects.toThrow('the placeholder id has no value');
    });

    test('refuses a drizzle whose statements are made differently', () => {
      const other = { prepare: () => ({ execute: async () => [], getQuery: () => ({ sql: '', params: [] }) }) };
      expect(() => compile('test_other', other)).toThrow('drizzle');
    });
  });
}
