// PostgreSQL under the product, in simulated time. The server and its sockets are real. Time stands still while it has something to
// answer, so the driver's time-outs, which are simulated ones, never come.
import { registerHooks } from 'node:module';
import pg from 'pg';
import { settleAfter } from '../engine/settle.ts';

type Callback = (...results: unknown[]) => void;
type Call = (this: unknown, ...input: unknown[]) => unknown;

let inFlight = 0;
let answered = Promise.withResolvers<void>();

function begin(): () => void {
  if (inFlight === 0) answered = Promise.withResolvers();
  inFlight += 1;
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    inFlight -= 1;
    if (inFlight === 0) answered.resolve();
  };
}

/** A call that ends by a callback or by a promise, whichever its caller uses. */
function watched(call: Call): Call {
  return function (this: unknown, ...input) {
    const end = begin();
    const last = input.at(-1);
    if (typeof last === 'function') {
      const done: Callback = (...results) => {
        end();
        (last as Callback)(...results);
      };
      return call.apply(this, [...input.slice(0, -1), done]);
    }
    const result = call.apply(this, input);
    if (result instanceof Promise) result.then(end, end);
    else end();
    return result;
  };
}

const presenceFile = import.meta.resolve('../../../src/db/postgres/presence.ts');
const openInTurn = import.meta.resolve('./stand-ins/open-in-turn.ts');
const pausesWithoutEnd = import.meta.resolve('./stand-ins/pause-without-end.ts');

/** For histories on both engines. Must run before the product is loaded. */
export function watchPostgres(): void {
  const prototype = pg.Client.prototype as unknown as Record<'connect' | 'query' | 'end', Call>;
  for (const name of ['connect', 'query', 'end'] as const) prototype[name] = watched(prototype[name]);
  const { Pool } = pg;
  // A session is kept while hours pass in a moment.
  class KeptSessions extends Pool {
    constructor(options?: pg.PoolConfig) {
      super({ ...options, idleTimeoutMillis: 0 });
    }
  }
  Object.assign(pg, { Pool: KeptSessions });
  settleAfter(() => (inFlight === 0 ? undefined : answered.promise));
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const isPause = specifier === 'node:timers/promises' && context.parentURL === presenceFile;
      const isOpen = specifier === '#db/database/open-database.ts' && context.parentURL !== openInTurn;
      if (isPause) return { url: pausesWithoutEnd, shortCircuit: true };
      return isOpen ? { url: openInTurn, shortCircuit: true } : nextResolve(specifier, context);
    },
  });
}
