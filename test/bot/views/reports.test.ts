import { describe, expect, test } from 'vitest';
import { deadLetterCard, deadLetterList } from '#bot/screens/operations/dead-letters-view.ts';
import { shopStatsView } from '#bot/screens/operations/stats-view.ts';
import { healthView } from '#bot/screens/providers/health-view.ts';
import { type ReconcileStep, reconcileChoice, reconcileProgress } from '#bot/screens/providers/reconcile-view.ts';
import { helpView } from '#bot/screens/start/help-view.ts';
import { type StartReport, startView } from '#bot/screens/start/start-view.ts';
import { day } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { ReconciliationFinding, ReconciliationRun } from '#payments/model/reconciliation.ts';
import { anId, aPage, aPlace, at, drawn, hostile, look } from '../support/values.ts';

const unchecked = { report: undefined, isRunning: false };

describe('statistics', () => {
  const bucket = { status: 'paid', currency: 'USD', count: 3, amountMinor: 14700 } as const;

  test('count by status, sum by currency, and draw a bar a day', () => {
    const totals = [bucket, { status: 'expired', currency: 'USD', count: 2, amountMinor: 9800 } as const];
    const counts = [1, 2, 0, 0, 0, 0, 0];
    const days = counts.map((count, index) => ({ from: at + index * day, orders: [{ ...bucket, count }] }));
    const fees = [{ asset: 'USDC', fee: '0.61', net: '48.39' }];
    const stats = { from: at, to: at + 7 * day, totals, fees, days };
    expect(drawn(shopStatsView(stats, { ...look, days: 7 }))).toMatchInlineSnapshot(`
      "<b>Last 7 days</b>
      💰 3 paid · ⌛ 2 expired
      Paid: <b>147.00 USD</b>
      Fees: 0.61 USDC · net 48.39 USDC · of 49.00 USDC
      147.00 USD of the paid orders without a fee in USD
      <b>Paid orders a day</b>
      <pre>22 Nov ▇▇▇▇▇ 1
      23 Nov ▇▇▇▇▇▇▇▇▇▇ 2
      24 Nov ·
      25 Nov ·
      26 Nov ·
      27 Nov ·
      28 Nov ·</pre>
      [• 7 d](stats:7) [30 d](stats:30) [90 d](stats:90)"
    `);
  });

  test.each([
    ['715.15', '758.00', []],
    ['715.15', '736.00', ['22.00 USD beside the paid orders: parts, late or surplus money, older orders']],
    ['390.00', '736.00', ['303.15 USD of the paid orders without a fee in USD']],
  ])('add up: net %s of %s paid, or the difference is named', (net, paid, words) => {
    const totals = [{ ...bucket, amountMinor: Number(paid.replace('.', '')) }];
    const fees = [{ asset: 'USD', fee: '42.85', net }];
    const { text } = shopStatsView({ from: at, to: at + day, totals, fees, days: [] }, { ...look, days: 7 });
    const lines = text.split('\n');
    const first = lines.indexOf(`Paid: <b>${paid} USD</b>`);
    const end = lines.findIndex((each) => each.includes('Paid orders a day'));
    expect(lines.slice(first + 1, end)).toEqual([`Fees: 42.85 USD · net ${net} USD`, ...words]);
  });

  test.each([7, 30, 90] as const)('%i days fit a screen', (days) => {
    const each = Array.from({ length: days }, (_, index) => ({ from: at + index * day, orders: [bucket] }));
    const { text } = shopStatsView(
      { from: at, to: at + days * day, totals: [bucket], fees: [], days: each },
      { ...look, days },
    );
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
    const bars = Array.from(text.matchAll(/▇ (\d+)/g), ([, count]) => Number(count));
    expect(bars.reduce((sum, count) => sum + count, 0)).toBe(days * bucket.count);
  });

  test('a day that has 23 hours has a bar of its own', () => {
    const starts = [0, 24, 47, 71].map((hours) => Date.parse('2026-03-27T23:00:00Z') + hours * 3_600_000);
    const days = starts.map((from, index) => ({ from, orders: [{ ...bucket, count: index + 1 }] }));
    const stats = { from: starts[0] ?? 0, to: 0, totals: [bucket], fees: [], days };
    const { text } = shopStatsView(stats, { ...look, timeZone: 'Europe/Berlin', days: 7 });
    expect(Array.from(text.matchAll(/(\d\d Mar) ▇+ (\d)/g), ([, name, count]) => `${name} ${count}`)).toEqual([
      '28 Mar 1',
      '29 Mar 2',
      '30 Mar 3',
      '31 Mar 4',
    ]);
  });

  test('an empty shop has no sums and no division by nothing', () => {
    const { text } = shopStatsView(
      { from: at, to: at + 7 * day, totals: [], fees: [], days: [] },
      { ...look, days: 7 },
    );
    expect(text).toContain('No orders.');
    expect(text).not.toContain('NaN');
  });
});

