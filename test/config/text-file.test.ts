import { describe, expect, test } from 'vitest';
import { findUnseen, isQuoted, readText, UnreadableText } from '#config/text-file.ts';

const utf16 = (text: string, ...mark: number[]): Uint8Array => Buffer.from([...mark, ...Buffer.from(text, 'utf16le')]);
const bigEndian = (bytes: Uint8Array): Uint8Array => Buffer.from(bytes).swap16();

describe('a text file', () => {
  test.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from('A=é\nB=2\n')],
    ['UTF-8 with a mark', Buffer.from('\ufeffA=é\nB=2\n')],
    ['UTF-8 with line ends of Windows', Buffer.from('A=é\r\nB=2\r\n')],
    ['UTF-16 with its mark', utf16('A=é\r\nB=2\r\n', 0xff, 0xfe)],
    ['UTF-16 the other way round', bigEndian(utf16('A=é\nB=2\n', 0xff, 0xfe))],
  ])('is read as its mark says: %s', (_what, bytes) => {
    expect(readText(bytes)).toBe('A=é\nB=2\n');
  });

  test.each<[Uint8Array, string]>([
    [utf16('A=1\n'), 'looks like UTF-16 without a byte order mark: save it as UTF-8'],
    [Buffer.from([0x41, 0x3d, 0xe9, 0x0a]), 'is not UTF-8: save it as UTF-8'],
    [Buffer.from([0xff, 0xfe, 0x41]), 'is not UTF-16LE: save it as UTF-8'],
  ])('that cannot be read without guessing is refused with the reason', (bytes, reason) => {
    expect(() => readText(bytes)).toThrow(new UnreadableText(reason));
  });
});

describe('a value', () => {
  test.each([
    ['ab\u200bc', 'U+200B, at place 3'],
    ['abc\u200b', 'U+200B, at place 4'],
    ['a\ufeffb', 'U+FEFF, at place 2'],
    ['a\u00a0b', 'U+00A0, at place 2'],
    ['a\u00adb', 'U+00AD, at place 2'],
    ['\u{1f600}a\u3164', 'U+3164, at place 3'],
    ['a\u0007', 'U+0007, at place 2'],
    ['a\ufffd', 'U+FFFD, at place 2'],
  ])('with a character that nobody sees is found out, and not repeated: %j', (text, place) => {
    expect(findUnseen(text)).toBe(`has a character that cannot be seen (${place}): remove it, or type the value anew`);
  });

  test.each(['plain', 'with spaces', 'é字', '-----BEGIN KEY-----\nabc\r\n\tdef\n-----END KEY-----', ''])(
    'of characters that are seen is left alone: %j',
    (text) => {
      expect(findUnseen(text)).toBeUndefined();
    },
  );

  test('in quotes of any kind is known by them, and an apostrophe inside makes none', () => {
    for (const text of ['"a"', "'a'", '`a b`', '“a”', '„a“', '«a»']) expect(isQuoted(text), text).toBe(true);
    for (const text of ['a', "it's", '"a', 'a"', '""', `"a'`]) expect(isQuoted(text), text).toBe(false);
  });
});
