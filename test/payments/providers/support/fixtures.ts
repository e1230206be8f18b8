import { readFileSync } from 'node:fs';
import type { ZodType } from 'zod';
import { parseExactJson } from '#payments/providers/http/exact-json.ts';

const folder = new URL('../../../fixtures/providers/', import.meta.url);

export function fixture(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

/** A recorded body, read as the adapters read what comes over the wire. */
export function exactFixture<T>(path: string, schema: ZodType<T>): T {
  return schema.parse(parseExactJson(fixture(path)));
}

export function fixtureJson<T>(path: string): T {
  return JSON.parse(fixture(path)) as T;
}
