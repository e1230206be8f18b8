import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '#kernel/json.ts';

test('a value has one text: keys in order, no white space', () => {
  expect(canonicalJson({ b: [1, 'x', null], a: { '\u20ac': true, '10': 'é"\n', '9': {} } })).toBe(
    '{"a":{"10":"é\\"\\n","9":{},"\u20ac":true},"b":[1,"x",null]}',
  );
});

test('it reads back as the same value, and the order of keys never shows', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      // Values that JSON does not distinguish, such as -0 and 0, count as equal.
      const plain = JSON.parse(JSON.stringify(value)) as JsonValue;
      const text = canonicalJson(plain);
      expect(JSON.parse(text)).toEqual(plain);
      expect(canonicalJson(turned(plain))).toBe(text);
    }),
  );
});

/** The same value, its keys the other way round. */
function turned(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, turned(part)]),
  );
}
