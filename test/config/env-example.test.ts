import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settingNames, settings } from '#config/settings.ts';

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
    expect([...entries.keys()]).toEqual(settingNames);
  });

  test.each(settingNames)('shows the sentence and the default of %s', (name) => {
    const entry = entries.get(name);
    expect(entry?.above).toBe(`# ${settings[name].sentence}`);
    expect(entry?.value).toBe(settings[name].fallback ?? '');
  });

  test.each(settingNames)('the default of %s is a value that it accepts', (name) => {
    const { fallback, schema } = settings[name];
    expect(fallback === null || schema.safeParse(fallback).success).toBe(true);
  });

  const isRotated = /_(?:SECRET|TOKEN)$/;
  const samples: Partial<Record<(typeof settingNames)[number], string>> = {
    TELEGRAM_BOT_TOKEN: '1:abc',
    TELEGRAM_PAGER_TOKEN: '1:abc',
    COINBASE_API_KEY_SECRET: Buffer.alloc(64, 1).toString('base64'),
    STORE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  };
  test.each(settingNames.filter((name) => isRotated.test(name)))(
    '%s is secret and takes two values, not three',
    (name) => {
      const { schema, isSecret } = settings[name];
      const sample = samples[name] ?? 'word';
      expect(isSecret).toBe(true);
      expect(schema.safeParse(`${sample},${sample}`).success).toBe(true);
      expect(schema.safeParse(`${sample},${sample},${sample}`).success).toBe(false);
    },
  );
});
