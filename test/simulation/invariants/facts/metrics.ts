// What the product says of itself once everything is at rest: every gauge as in the database, no counter above what there is, and
// every check in order.
import { minute, second } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import { callProduct } from '../../world/call-product.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { checkCallCounts, countCalls } from './calls-counted.ts';
import { readSamples, type Sample } from './samples.ts';

/** Calls are answered within this. */
const answerMs = 2 * second;
/** Gauges that are ages rise between their reading and ours. */
const toleranceSeconds = 5;

export const metricsFit: Invariant = {
  number: 10,
  begin: countCalls,
  promise: 'Every number on the metrics page fits the database, and all is well at rest.',
  async atRest(look) {
    const { world } = look;
    await wake(world);
    const calls = ['/metrics', '/readyz', '/livez'].map((path) => callProduct(world, { path }));
    await world.timeline.runUntil(world.timeline.now() + answerMs);
    const [metrics, ready, live] = await Promise.all(calls);
    const found: string[] = [];
    if (live?.status !== 200) found.push(`/livez at rest: ${live?.status ?? 'no answer'}`);
    if (ready?.status !== 200) found.push(`/readyz at rest: ${ready?.status ?? 'no answer'} ${ready?.text}`);
    for (const { name, ok, detail } of checksOf(ready?.text)) {
      if (!ok && !isTold(look, name)) found.push(`/readyz at rest: ${name} is not well: ${detail}`);
    }
    if (metrics?.status !== 200) return [...found, `/metrics at rest: ${metrics?.status ?? 'no answer'}`];
    const samples = readSamples(metrics.text);
    const counted = [...checkCounters(look, samples), ...checkCallCounts(world, samples)];
    return [...found, ...checkGauges(look, samples), ...checkUp(look, samples), ...counted];
  },
};

/**
 * Idle waits are long while nothing happens, which looks as if nobody were at work, above all when somebody was woken meanwhile and the
 * others were not: all that began at rest end first, and those that begin then are short.
 */
async function wake({ timeline, stir }: World): Promise<void> {
  const endsAt = Math.ceil((timeline.now() + second) / restGridMs) * restGridMs;
  await timeline.runUntil(endsAt - second);
  stir();
  await timeline.runUntil(endsAt + minute);
}

interface HealthCheck {
  name: string;
  ok: boolean;
  detail: string;
}

function checksOf(text = '{}'): HealthCheck[] {
  return (JSON.parse(text) as { checks?: HealthCheck[] }).checks ?? [];
}

/** A trouble that is still there at rest, and has its case. */
function isTold({ count }: Look, name: string): boolean {
  if (name === 'shop')
    return count(`select count(*) from cases where status <> 'resolved' and kind = 'shop_untold'`) > 0;
  const provider = /^provider (.+)$/.exec(name)?.[1];
  if (provider === undefined) return false;
  return (
    count(
      `select count(*) from cases where status <> 'resolved' and provider = ? and kind = 'webhook_silent'`,
      provider,
    ) > 0
  );
}

/** What a metric has to show, by its labels; what is not named has to be 0. */
interface Expected extends Readonly<Record<string, string | number>> {
  readonly value: number;
}

const waiting = 'processed_at is null and abandoned_at is null';

