import { expect, test } from 'vitest';
import { parseExactJson, readExactJson } from '#payments/providers/http/exact-json.ts';

test('every number keeps the digits that it came with', () => {
  expect(
    parseExactJson('{"a":1.699895497e+21,"b":[100000000000000000001,1.0,-0.10],"c":"1","d":true,"e":null}'),
  ).toEqual({
    a: '1.699895497e+21',
    b: ['100000000000000000001', '1.0', '-0.10'],
    c: '1',
    d: true,
    e: null,
  });
});

test.each([['not json'], [''], ['{"a":1'], ['NaN']])('%j is no JSON', (text) => {
  expect(() => parseExactJson(text)).toThrow('the text is not JSON');
  expect(readExactJson(Buffer.from(text))).toBeUndefined();
});

test('bytes that are not UTF-8 are no JSON', () => {
  expect(readExactJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
});
