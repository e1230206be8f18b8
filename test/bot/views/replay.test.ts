import { describe, expect, test } from 'vitest';
import { replayUsage, replayView } from '#bot/screens/operations/replay-view.ts';
import { hour } from '#kernel/clock.ts';
import type { ReplayRange, ReplayReport } from '#payments/webhooks/replay.ts';
import { anId, at, drawn, hostile, look } from '../support/values.ts';

const range: ReplayRange = { kind: 'range', provider: 'btcpay', from: at - hour, to: at, eventType: null };
const move = { orderNumber: 'T-1042', provider: 'btcpay', from: 'created', to: 'paid' } as const;

function aReplay(change: Partial<ReplayReport> = {}): ReplayReport {
  return {
    mode: 'dry_run',
    found: 5,
    refused: 0,
    isCut: false,
    total: 3,
    processed: 3,
    subjects: 3,
    moves: [move],
    movedCount: 1,
    bookings: [],
    bookedCount: 0,
    held: 0,
    unchanged: 2,
    unknown: 0,
    failed: 0,
    stoppedBy: null,
    ...change,
  };
}

describe('a replay', () => {
  test('shows how far it is', () => {
    const step = { range, report: aReplay({ processed: 1, unchanged: 0 }), isOver: false, pendingId: null };
    expect(drawn(replayView(step, look))).toMatchInlineSnapshot(`
      "⏳ <b>Dry run</b> · 1 of 3
      BTCPay · 22 Nov, 03:00 to 22 Nov, 04:00
      5 events about 3 payments
      <b>1</b> would move, 0 unchanged
      • <b>T-1042</b> would move from created to paid"
    `);
  });

  test('ends as a dry run with what would move, and the button for the real one', () => {
    const step = { range, report: aReplay(), isOver: true, pendingId: 'AAECAwQFBgcICQoLDA0ODw' };
    expect(drawn(replayView(step, look))).toMatchInlineSnapshot(`
      "🔎 <b>Dry run</b>: nothing was changed
      BTCPay · 22 Nov, 03:00 to 22 Nov, 04:00
      5 events about 3 payments
      <b>1</b> would move, 2 unchanged
      • <b>T-1042</b> would move from created to paid
      <i>Good for 10 minutes, for you only.</i>
      [Replay for real](confirm:AAECAwQFBgcICQoLDA0ODw)"
    `);
  });

  test('tells what was left out, what is unknown and what could not be asked about', () => {
    const report = aReplay({ mode: 'real', refused: 2, isCut: true, unknown: 1, failed: 4 });
    const step = { range: { ...range, eventType: 'InvoiceSettled' }, report, isOver: true, pendingId: null };
    expect(drawn(replayView(step, look))).toMatchInlineSnapshot(`
      "✅ <b>Replayed</b>
      BTCPay · 22 Nov, 03:00 to 22 Nov, 04:00 · <code>InvoiceSettled</code>
      5 events about 3 payments
      Only the first 1000 events; replay the rest by a later time.
      2 are not accepted by today’s secrets, and are left out.
      <b>1</b> moved, 2 unchanged, 1 unknown here, 4 could not be read or asked about
      • <b>T-1042</b> moved from created to paid"
    `);
  });

  test('of a channel tells what is missing in the books, and what stays for a person', () => {
    const money = { amountMinor: 8_900, currency: 'USD' };
    const bookings: ReplayReport['bookings'] = [
      { kind: 'sale', reference: hostile, money, as: 'paid_if_licensed', orderNumber: null },
      { kind: 'sale', reference: 'Aa1', money, as: 'held', orderNumber: 'T-1043' },
      { kind: 'refund', reference: 'Bb2', money, isWaiting: true },
      { kind: 'subscription', reference: 'SUB_1', status: 'canceled' },
    ];
    const report = aReplay({ moves: [], movedCount: 0, bookings, bookedCount: 4, held: 2, subjects: 6 });
    const view = replayView({ range, report, isOver: true, pendingId: null }, look);
    expect(drawn(view)).toMatchInlineSnapshot(`
      "🔎 <b>Dry run</b>: nothing was changed
      BTCPay · 22 Nov, 03:00 to 22 Nov, 04:00
      5 events about 6 payments
      <b>4</b> would be booked, 2 unchanged, 2 stay held for you to decide
      • sale <code>&lt;b&gt;Eve&lt;/b&gt; &amp; &quot;co&quot; evil /refund T-1 😀…</code> of 89.00 USD would be booked as paid, if its license is good
      • sale <code>Aa1</code> of 89.00 USD would be booked as <b>T-1043</b> held
      • refund of 89.00 USD in all of sale <code>Bb2</code> would be booked, with its sale
      • subscription <code>SUB_1</code> would be booked as canceled"
    `);
    const real = replayView({ range, report: { ...report, mode: 'real' }, isOver: true, pendingId: null }, look);
    expect(real.text).toContain('sale <code>Aa1</code> of 89.00 USD booked as <b>T-1043</b> held');
  });

  test('says why it ended early', () => {
    const report = aReplay({
      processed: 0,
      moves: [],
      movedCount: 0,
      unchanged: 0,
      stoppedBy: 'BTCPay does not answer.',
    });
    const view = replayView({ range, report, isOver: true, pendingId: null }, look);
    expect(view.text).toContain('<b>Dry run ended early</b>: BTCPay does not answer.');
  });

  test('of an event that is not kept says so', () => {
    const report = aReplay({ found: 0, total: 0, processed: 0, moves: [], movedCount: 0, unchanged: 0 });
    const eventRange = { kind: 'event', eventId: anId } as const;
    const view = replayView({ range: eventRange, report, isOver: true, pendingId: null }, look);
    expect(view.text).toContain('No such event is kept.');
  });

  test('fits a phone however much moves, and lets no stranger write in it', () => {
    const moves = Array.from({ length: 100 }, () => move);
    const wide = { ...range, eventType: hostile };
    const { text } = replayView(
      { range: wide, report: aReplay({ moves, movedCount: 400 }), isOver: true, pendingId: null },
      look,
    );
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
    expect(text).toMatch(/… \d+ more moves/);
    expect(text).not.toContain('<b>Eve');
  });
});

test('the usage names providers of this set-up', () => {
  expect(replayUsage(['btcpay', 'bitpay']).text).toContain('/replay btcpay 6h now');
  expect(replayUsage([]).text).toContain('/replay PROVIDER 6h now');
});
