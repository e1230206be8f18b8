import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settings } from '#config/settings.ts';

const all = Object.entries(settings).map(([name, setting]) => ({ name, ...setting }));

const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
const entries = new Map(
  lines.flatMap((line, index) => {
    const match = /^#?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    return match?.[1] === undefined
      ? []
      : [[match[1], { value: match[2] ?? '', above: lines[index - 1] ?? '' }] as const];
  }),
);

describe('.env.example', () => {
  test('names every setting, and no other', () => {
    expect([...entries.keys()]).toEqual(Object.keys(settings));
  });

  test.each(all)('shows the sentence and the default of $name', ({ name, sentence, fallback }) => {
    const entry = entries.get(name);
    expect(entry?.above).toBe(`# ${sentence}`);
    expect(entry?.value).toBe(fallback ?? '');
  });

  test.each(all)('the default of $name is a value that it accepts', ({ fallback, schema }) => {
    expect(fallback === null || schema.safeParse(fallback).success).toBe(true);
  });

  const isRotated = /_(?:SECRET|TOKEN)$/;
  const samples: Readonly<Record<string, string>> = {
    TELEGRAM_BOT_TOKEN: '1:abc',
    TELEGRAM_PAGER_TOKEN: '1:abc',
    COINBASE_API_KEY_SECRET: Buffer.alloc(64, 1).toString('base64'),
    STORE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  };
  test.each(all.filter(({ name }) => isRotated.test(name)))(
    '$name is secret and takes two values, not three',
    ({ name, schema, isSecret }) => {
      const sample = samples[name] ?? 'a-word-of-length';
      expect(isSecret).toBe(true);
      expect(schema.safeParse(`${sample},${sample}`).success).toBe(true);
      expect(schema.safeParse(`${sample},${sample},${sample}`).success).toBe(false);
    },
  );
});

test('README names every setting, and no other of its kind', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = /^## Settings$([\s\S]*?)^## /m.exec(readme) ?? [];
  const rows = section.split('\n').filter((row) => row.startsWith('| `'));
  const inReadme = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z][A-Z0-9_]*)`/g)]);
  expect(inReadme.map(([, name]) => name).sort()).toEqual(Object.keys(settings).sort());
});
