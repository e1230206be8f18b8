// Which orders have a text somewhere in them is found by trigrams: every three characters that follow each other. An order that
// has all trigrams of a text may have the text itself, so what is found is looked at again. The table is not drizzle's: it is a
// full-text index of SQLite, and an array with an inverted index on PostgreSQL, which needs no extension. Both engines' migrations make it.

/** The name of the table on both engines. */
export const trigramTable = 'order_trigrams';

/** The statements of one engine. */
export interface TrigramIndex {
  /** Stores an order's text, or replaces it: its number and `stored` of the text. */
  readonly put: string;
  /** The same for one that was stored before there was an index. It may have been put in meanwhile, with a later text. */
  readonly fill: string;
  stored(text: string): unknown;
  /** The numbers of orders that have them all, the highest first: `wanted` of the trigrams, below which number, how many. */
  readonly find: string;
  wanted(trigrams: readonly string[]): unknown;
  /** Whether `find` reads the newest first. If not, it sorts all that have the trigrams, which should not be most orders. */
  readonly isInOrder: boolean;
  /**
   * The number of one of the newest orders that have `wanted` of one trigram: how many are passed over. Null where the
   * engine finds by itself which trigrams are seldom.
   */
  readonly sample: string | null;
}

/** Each of them once. None in a text of less than three characters. */
export function trigramsOf(text: string): string[] {
  const characters = Array.from(text);
  return [...new Set(characters.slice(2).map((last, at) => `${characters[at]}${characters[at + 1]}${last}`))];
}

const putIntoSqlite = `insert or replace into ${trigramTable} (rowid, text) values (cast(? as integer), ?)`;

export const sqliteTrigrams: TrigramIndex = {
  put: putIntoSqlite,
  // One transaction after the other.
  fill: putIntoSqlite,
  stored: (text) => text,
  find: `select rowid from ${trigramTable} where ${trigramTable} match ? and rowid < cast(? as integer) order by rowid desc limit ?`,
  isInOrder: true,
  sample: `select rowid from ${trigramTable} where ${trigramTable} match ? order by rowid desc limit 1 offset ?`,
  wanted: (trigrams) => trigrams.map((one) => `"${one.replaceAll('"', '""')}"`).join(' '),
};

const putIntoPostgres = `insert into ${trigramTable} (number, trigrams) values ($1, $2) on conflict (number) do`;

export const postgresTrigrams: TrigramIndex = {
  put: `${putIntoPostgres} update set trigrams = excluded.trigrams`,
  fill: `${putIntoPostgres} nothing`,
  stored: trigramsOf,
  // Not by the index of the numbers: comparing the arrays of order after order takes many times as long as sorting what was found.
  find: `select number from ${trigramTable} where trigrams @> $1 and number < $2 order by number + 0 desc limit $3`,
  isInOrder: false,
  sample: null,
  wanted: (trigrams) => trigrams,
};
