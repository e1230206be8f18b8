// What the tables and their indices take on disk, as the engine counts it.
export interface Size {
  /** Of a table, or of an index. */
  name: string;
  table: string;
  bytes: number;
}

type Ask = (text: string) => Promise<unknown[]>;

const onSqlite = `select s.name as name, coalesce(m.tbl_name, s.name) as "table", s.pgsize as bytes
  from (select name, pgsize from dbstat where aggregate = true) s left join sqlite_master m on m.name = s.name`;

const onPostgres = `select c.relname as name, coalesce(t.relname, c.relname) as "table",
    case when c.relkind = 'r' then pg_table_size(c.oid) else pg_relation_size(c.oid) end as bytes
  from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
  where c.relkind in ('r', 'i') and c.relnamespace = 'public'::regnamespace`;

export async function readSizes(ask: Ask, engine: 'sqlite' | 'postgres'): Promise<Size[]> {
  const rows = (await ask(engine === 'sqlite' ? onSqlite : onPostgres)) as {
    name: string;
    table: string;
    bytes: string;
  }[];
  return rows.map(({ name, table, bytes }) => ({ name, table, bytes: Number(bytes) }));
}

export function totalOf(sizes: readonly Size[]): number {
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What was added to each. */
export function grown(before: readonly Size[], after: readonly Size[]): Size[] {
  const former = new Map(before.map(({ name, bytes }) => [name, bytes]));
  return after.map((size) => ({ ...size, bytes: size.bytes - (former.get(size.name) ?? 0) }));
}