describe('a reconciliation', () => {
  const run: ReconciliationRun = {
    id: anId,
    provider: 'btcpay',
    status: 'finished',
    windowFrom: at - day,
    windowTo: at,
    startedAt: at,
    finishedAt: at,
    takenUpAt: null,
    startedBy: 'admin:1',
    comparedCount: 120,
    matchedCount: 118,
    healedCount: 1,
    openCount: 1,
    error: null,
  };
  const finding: ReconciliationFinding = {
    id: anId,
    runId: anId,
    kind: 'status',
    provider: 'btcpay',
    reference: asProviderReference('XED'),
    paymentId: null,
    here: 'pending',
    there: 'Settled',
    isHealed: true,
    createdAt: at,
  };

  test('shows how far it is', () => {
    const steps: ReconcileStep[] = [
      { kind: 'stopped', provider: 'bitpay', reason: 'It cannot list.' },
      { kind: 'running', provider: 'btcpay', compared: 12, healed: 0, open: 1, takenUpAt: null },
      { kind: 'waiting', provider: 'coinbase' },
    ];
    expect(reconcileProgress(steps, look).text).toMatchInlineSnapshot(`
      "<b>Reconciling</b> ▰▰▰▱▱▱▱▱▱▱ 1 of 3
      ⛔ <b>BitPay</b> · It cannot list.
      <b>BTCPay</b> · compared 12, healed 0, open 1
      <b>Coinbase</b> · waiting"
    `);
  });

  test('ends with what was found; what is open stays longest', () => {
    const open = { ...finding, kind: 'amount' as const, isHealed: false, here: hostile };
    const findings = [open, ...Array.from({ length: 40 }, () => finding)];
    const { text } = reconcileProgress([{ kind: 'finished', provider: 'btcpay', run, findings }], look);
    expect(text).toContain('120 payments: 118 match, 1 healed, 1 open');
    expect(text).toContain('• amount differs <code>XED</code>');
    expect(text).toMatch(/… \d+ more findings/);
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
  });

  test('says what was taken up after a restart, and that its window ends where it was begun', () => {
    const takenUpAt = at + 60_000;
    const running = { kind: 'running', provider: 'btcpay', compared: 12, healed: 0, open: 1, takenUpAt } as const;
    expect(reconcileProgress([running], look).text).toContain('Taken up after a restart.');
    const finished = { kind: 'finished', provider: 'btcpay', run: { ...run, takenUpAt }, findings: [] } as const;
    expect(reconcileProgress([finished], look).text).toMatch(
      /Begun .+, taken up after a restart .+; what has come since it was begun is compared within the hour/,
    );
    expect(reconcileProgress([{ ...finished, run }], look).text).not.toContain('restart');
  });

  test('asks which provider, and offers all when there are several', () => {
    expect(
      reconcileChoice(['btcpay', 'bitpay'])
        .keyboard.flat()
        .map((button) => button.text),
    ).toEqual(['BTCPay', 'BitPay', 'All']);
    expect(reconcileChoice([]).keyboard).toEqual([]);
  });
});

