import { expect, test } from 'vitest';
import { adminName } from '#bot/telegram/admin-name.ts';

test('an admin is named by first and last name, on one line', () => {
  expect(adminName({ id: 7, first_name: 'Ada\n', last_name: 'Lovelace' })).toBe('Ada Lovelace');
});

test.each(['\u3164', '\u200B', '\u200D', '\u00AD', '\u061C', ' \u200B '])(
  'an admin whose name shows nothing (%j) is named by user name, or by number',
  (name) => {
    expect(adminName({ id: 7, first_name: name, last_name: name, username: 'ada' })).toBe('ada');
    expect(adminName({ id: 7, first_name: name })).toBe('7');
  },
);

test('a long name is cut between characters', () => {
  const name = adminName({ id: 7, first_name: '👩‍👧'.repeat(40) });
  expect(name.length).toBeLessThanOrEqual(64);
  expect(name).toMatch(/^(?:👩‍👧)+…$/u);
});
