import { expect, test } from 'vitest';
import { parseMoment } from '#bot/screens/operations/moments.ts';

const berlin = { now: Date.parse('2026-11-25T12:34:56Z'), timeZone: 'Europe/Berlin' };

test.each([
  ['now', '2026-11-25T12:34:56Z'],
  ['6h', '2026-11-25T06:34:56Z'],
  ['90m', '2026-11-25T11:04:56Z'],
  ['2d', '2026-11-23T12:34:56Z'],
  ['10:30', '2026-11-25T09:30:00Z'],
  ['9:05', '2026-11-25T08:05:00Z'],
  ['2026-11-25', '2026-11-24T23:00:00Z'],
  ['2026-07-01T12:00', '2026-07-01T10:00:00Z'],
  ['2026-11-25T10:30:15', '2026-11-25T09:30:15Z'],
  ['2026-11-25T10:30Z', '2026-11-25T10:30:00Z'],
  // The night in which the clock goes back: after it, the winter's time.
  ['2026-10-25T04:00', '2026-10-25T03:00:00Z'],
  ['2026-10-25T01:00', '2026-10-24T23:00:00Z'],
])('%s is %s for an admin in Berlin', (text, expected) => {
  const at = parseMoment(text, berlin);
  expect(at === undefined ? at : new Date(at).toISOString()).toBe(new Date(expected).toISOString());
});

test('half an hour of offset counts', () => {
  const at = parseMoment('2026-11-25T10:30', { ...berlin, timeZone: 'Asia/Kolkata' });
  expect(at).toBe(Date.parse('2026-11-25T05:00Z'));
});

test.each([
  '',
  'soon',
  '6',
  'h',
  '25:00',
  '2026-02-30',
  '2026-13-01',
  '25.11.2026',
  '2026-11-25 10:30',
  '-1h',
  '10:61',
])('%j is no moment', (text) => {
  expect(parseMoment(text, berlin)).toBeUndefined();
});