describe('dead letters', () => {
  const letter = {
    queue: 'outbox',
    row: {
      id: anId,
      receivedAt: at,
      availableAt: at,
      lockedUntil: null,
      lockedBy: null,
      processedAt: null,
      abandonedAt: at + 60_000,
      lastError: '12 attempts failed; the last: <html>',
      startedAttempts: 12,
      finishedAttempts: 12,
      key: `shop.event:order.paid:${anId}`,
      topic: 'shop.event',
      lane: 'shop',
      priority: 1,
      subject: null,
      turn: null,
      payload: { secret: 'never shown' },
    },
  } as const;

  test('are listed with their cause, without their content', () => {
    const view = deadLetterList(aPage([letter], { key: aPlace }), look);
    expect(drawn(view)).toMatchInlineSnapshot(`
      "<b>1 dead letter</b>
      <b>1</b> · event for the shop · 22 Nov, 04:01 · 12 attempts failed; the last: &lt;html&gt;
      [1](dead:show:outbox:AZL1oHw-eryN7wEjRWeJqw)"
    `);
    expect(JSON.stringify(view)).not.toContain('never shown');
  });

  test('have a short button each, four to a row, and the rest follows', () => {
    const letters = Array.from({ length: 8 }, () => letter);
    const view = deadLetterList(aPage(letters, { key: aPlace, hasMore: true }), look);
    const rows = view.keyboard.map((row) => row.map(({ text }) => text).join(' '));
    expect(rows).toEqual(['1 2 3 4', '5 6 7 8', 'Older ›']);
  });

  test('one shows its attempts and what can be done', () => {
    expect(drawn(deadLetterCard(letter, look))).toMatchInlineSnapshot(`
      "💀 <b>event for the shop</b>
      About <code>shop.event:order.paid:0192f5a0-7c3e-7abc-8def-0123456789ab</code>
      Came 22 Nov, 04:00 · given up 22 Nov, 04:01
      Attempts: 12 begun, 12 ended
      Cause: 12 attempts failed; the last: &lt;html&gt;
      [Redrive](dead:redrive:outbox:AZL1oHw-eryN7wEjRWeJqw) [Discard](dead:discard:outbox:AZL1oHw-eryN7wEjRWeJqw)
      [‹ Dead letters](dead_list)"
    `);
  });
});

describe('the greeting', () => {
  const report: StartReport = {
    name: 'Ann',
    openAlerts: 0,
    takenAlerts: 0,
    ordersInNeed: { count: 0, hasMore: false },
    commands: [{ command: 'pay', usage: 'AMOUNT CURRENCY [NOTE]', description: 'a new order' }],
  };

  test('says what needs somebody, with the way there', () => {
    const busy = { ...report, openAlerts: 3, takenAlerts: 1, ordersInNeed: { count: 1, hasMore: false } };
    expect(drawn(startView(busy))).toMatchInlineSnapshot(`
      "👋 Hello, <b>Ann</b>
      This bot shows the shop’s orders and payments, and lets you put right what went wrong.

      🔔 <b>3 alerts</b> wait for somebody
      ✋ 1 alert in hand or snoozed
      ⚠️ <b>1 order</b> needs attention

      /pay AMOUNT CURRENCY [NOTE] — a new order
      /help has the rest.
      [Alerts](alerts) [Orders in need](orders:needs_attention)"
    `);
    expect(startView({ ...report, ordersInNeed: { count: 50, hasMore: true } }).text).toContain(
      '<b>More than 50 orders</b> need attention',
    );
  });

  test('is calm when nothing does, and takes a name for a name', () => {
    const { text, keyboard } = startView({ ...report, name: hostile });
    expect(text).toContain('✅ Nothing needs you right now.');
    expect(text).not.toContain('<b>Eve');
    expect(keyboard).toEqual([]);
  });
});

