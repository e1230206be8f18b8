import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallbackData, callbackBytesMax, decodeCallback, encodeCallback } from '#bot/text/callback-data.ts';
import { addDays, dayOf } from '#kernel/calendar.ts';
import { anId } from './support/values.ts';

const taps: CallbackData[] = [
  { kind: 'alert', act: 'snooze', id: anId, place: 'card' },
  { kind: 'alert', act: 'snooze', id: anId, place: 'list' },
  { kind: 'alerts', page: 24 },
  { kind: 'alert_view', id: anId },
  { kind: 'order', act: 'deliver', id: anId },
  { kind: 'orders', filter: 'partially_refunded', page: 24 },
  { kind: 'confirm', pendingId: 'AAECAwQFBgcICQoLDA0ODw', choice: null },
  { kind: 'confirm', pendingId: 'AAECAwQFBgcICQoLDA0ODw', choice: 5 },
  { kind: 'write_reason', pendingId: 'AAECAwQFBgcICQoLDA0ODw' },
  { kind: 'refund', paymentId: anId },
  { kind: 'exceptions', filter: 'finding_missing_there', page: 24 },
  { kind: 'exception_kinds' },
  { kind: 'exception_ages' },
  { kind: 'exception', act: 'take', id: anId },
  { kind: 'resolve', id: anId, action: 'refund_surplus', option: null },
  { kind: 'resolve', id: anId, action: 'mark_paid', option: 'nowpayments1' },
  { kind: 'stats', days: 90 },
  { kind: 'books', page: 24 },
  { kind: 'book', act: 'verify', day: addDays(dayOf(0, 'UTC'), 20_000) },
  { kind: 'reconcile', provider: 'coinbase' },
  { kind: 'reconcile', provider: 'all' },
  { kind: 'dead', act: 'discard', queue: 'outbox', id: anId },
  { kind: 'dead_list' },
  { kind: 'products', page: 24 },
  { kind: 'product', act: 'remove', id: anId },
  { kind: 'settings' },
  { kind: 'hold_limit', currency: 'USD' },
  { kind: 'hold_limit', currency: 'new' },
  { kind: 'coupons', page: 3 },
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
    'orders:all:-1',
    'orders:all:01',
    'orders:all:25',
    'orders:everything:0',
    'exceptions:everything:0',
    'exception:eat:AZL1oHw-er-N7wEjRWeJqw',
    'resolve:AZL1oHw-er-N7wEjRWeJqw:check',
    'resolve:AZL1oHw-er-N7wEjRWeJqw:wait:too-long-a-word',
    'stats:8',
    'books:25',
    'book:show:2026-02-30',
    'book:burn:2026-02-03',
    'reconcile:paypal',
    'dead:show:inbox:../../../etc/passwd',
    'confirm:',
    'confirm:%00%00%00%00%00%00%00',
    'confirm:AAECAwQFBgcICQoLDA0ODw:10',
    'write_reason:x',
    'products:25',
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