/** Gauges with the query that gives their values; `:now` is the product's time in seconds. */
const gauges: Readonly<Record<string, string>> = {
  tillkeeper_queue_messages: ['inbox', 'outbox']
    .map((queue) => {
      const [table, lane] = queue === 'inbox' ? ['inbox_events', 'source'] : ['outbox_messages', 'lane'];
      return `select '${queue}' as queue, ${lane} as lane, iif(abandoned_at is null, 'waiting', 'abandoned') as state,
        count(*) as value from ${table} where processed_at is null group by 2, 3`;
    })
    .join(' union all '),
  tillkeeper_queue_oldest_wait_seconds: `select 'inbox' as queue, source as lane, :now - min(received_at) / 1e3 as value
    from inbox_events where ${waiting} group by 2 union all
    select 'outbox', lane, :now - min(received_at) / 1e3 from outbox_messages where ${waiting} group by 2`,
  tillkeeper_queue_oldest_age_seconds: `select 'inbox' as queue, source as lane, max(0, :now - min(available_at) / 1e3) as value
    from inbox_events where ${waiting} group by 2 union all
    select 'outbox', lane, max(0, :now - min(available_at) / 1e3) from outbox_messages where ${waiting} group by 2`,
  tillkeeper_shop_untold_seconds: `select :now - min(received_at) / 1e3 as value from outbox_messages
    where lane = 'shop' and processed_at is null and received_at / 1e3 < :now - 100 having count(*) > 0`,
  tillkeeper_shop_untold_orders: `select count(distinct payload -> 'order' ->> 'id') as value from outbox_messages
    where lane = 'shop' and processed_at is null and received_at / 1e3 < :now - 100`,
  tillkeeper_alerts_owed: `select count(*) as value from outbox_messages where lane = 'pager' and ${waiting}
    and (outcome = 'owed' or (last_error is not null and received_at / 1e3 < :now - 300))`,
  tillkeeper_quarantined_webhooks: 'select source as provider, count(*) as value from quarantined_webhooks group by 1',
  tillkeeper_webhooks_silent: `select provider, 1 as value from cases where status <> 'resolved' and kind = 'webhook_silent'`,
  tillkeeper_provider_decommissioned: `select provider, 1 as value from provider_outages where status = 'retired'`,
  tillkeeper_provider_unavailable_seconds: `select provider, :now - began_at / 1e3 as value from provider_outages
    where status <> 'over' and answered_at is null`,
  tillkeeper_ledger_last_closing_age_seconds: `select :now - closed_at / 1e3 as value from book_closings
    where draft is null order by number desc limit 1`,
  tillkeeper_ledger_unexplained: `select content -> 'unexplained' ->> 'count' as value from book_closings
    where draft is null order by number desc limit 1`,
  tillkeeper_job_overdue: 'select 0 as value',
  tillkeeper_database_up: 'select 1 as value',
};

/** Counters begin at 0 with each process, so that they are at most what the database has. */
const counters: Readonly<Record<string, string>> = {
  tillkeeper_webhooks_total: `select source as provider, 'accepted' as outcome, count(*) as value from inbox_events group by 1`,
  tillkeeper_payment_transitions_total: `select from_status as "from", to_status as "to", count(*) as value
    from timeline_entries where subject = 'payment' group by 1, 2`,
  tillkeeper_provider_outages_total: 'select provider, count(*) as value from provider_outages group by 1',
};

function* checkGauges(look: Look, samples: readonly Sample[]): Iterable<string> {
  for (const [name, query] of Object.entries(gauges)) {
    const expected = readExpected(look, query);
    const shown = samples.filter((sample) => sample.name === name);
    for (const sample of shown) {
      const value = expected.find((row) => isOf(row, sample))?.value ?? 0;
      if (Math.abs(sample.value - value) > toleranceOf(name))
        yield `${wordsOf(sample)}, and the database says ${value}`;
    }
    for (const row of expected) {
      if (!shown.some((sample) => isOf(row, sample))) yield `${name} does not show ${JSON.stringify(row)}`;
    }
  }
}

/** At rest no breaker is open but for an outage that goes on. */
function* checkUp({ count }: Look, samples: readonly Sample[]): Iterable<string> {
  for (const sample of samples) {
    if (sample.name !== 'tillkeeper_provider_up' || sample.value === 1) continue;
    const isAway = count(
      'select count(*) from provider_outages where live_provider = ?',
      sample.labels['provider'] ?? '',
    );
    if (isAway === 0) yield `${wordsOf(sample)}, and the database knows of no outage`;
  }
}

function* checkCounters(look: Look, samples: readonly Sample[]): Iterable<string> {
  for (const [name, query] of Object.entries(counters)) {
    const expected = readExpected(look, query);
    for (const sample of samples) {
      if (sample.name !== name || (sample.labels['outcome'] ?? 'accepted') !== 'accepted') continue;
      const most = expected.find((row) => isOf(row, sample))?.value ?? 0;
      if (sample.value > most) yield `${wordsOf(sample)}, and the database has ${most}`;
    }
  }
}

function readExpected({ rows, world }: Look, query: string): Expected[] {
  const now = String(world.machine.now() / second);
  return rows<Expected>(query.replaceAll(':now', now)).map((row) => ({ ...row, value: Number(row.value) }));
}

function isOf({ value: _, ...labels }: Expected, sample: Sample): boolean {
  return Object.entries(labels).every(([name, word]) => sample.labels[name] === word);
}

function toleranceOf(name: string): number {
  return name.endsWith('_seconds') ? toleranceSeconds : 0;
}

function wordsOf({ name, labels, value }: Sample): string {
  return `${name} ${JSON.stringify(labels)} shows ${value}`;
}
