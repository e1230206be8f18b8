import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asRefundId } from '#kernel/ids.ts';
import { correlationTag, findCorrelationTag, withMark } from '#payments/providers/kit/correlation-tag.ts';

const refundId = asRefundId('01a20511-a491-7000-aa0f-178ceb2bab98');
const mark = 'r-AaIFEaSRcACqDxeM6yurmA';

describe('the mark of a refund', () => {
  test('is its id in 24 characters', () => {
    expect(correlationTag(refundId)).toBe(mark);
    expect(() => correlationTag(asRefundId('refund-1'))).toThrow('not a UUID');
  });

  test('is read back from any text that it ends', () => {
    fc.assert(
      fc.property(fc.uuid({ version: [4, 7] }), fc.string({ unit: 'binary' }), (id, text) => {
        const marked = withMark(text, { mark: `(ref. ${correlationTag(asRefundId(id))})`, lengthMax: 500 });
        expect(marked.length).toBeLessThanOrEqual(500);
        expect(findCorrelationTag(marked)).toBe(id);
      }),
    );
  });

  test('at the end counts, whatever stands before it', () => {
    const other = correlationTag(asRefundId('01a20511-a491-7000-aa0f-178ceb2bab99'));
    expect(findCorrelationTag(`again, see ${other} (ref. ${mark})`)).toBe(refundId);
  });

  test.each([
    ['no text', null],
    ['no mark', 'Bought by mistake'],
    ['a mark that is too long', `${mark}A`],
    ['a mark that is too short', mark.slice(0, -1)],
    ['a mark inside a word', `for-${mark}`],
    ['letters that are no UUID', 'r-0123456789012345678901'],
    ['a mark with bits that nobody wrote', mark.replace(/A$/, 'B')],
  ])('is not seen in %s', (_name, text) => {
    expect(findCorrelationTag(text)).toBeNull();
  });
});

describe('a text with a mark', () => {
  test('keeps its beginning, and the mark whole', () => {
    expect(withMark('Bought by mistake', { mark, lengthMax: 500 })).toBe(`Bought by mistake ${mark}`);
    expect(withMark('Bought by mistake', { mark, lengthMax: 31 })).toBe(`Bought ${mark}`);
    expect(withMark('  ', { mark, lengthMax: 31 })).toBe(mark);
  });

  test('is never cut between the halves of a character', () => {
    expect(withMark('ab😀', { mark, lengthMax: 28 })).toBe(`ab ${mark}`);
    expect(withMark('ab😀', { mark, lengthMax: 29 })).toBe(`ab😀 ${mark}`);
  });
});
