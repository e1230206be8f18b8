// Rows of alerts and exceptions as the version before cases stored them, of every kind and in every state.
import { decisionKinds, findingKinds, noticeKinds } from '#cases/case.ts';
import { type Engine, readMigrations } from '#db/engine/migrations.ts';

export type Row = Record<string, string | number | null>;

export const noon = Date.UTC(2026, 10, 22, 12, 0, 0);
const second = 1_000;
const minute = 60 * second;

/** What an alert was, beside the exception of the same key; an alert or an exception that stands alone leaves the other out. */
export interface OldCase {
  name: string;
  alert?: Row;
  exception?: Row;
}

const firstOfCases = '0009_cases';

/** Makes an empty database into one of the version before. */
export function oldSchema(engine: Engine): string[] {
  const integer = engine === 'sqlite' ? 'integer' : 'bigint';
  const before = readMigrations(engine).filter(({ id }) => id < firstOfCases);
  return [
    `create table schema_migrations (id text primary key not null, applied_at ${integer} not null)`,
    ...before.flatMap(({ id, sql }) => [sql, insertText('schema_migrations', { id, applied_at: noon })]),
  ];
}

let made = 0;

export function oldAlert(name: string, change: Row = {}): Row {
  made += 1;
  const openedAt = noon + made * second;
  const facts = {
    headline: `Headline of ${name}`,
    orderNumber: 'T-1042',
    amount: '49.00 USD',
    detail: '24.50 USD is missing',
    provider: 'btcpay',
    why: `Why of ${name}`,
    trust: 'fetched',
  };
  const row: Row = {
    id: `alert-${name}`,
    key: name,
    kind: 'payment_underpaid',
    severity: 'warning',
    status: 'open',
    version: 3,
    order_id: null,
    payment_id: null,
    facts: JSON.stringify(facts),
    actions: JSON.stringify(['resolve', 'open_order']),
    occurrences: 4,
    opened_at: openedAt,
    last_raised_at: openedAt + minute,
    acknowledged_at: null,
    acknowledged_by: null,
    snoozed_until: null,
    resolved_at: null,
    resolved_by: null,
    ...change,
  };
  return { ...row, live_key: row['status'] === 'resolved' ? null : (row['key'] ?? null) };
}

export function oldException(name: string, change: Row = {}): Row {
  const openedAt = noon + made * second + 2;
  const facts = {
    summary: `Headline of ${name}`,
    gapFiat: '24.50 USD',
    gapCoin: '0.00038281 BTC',
    money: { amount: '49.00', asset: 'USD' },
    label: 'Workshop',
    here: 'unknown',
    there: 'Settled, 49.00 USD',
    why: `Why of ${name}`,
  };
  const row: Row = {
    id: `exception-${name}`,
    key: name,
    kind: 'payment_underpaid',
    status: 'open',
    version: 2,
    provider: 'btcpay',
    reference: `invoice of ${name}`,
    order_id: 'order-1',
    payment_id: 'payment-1',
    refund_id: 'refund-1',
    facts: JSON.stringify(facts),
    owner_id: null,
    owner_name: null,
    taken_at: null,
    subject_at: noon - minute,
    opened_at: openedAt,
    last_seen_at: openedAt + minute,
    waits_until: null,
    resolved_at: null,
    resolution: null,
    resolved_by: null,
    reason: null,
    undo: null,
    ...change,
  };
  return { ...row, open_key: row['status'] === 'resolved' ? null : (row['key'] ?? null) };
}

const ada: Row = { owner_id: 42, owner_name: 'Ada', taken_at: noon + 5 };
const byAda: Row = { status: 'acknowledged', acknowledged_at: noon + 5, acknowledged_by: 'Ada' };