test('the help puts commands under headings and shows their usage as text', () => {
  const commands = [{ command: 'order', usage: '<NUMBER>', description: 'one order' }];
  expect(helpView([{ title: 'Orders', commands }]).text).toMatchInlineSnapshot(`
    "<b>Orders</b>
    /order &lt;NUMBER&gt; — one order"
  `);
});

describe('the health report', () => {
  const depth = { waiting: 0, oldestAvailableAt: null, oldestReceivedAt: null, abandoned: 0 };
  const well = (name: string, detail = '') => ({ name, ok: true, detail });
  const job = (name: string) => ({ name, lastRunAt: at, ok: true, detail: 'done' });

  test('says in few words that all is well', () => {
    const view = healthView(
      {
        checks: [
          ...[well('database', 'sqlite'), well('inbox', '0 waiting'), well('outbox', '0 waiting')],
          ...[well('telegram admin', 'polling as @till_bot'), well('telegram pager', 'polling as @pager_bot')],
          ...[well('provider bitpay', 'answers'), well('provider btcpay', 'answers'), well('provider coinbase')],
        ],
        jobs: [job('poll-payments'), job('prune'), { ...job('reconcile'), lastRunAt: null }],
        queues: [{ queue: 'outbox', depth: { ...depth, lane: 'chat' } }],
      },
      { ...look, setUp: unchecked },
    );
    expect(drawn(view)).toMatchInlineSnapshot(`
      "🟢 <b>All is well so far</b>
      🟢 database · sqlite
      🟢 2 bots connected
      🟢 3 providers answer
      📥 Nothing waits in the queues
      ⏱ 2 jobs on time, 1 still to run
      🔧 Set-up not checked yet
      [Refresh](health) [Check now](set_up:health)"
    `);
  });

  test('does not count among those that answer a provider of which it is not known', () => {
    const checks = [
      well('provider bitpay', 'answers'),
      { ...well('provider payhip', 'not known yet'), isUnknown: true },
    ] as const;
    const { text } = healthView({ checks, jobs: [], queues: null }, { ...look, setUp: unchecked });
    expect(text).toContain('🟢 1 provider answers\n⚪ 1 provider not known now');
    expect(text).not.toContain('queues');
  });

  test('puts trouble first, with its reason, and names busy queues only', () => {
    const view = healthView(
      {
        checks: [
          well('database', 'sqlite'),
          { name: 'outbox', ok: false, detail: 'silent workers: 1' },
          { name: 'telegram admin', ok: false, detail: 'ECONNREFUSED' },
          { name: 'provider bitpay', ok: false, detail: 'open: 4200 <timeout>' },
          well('provider btcpay', 'answers'),
        ],
        jobs: [
          job('poll-payments'),
          { ...job('prune'), ok: false, detail: 'timed_out' },
          { ...job('reconcile'), ok: false, detail: 'BitPay did not answer' },
        ],
        queues: [
          { queue: 'outbox', depth: { ...depth, lane: 'pager', waiting: 2, oldestAvailableAt: at } },
          { queue: 'outbox', depth: { ...depth, lane: 'chat' } },
        ],
      },
      { ...look, setUp: unchecked },
    );
    expect(view.text).toMatchInlineSnapshot(`
      "🔴 <b>Something is wrong</b>
      🔴 outbox · silent workers: 1
      🔴 telegram admin · ECONNREFUSED
      🔴 provider bitpay · open: 4200 &lt;timeout&gt;
      🔴 job prune, 22 Nov, 04:00 · timed out
      🔴 job reconcile, 22 Nov, 04:00 · BitPay did not answer
      🟢 database · sqlite
      🟢 1 of 2 providers answer
      📥 outbox pager: 2 waiting, oldest 22 Nov, 04:00
      ⏱ 1 job on time
      🔧 Set-up not checked yet"
    `);
  });

  test('a job that failed is not well, though every check is', () => {
    const jobs = [{ ...job('prune'), ok: false, detail: 'SqliteError: disk is full' }];
    const { text } = healthView({ checks: [well('database')], jobs, queues: [] }, { ...look, setUp: unchecked });
    expect(text).toContain('Something is wrong');
  });
});
