import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipHtml, fitLines, type Line, line, weights } from '#bot/text/fit.ts';
import { bold, code, show } from '#bot/text/html.ts';

const nastyText = fc.string({
  unit: fc.constantFrom('a', ' ', '<', '>', '&', '"', '😀', '👩‍👩‍👧‍👦', '\u202E', '\n', '\uD83D', 'é', 'א'),
  maxLength: 300,
});
const anyLine: fc.Arbitrary<Line> = fc.record({
  html: fc.oneof(
    nastyText.map((text) => bold(text, 400)),
    nastyText.map((text) => code(text)),
    nastyText.map((text) => show(text, 400)),
  ),
  weight: fc.constantFrom(...Object.values(weights)),
});

/** Every tag closed in its order, every entity whole, no half of a surrogate pair. */
function expectWhole(html: string): void {
  expect(html.isWellFormed()).toBe(true);
  const open: string[] = [];
  const rest = html.replaceAll(/<(\/?)(b|i|code)>/g, (_match, slash: string, name: string) => {
    if (slash === '') open.push(name);
    else expect(open.pop()).toBe(name);
    return '';
  });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest.replaceAll(/&(?:amp|lt|gt|quot);/g, '')).not.toContain('&');
}

describe('fitting a message', () => {
  test('never exceeds the limit and never cuts a tag, an entity or a surrogate pair', () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 40, max: 900 }),
        (lines, unitsMax) => {
          const text = fitLines(lines, { unitsMax, linesMax: 12 });
          expect(text.length).toBeLessThanOrEqual(unitsMax);
          expectWhole(text);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('clipping one line keeps it whole at every length', () => {
    const html = `<b>a&amp;😀<code>&lt;x&gt;</code></b> tail &quot;end&quot;`;
    for (let unitsMax = 20; unitsMax <= html.length + 1; unitsMax += 1) {
      const clipped = clipHtml(html, unitsMax);
      expect(clipped.length).toBeLessThanOrEqual(unitsMax);
      expectWhole(clipped);
    }
  });

  test('what fits is left as it is', () => {
    expect(fitLines([line('one'), line('<b>two</b>')])).toBe('one\n<b>two</b>');
  });

  test('the oldest of the least important lines goes first, and the gap says how many are missing', () => {
    const group = { one: 'earlier entry', many: 'earlier entries' };
    const history = ['a', 'b', 'c', 'd'].map((html) => ({ html, weight: weights.history, group }));
    const lines = [line('head', weights.must), line('fact'), ...history];
    expect(fitLines(lines, { linesMax: 5 })).toBe('head\nfact\n<i>… 2 earlier entries</i>\nc\nd');
    expect(fitLines([...lines.slice(0, 2), ...history.slice(2)], { linesMax: 3 })).toBe(
      'head\nfact\n<i>… 2 earlier entries</i>',
    );
  });

  test('what must be said stays, whatever the number of lines', () => {
    const lines = Array.from({ length: 30 }, (_, index) => line(`fact ${index}`, weights.must));
    expect(fitLines(lines, { linesMax: 5 }).split('\n')).toHaveLength(30);
  });

  test('line breaks and direction marks of strangers are taken out', () => {
    expect(show('a\nb\u202Ec\u2028d\u0000e')).toBe('a bc d e');
  });

  test.each(['\u3164', '\u200B', '\u200D', '\u00AD', '\u061C', '\u2800', '\u0301'])(
    'a name of which nothing is seen is shown as such: %j',
    (name) => {
      expect(bold(name)).toBe('<b>(not visible)</b>');
    },
  );
});
