import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallbackData, callbackBytesMax, decodeCallback, encodeCallback } from '#bot/text/callback-data.ts';
import { addDays, dayOf } from '#kernel/calendar.ts';
import { anId } from './support/values.ts';

const position = { index: 24, side: 'after', key: { at: Date.parse('2058-12-31'), id: anId } } as const;

const taps: CallbackData[] = [
  { kind: 'alert', act: 'snooze', id: anId, place: 'card' },
  { kind: 'alert', act: 'snooze', id: anId, place: 'list' },
  { kind: 'alerts', position: null },
  { kind: 'alerts', position: { index: 25, side: 'before', key: { at: 0, id: anId } } },
  { kind: 'alert_view', id: anId },
  { kind: 'alert_group', act: 'snooze', id: anId },
  { kind: 'order', act: 'deliver', id: anId },
  { kind: 'orders', filter: 'all', position: null },
  { kind: 'orders', filter: 'partially_refunded', position },
  { kind: 'confirm', pendingId: 'AAECAwQFBgcICQoLDA0ODw', choice: null },
  { kind: 'confirm', pendingId: 'AAECAwQFBgcICQoLDA0ODw', choice: 5 },
  { kind: 'write_reason', pendingId: 'AAECAwQFBgcICQoLDA0ODw' },
  { kind: 'refund', paymentId: anId },
  { kind: 'exceptions', filter: 'finding_missing_there', position },
  { kind: 'exception_kinds' },
  { kind: 'exception_ages' },
  { kind: 'exception', act: 'take', id: anId },
  { kind: 'resolve', id: anId, action: 'refund_surplus', option: null },
  { kind: 'resolve', id: anId, action: 'mark_paid', option: 'nowpayments1' },
  { kind: 'stats', days: 90 },
  { kind: 'books', position: { index: 1, side: 'after', key: 999_999_999 } },
  { kind: 'book', act: 'verify', day: addDays(dayOf(0, 'UTC'), 20_000) },
  { kind: 'reconcile', provider: 'coinbase' },
  { kind: 'reconcile', provider: 'all' },
  { kind: 'dead', act: 'discard', queue: 'outbox', id: anId },
  { kind: 'dead_list', position },
  { kind: 'products', position: { index: 9, side: 'before', key: 'A-b_c.9'.repeat(5) } },
  { kind: 'product', act: 'remove', id: anId },
  { kind: 'settings' },
  { kind: 'hold_limit', currency: 'USD' },
  { kind: 'hold_limit', currency: 'new' },
  { kind: 'coupons', position: { index: 9, side: 'after', key: 'AbC-_0123456' } },
  { kind: 'dismiss' },
  { kind: 'providers' },
  { kind: 'provider', act: 'quarantine', provider: 'all' },
  { kind: 'provider', act: 'ask', provider: 'coinbase' },
  { kind: 'health' },
  { kind: 'set_up', place: 'providers' },
];

describe('callback data', () => {
  test.each(taps)('$kind comes back as it was, within 64 bytes', (tap) => {
    const data = encodeCallback(tap);
    expect(decodeCallback(data)).toEqual(tap);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(callbackBytesMax);
  });

  test('a UUID takes 22 characters', () => {
    expect(encodeCallback({ kind: 'alert', act: 'ack', id: anId, place: 'card' })).toMatch(/^alert:ack:[\w-]{22}$/);
  });

  test('any UUID comes back as it was', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const tap: CallbackData = { kind: 'order', act: 'show', id };
        expect(decodeCallback(encodeCallback(tap))).toEqual(tap);
      }),
    );
  });

  test.each([
    '',
    'order',
    'order:show',
    'order:show:short',
    'order:delete:AZL1oHw-er-N7wEjRWeJqw',
    'order:show:AZL1oHw-er-N7wEjRWeJqw:more',
    // Of the version before: a button that counted pages is out of date.
    'orders:all:0',
    'alerts:2',
    'orders:all:-1',
    'orders:all:1',
    'orders:all:1AZL1oHw-er-N7wEjRWeJqw',
    'orders:all:-0mi2x4p0AZL1oHw-er-N7wEjRWeJqw',
    'orders:all:10mi2x4p0AZL1oHw-er-N7wEjRWeJqw:more',
    'orders:everything',
    'exceptions:everything',
    'exception:eat:AZL1oHw-er-N7wEjRWeJqw',
    'resolve:AZL1oHw-er-N7wEjRWeJqw:check',
    'resolve:AZL1oHw-er-N7wEjRWeJqw:wait:too-long-a-word',
    'stats:8',
    'books:2',
    'books:10',
    'books:1-3',
    'book:show:2026-02-30',
    'book:burn:2026-02-03',
    'reconcile:paypal',
    'dead:show:inbox:../../../etc/passwd',
    'confirm:',
    'confirm:%00%00%00%00%00%00%00',
    'confirm:AAECAwQFBgcICQoLDA0ODw:10',
    'write_reason:x',
    'products:2',
    'products:1a/b',
    'product:sell:AZL1oHw-eryN7wEjRWeJqw',
    'hold_limit:gold',
    'hold_limit:usd',
    'settings:1',
    'dead_list:1',
    '__proto__',
    'constructor:x',
    'x'.repeat(65),
  ])('%j is refused', (data) => {
    expect(decodeCallback(data)).toBeUndefined();
  });

  test('only what encodes back to itself is accepted', () => {
    const kinds = fc.constantFrom(
      'alert',
      'alerts',
      'order',
      'orders',
      'confirm',
      'stats',
      'dead',
      'reconcile',
      'book',
    );
    fc.assert(
      fc.property(kinds, fc.array(fc.string({ maxLength: 24 }), { maxLength: 4 }), (kind, words) => {
        const data = [kind, ...words].join(':');
        const tap = decodeCallback(data);
        if (tap !== undefined) expect(encodeCallback(tap)).toBe(data);
      }),
    );
  });
});
