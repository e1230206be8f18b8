import { expect, test } from 'vitest';
import { readReason, reasonUnitsMax } from '#access/reason.ts';

test('a reason is kept on one line', () => {
  expect(readReason('  he asked\r\n\tfor it ')).toBe('he asked for it');
});

test.each(['', '  \n', '\u200B', '\u3164', '\u00AD\u2060'])('a reason of which nothing is seen is none: %j', (text) => {
  expect(readReason(text)).toEqual({ kind: 'refused', code: 'reason_missing' });
});

test('a reason longer than a card shows is refused, and nothing of it is cut off in silence', () => {
  expect(readReason('x'.repeat(reasonUnitsMax))).toHaveLength(reasonUnitsMax);
  const refused = { kind: 'refused', code: 'reason_too_long', unitsMax: reasonUnitsMax };
  expect(readReason('x'.repeat(reasonUnitsMax + 1))).toEqual(refused);
});
