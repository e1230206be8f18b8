import type { Context } from 'hono';
import type { Connection } from '../kit/connection.ts';

/** What comes along with each call within the simulator. */
export interface CallBindings {
  readonly connection: Connection;
  arrivedAtMs?: number | undefined;
}

export type CallEnv = { Bindings: CallBindings };

/** Path and query as the client wrote them. */
export function targetOf({ env, req }: Context<CallEnv>): string {
  if (env.connection.target !== undefined) return env.connection.target;
  return req.url.slice(originOf(req.url).length);
}

/** When the call reached the provider, which for a late one is not when it is executed: that is when its token was valid. */
export function arrivedAtMs({ env }: Context<CallEnv>): number | undefined {
  return env.arrivedAtMs;
}

/** The host that a call is for, with its port if there is one. */
export function hostOf({ req }: Context): string {
  return req.header('host') ?? originOf(req.url).replace(/^\w+:\/\//, '');
}

/** Scheme, host and port of an address. */
function originOf(address: string): string {
  return /^\w+:\/\/[^/?#]*/.exec(address)?.[0] ?? '';
}
