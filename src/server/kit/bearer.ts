import type { Context } from 'hono';
import type { KeyGuard } from './key-guard.ts';
import { type ProblemAnswer, problem } from './problem.ts';

/** The answer to a request without a bearer key, or with a wrong one; undefined when it may pass. */
export function refuseBearer(
  context: Context,
  { keys, guard }: { keys: readonly string[]; guard: KeyGuard },
): ProblemAnswer<401 | 429> | undefined {
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  const refusal =
    given === undefined ? problem({ status: 401, detail: 'A valid bearer key is needed.' }) : guard.refuse(given, keys);
  const error = given === undefined ? '' : ', error="invalid_token"';
  if (refusal?.status === 401) refusal.headers.set('www-authenticate', `Bearer realm="tillkeeper"${error}`);
  return refusal;
}
