import { describe, expect, test } from 'vitest';
import { clip, isVisible, oneLine } from '#kernel/text.ts';

describe('clip', () => {
  test.each([
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abc…'],
    ['ab😀cd', 4, 'ab…'],
    ['ab😀cd', 5, 'ab😀…'],
    ['a👩‍👩‍👧‍👦b', 9, 'a…'],
    ['🇩🇪🇫🇷🇪🇸', 8, '🇩🇪…'],
    ['e\u0301e\u0301e\u0301', 4, 'e\u0301…'],
    ['👍🏽👍🏽', 7, '👍🏽…'],
    ['abc', 0, '…'],
  ])('cuts %j at %i units to %j, and never through a character', (text, unitsMax, cut) => {
    expect(clip(text, unitsMax)).toBe(cut);
  });

  test('of a character with more accents than anybody needs a part is left, and no half of a pair', () => {
    const stacked = `😀${'\u0301'.repeat(200)}`;
    expect(clip(stacked, 100)).toHaveLength(100);
    expect(clip(`${'x'.repeat(99)}😀${'\u0301'.repeat(200)}`, 101).isWellFormed()).toBe(true);
  });

  test('mends halves of pairs that were there before', () => {
    expect(clip('a\uD83D', 10)).toBe('a\uFFFD');
  });

  test('whatever the length, the result fits and is well formed', () => {
    const text = 'a😀é👩‍👧🇩🇪e\u0301'.repeat(20);
    for (let unitsMax = 1; unitsMax < text.length; unitsMax += 1) {
      const cut = clip(text, unitsMax);
      expect(cut.length).toBeLessThanOrEqual(unitsMax);
      expect(cut.isWellFormed()).toBe(true);
      expect(text.startsWith(cut.slice(0, -1))).toBe(true);
    }
  });
});

test('a text from outside becomes one line of whole characters', () => {
  expect(oneLine(' a\r\n\tb\u0000c\u2028d \uD83D ')).toBe('a b c d \uFFFD');
});

test.each([
  '',
  ' ',
  '\u3164',
  '\u200B',
  '\u200D',
  '\u00AD',
  '\u061C',
  '\u115F',
  '\uFFA0',
  '\u2060',
  '\u2800',
  '\u0301',
  '\u{E0041}',
])('nothing is seen of %j', (text) => {
  expect(isVisible(text)).toBe(false);
});

test.each(['a', '0', '.', '👍', '👩‍👧', '漢', '\u200Ba', 'e\u0301', '₿'])('%j is seen', (text) => {
  expect(isVisible(text)).toBe(true);
});
