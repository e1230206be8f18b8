import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asRefundId } from '#kernel/ids.ts';
import { correlationTag, findCorrelationTag, withTag } from '#payments/providers/kit/correlation-tag.ts';

const refundId = asRefundId('01a20511-a491-7000-aa0f-178ceb2bab98');
const tag = 'r-AaIFEaSRcACqDxeM6yurmA';

describe('the correlation tag of a refund', () => {
  test('is its id in 24 characters', () => {
    expect(correlationTag(refundId)).toBe(tag);
    expect(() => correlationTag(asRefundId('refund-1'))).toThrow('not a UUID');
  });

  test('is read back from any text that it ends', () => {
    fc.assert(
      fc.property(fc.uuid({ version: [4, 7] }), fc.string({ unit: 'binary' }), (id, text) => {
        const tagged = withTag(text, { tag: `(ref. ${correlationTag(asRefundId(id))})`, lengthMax: 500 });
        expect(tagged.length).toBeLessThanOrEqual(500);
        expect(findCorrelationTag(tagged)).toBe(id);
      }),
    );
  });

  test('at the end counts, whatever stands before it', () => {
    const other = correlationTag(asRefundId('01a20511-a491-7000-aa0f-178ceb2bab99'));
    expect(findCorrelationTag(`again, see ${other} (ref. ${tag})`)).toBe(refundId);
  });

  test.each([
    ['no text', null],
    ['no tag', 'Bought by mistake'],
    ['a tag that is too long', `${tag}A`],
    ['a tag that is too short', tag.slice(0, -1)],
    ['a tag inside a word', `for-${tag}`],
    ['letters that are no UUID', 'r-0123456789012345678901'],
    ['a tag with bits that nobody wrote', tag.replace(/A$/, 'B')],
  ])('is not seen in %s', (_name, text) => {
    expect(findCorrelationTag(text)).toBeNull();
  });
});

describe('a text with a tag', () => {
  test('keeps its beginning, and the tag whole', () => {
    expect(withTag('Bought by mistake', { tag, lengthMax: 500 })).toBe(`Bought by mistake ${tag}`);
    expect(withTag('Bought by mistake', { tag, lengthMax: 31 })).toBe(`Bought ${tag}`);
    expect(withTag('  ', { tag, lengthMax: 31 })).toBe(tag);
  });

  test('is never cut between the halves of a character', () => {
    expect(withTag('ab😀', { tag, lengthMax: 28 })).toBe(`ab ${tag}`);
    expect(withTag('ab😀', { tag, lengthMax: 29 })).toBe(`ab😀 ${tag}`);
  });
});
