// A request that a schema refused, as a problem document: 404 for the path, 400 for a parameter or header, 422 for the body.
import type { z } from '@hono/zod-openapi';
import type { ValidationTargets } from 'hono';
import { type Fault, notFound, type ProblemAnswer, problem } from '../kit/problem.ts';

/** A hostile body can have a hundred thousand faults; a longer list would help nobody. */
const faultsMax = 100;

type Validated = { target: keyof ValidationTargets } & ({ success: true } | { success: false; error: z.ZodError });

/** A hook for routes without a body. */
export function refuseParameters(result: Validated): ProblemAnswer<400> | ProblemAnswer<404> | undefined {
  if (result.success) return undefined;
  if (result.target === 'param') return notFound();
  const { issues } = result.error;
  // A parameter that is repeated is named once.
  const firsts = issues.filter(({ path }, index) => issues.findIndex((other) => other.path[0] === path[0]) === index);
  const errors = firsts.map(({ path, message }) => ({ parameter: String(path[0]), detail: message }));
  const detail = result.target === 'header' ? 'The Idempotency-Key is malformed.' : 'The query has faults.';
  return problem({ status: 400, detail, errors });
}

/** A hook for routes with a body. */
export function refuseBody(said: { code: string; detail: string }) {
  return (result: Validated): ReturnType<typeof refuseParameters> | ProblemAnswer<422> => {
    if (result.success || result.target !== 'json') return refuseParameters(result);
    return invalidBody(said, result.error.issues.flatMap(toFaults));
  };
}

export function invalidBody(said: { code: string; detail: string }, faults: readonly Fault[]): ProblemAnswer<422> {
  return problem({ status: 422, ...said, errors: faults.slice(0, faultsMax) });
}

/** The faults of an issue, each with its place in the body. */
function toFaults(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), detail: 'is not a known field' }));
  }
  // For a key of a record the inner issue has the reason; the outer one only says "invalid key".
  const message = issue.code === 'invalid_key' ? `the key ${issue.issues[0]?.message ?? 'is wrong'}` : issue.message;
  return [{ pointer: toPointer(issue.path), detail: message }];
}

function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** For schemas of fields: the detail of a fault when the field is missing or of another JSON type. */
export const plainWords = {
  error(issue: { code: string; input: unknown; expected?: unknown }): string | undefined {
    if (issue.code !== 'invalid_type') return undefined;
    return issue.input === undefined ? 'is required' : `must be a JSON ${issue.expected}`;
  },
};