/** Each state that the two could be in together. */
export const pairStates: Readonly<Record<string, { alert: Row; exception: Row }>> = {
  open: { alert: {}, exception: {} },
  taken: { alert: byAda, exception: ada },
  waiting: {
    alert: { status: 'snoozed', snoozed_until: noon + 900, acknowledged_by: 'Ada' },
    exception: { waits_until: noon + 900 },
  },
  snoozed: { alert: { status: 'snoozed', snoozed_until: noon + 800, acknowledged_by: 'Bob' }, exception: ada },
  woken: { alert: { acknowledged_at: noon + 5 }, exception: ada },
  decided: {
    alert: { status: 'resolved', resolved_at: noon + 9_000_000, resolved_by: 'Ada kept the money: It is a tip' },
    exception: {
      ...ada,
      status: 'resolved',
      resolved_at: noon + 9_000_000,
      resolution: 'link',
      resolved_by: 'Ada',
      reason: 'It is a tip',
      undo: JSON.stringify({ paymentId: 'payment-1' }),
    },
  },
  over: {
    alert: { status: 'resolved', resolved_at: noon + 9_000_000, resolved_by: 'The order is paid.' },
    exception: {
      status: 'resolved',
      resolved_at: noon + 9_000_000,
      resolution: 'by_itself',
      resolved_by: 'The order is paid.',
    },
  },
  // The alert that only informed was over after a day; the decision is owed all the same.
  retired: {
    alert: { status: 'resolved', resolved_at: noon + 9_000_000, resolved_by: 'Nobody had to act for a day.' },
    exception: ada,
  },
};

function pairs(): OldCase[] {
  const ringing = decisionKinds.filter((kind) => !findingKinds.some((finding) => finding === kind));
  return ringing.flatMap((kind) =>
    Object.entries(pairStates).map(([state, { alert, exception }]): OldCase => {
      const name = `${kind}:${state}`;
      const key = kind === 'payment_unknown' ? `payment_unknown:btcpay:${state}` : name;
      const reference = kind === 'payment_unknown' ? state : `invoice of ${name}`;
      return {
        name,
        alert: oldAlert(name, { ...alert, key, kind }),
        exception: oldException(name, { ...exception, key, kind, reference }),
      };
    }),
  );
}

function findings(): OldCase[] {
  return findingKinds.flatMap((kind) =>
    ['open', 'taken', 'waiting', 'decided', 'over'].map((state): OldCase => {
      const name = `${kind}:${state}`;
      made += 1;
      const key = `${kind}:btcpay:${state}-there`;
      const change: Row = { ...pairStates[state]?.exception, key, kind, reference: `${state}-there` };
      const decided: Row = state === 'decided' ? { resolution: 'force_match' } : {};
      return { name, exception: oldException(name, { ...change, ...decided }) };
    }),
  );
}

function notices(): OldCase[] {
  const states = ['open', 'taken', 'snoozed', 'over'];
  return noticeKinds.flatMap((kind) =>
    states.map((state): OldCase => {
      const name = `${kind}:${state}`;
      return { name, alert: oldAlert(name, { ...pairStates[state]?.alert, kind }) };
    }),
  );
}

/** One condition after the other under one key, and what was known under two keys. */
function histories(): OldCase[] {
  const again = oldAlert('again', { opened_at: noon + 20_000_000, last_raised_at: noon + 20_000_000, key: 'twice' });
  const first = oldAlert('first', { ...pairStates['over']?.alert, key: 'twice' });
  const heard = oldAlert('heard', {
    status: 'resolved',
    resolved_at: noon + 9_000_000,
    resolved_by: 'A comparison has found it as well.',
    key: 'payment_unknown:btcpay:heard',
    kind: 'payment_unknown',
  });
  const superseded = {
    kind: 'payment_unknown',
    reference: 'heard',
    key: 'payment_unknown:btcpay:heard',
    status: 'resolved',
    resolved_at: noon + 9_000_000,
    resolution: 'by_itself',
    resolved_by: 'A comparison has found it as well.',
  };
  const found = {
    ...ada,
    kind: 'finding_missing_here',
    reference: 'heard',
    key: 'finding_missing_here:btcpay:heard',
    opened_at: heard['opened_at'] ?? 0,
  };
  return [
    {
      name: 'first',
      alert: first,
      exception: oldException('first', {
        ...pairStates['over']?.exception,
        key: 'twice',
        opened_at: Number(first['opened_at']),
      }),
    },
    { name: 'again', alert: again, exception: oldException('again', { key: 'twice', opened_at: noon + 20_000_000 }) },
    { name: 'found', alert: heard, exception: oldException('found', found) },
    { name: 'superseded', exception: oldException('superseded', superseded) },
  ];
}

export function oldCases(): OldCase[] {
  made = 0;
  return [...pairs(), ...findings(), ...notices(), ...histories()];
}

export function insertText(table: string, row: Row): string {
  const value = (each: string | number | null): string =>
    typeof each === 'string' ? `'${each.replaceAll("'", "''")}'` : String(each);
  return `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(value).join(', ')})`;
}
