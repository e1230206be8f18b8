import type { z } from '@hono/zod-openapi';
import type { Fault } from '../kit/problem.ts';

/** What a schema found, each with its place in the body. */
export function toFaults(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), detail: 'is not a known field' }));
  }
  // A rule about a key of a record is told by the inner issue; the outer one only says "invalid key".
  const message = issue.code === 'invalid_key' ? `the key ${issue.issues[0]?.message ?? 'is wrong'}` : issue.message;
  return [{ pointer: toPointer(issue.path), detail: message }];
}

function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What a field without words of its own is told when something else, or nothing, stands in its place. */
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  return issue.input === undefined ? 'is required' : `must be a JSON ${issue.expected}`;
}
