// What a history has come to, in words that do not depend on the engine: orders by the buyer's address, and under each what belongs to
// it. Ids, exact moments, numbers of orders and providers' references are left out: whoever reads a difference does not miss them.
import type { World } from '../world/world.ts';

type Row = Readonly<Record<string, unknown>>;

/** Reads rows of the product's database; columns by name. */
export type ReadRows = (query: string) => Promise<readonly Row[]>;

export interface EndState {
  /** By the buyer's address. */
  readonly orders: Readonly<Record<string, readonly string[]>>;
  /** Of no order. */
  readonly cases: readonly string[];
  /** How often each action stands in the audit trail, by whom. */
  readonly audit: readonly string[];
  readonly closings: readonly string[];
  /** How often each row of other tables is there, by what their rows have in common. */
  readonly counts: readonly string[];
}

export async function readEndState(rows: ReadRows, world: Pick<World, 'shop'>): Promise<EndState> {
  const counts: string[] = [];
  for (const [table, columns] of counted) counts.push(...(await count(rows, columns, table)));
  return {
    orders: await readOrders(rows, world),
    cases: await count(rows, 'kind, provider, status, resolution', 'cases where order_id is null'),
    audit: await count(rows, 'action, actor_kind', 'audit_records'),
    closings: await readClosings(rows),
    counts,
  };
}

const counted = [
  ['inbox_events', 'source, event_type, outcome'],
  ['outbox_messages', 'topic, outcome'],
  ['quarantined_webhooks', 'source, reason'],
  ['provider_outages', 'provider, status'],
  ['reconciliation_findings', 'kind, provider, is_healed'],
  ['channel_sales', 'provider, returned_minor, counted_minor'],
  ['channel_licences', 'provider'],
  ['products', 'sku, amount_minor, currency, version'],
  ['chat_moves', 'moved_to'],
  ['stored_settings', 'key'],
] as const;

const parts = [
  ['order', 'id, status, amount_minor, currency, origin, attention from orders'],
  [
    'payment',
    'order_id as id, provider, status, creation, amount_minor, credited_minor, currency, received_amount, received_asset from payments',
  ],
  ['refund', 'order_id as id, provider, status, amount_minor, currency, sends from refunds'],
  ['case', 'order_id as id, kind, status, resolution from cases where order_id is not null'],
] as const;

async function readOrders(rows: ReadRows, { shop }: Pick<World, 'shop'>): Promise<EndState['orders']> {
  const buyers = new Map<unknown, string>();
  const lines = new Map<string, string[]>();
  for (const { id, customer_email: buyer } of await rows('select id, customer_email from orders')) {
    buyers.set(id, String(buyer));
  }
  const note = (id: unknown, line: string): void => {
    const buyer = buyers.get(id) ?? 'nobody';
    lines.set(buyer, [...(lines.get(buyer) ?? []), line]);
  };
  for (const [name, query] of parts) {
    const found = await rows(`select ${query}`);
    const words = found.map(({ id, ...values }) => ({ id, line: `${name}: ${wordsOf(values)}` }));
    for (const { id, line } of words.sort((left, right) => compare(left.line, right.line))) note(id, line);
  }
  // An event that was heard again is still one.
  const heard = new Map(shop.heard.map(({ id, type, order }) => [id, { type, orderId: order.id }]));
  for (const { type, orderId } of heard.values()) note(orderId, `heard: ${type}`);
  return Object.fromEntries([...lines].sort(([left], [right]) => compare(left, right)));
}

async function count(rows: ReadRows, columns: string, source: string): Promise<string[]> {
  const found = await rows(`select ${columns}, count(*) as count from ${source} group by ${columns}`);
  return found.map((row) => `${source}: ${wordsOf(row)}`).sort(compare);
}

interface Closing {
  providers: readonly { provider: string; payments: unknown; received: unknown; refunds: unknown; notMade: number }[];
  differences?: readonly { kind: string }[];
}

async function readClosings(rows: ReadRows): Promise<string[]> {
  const found = await rows('select day, content from book_closings where draft is null order by number');
  return found.map(({ day, content }) => {
    const { providers, differences = [] } = JSON.parse(String(content)) as Closing;
    const sums = providers.map(({ provider, payments, received, refunds, notMade }) =>
      JSON.stringify({ provider, payments, received, refunds, notMade }),
    );
    return [day, ...sums.sort(compare), ...differences.map(({ kind }) => kind).sort(compare)].join(' ');
  });
}

function wordsOf(values: Row): string {
  return Object.values(values)
    .map((value) => String(typeof value === 'boolean' ? Number(value) : value))
    .join(' ');
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
