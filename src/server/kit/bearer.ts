import type { Context } from 'hono';
import { type ProblemAnswer, problem } from './problem.ts';
import { isOneOf } from './secret-match.ts';

/** The 401 for a request whose bearer is none of the keys; undefined when it may pass. */
export function refuseBearer(context: Context, keys: readonly string[]): ProblemAnswer<401> | undefined {
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (given !== undefined && isOneOf(given, keys)) return undefined;
  const challenge = `Bearer realm="tillkeeper"${given === undefined ? '' : ', error="invalid_token"'}`;
  return problem({
    status: 401,
    detail: 'A valid bearer key is needed.',
    headers: { 'www-authenticate': challenge },
  });
}
