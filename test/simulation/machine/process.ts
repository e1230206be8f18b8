// One process of the product: all that it does goes through its ports, and nothing does any more once it has ended.
import type { App } from '#app/app.ts';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { CreateHttpClient } from '#network/http-client.ts';
import type { Connection } from '#sandbox/kit/connection.ts';
import type { CreateListener } from '#server/http/listener.ts';
import type { Runtime } from '../engine/globals.ts';
import { never } from '../engine/never.ts';
import type { Rest } from '../engine/rest.ts';
import { createFetch, createNodeFetch, createSimulatedHttpClient } from './http-clients.ts';
import { type Network, NetworkFailure } from './network.ts';
import { createProcessClock } from './process-clock.ts';

export interface Process {
  /** Undefined until it has read its settings and opened its database. */
  app: App | undefined;
  readonly clock: Clock;
  readonly createListener: CreateListener;
  readonly createHttpClient: CreateHttpClient;
  /** For libraries that take no port. */
  readonly runtime: Runtime;
  isAlive(): boolean;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Whoever waits for it hears no more; connections to it are cut. */
  end(): void;
}

export interface ProcessDeps {
  now(): Milliseconds;
  elapsed(): Milliseconds;
  after(ms: Milliseconds, run: () => void, dueMs?: Milliseconds): () => void;
  rest: Rest;
  network: Network;
  /** `host:port` at which it is reached. */
  address: string;
  /** It stands still, as a machine that sleeps does. */
  isAsleep(): boolean;
  /** Called when it goes on. */
  onWaking(run: () => void): void;
  /** The machine has lost its network. */
  isOffline(): boolean;
  /** Told of each wait and each call, of its own and to it: the process may end there. */
  onCrossing(): void;
  onRejection(reason: unknown): void;
}

export function openProcess(deps: ProcessDeps): Process {
  const { network, address, now, elapsed, rest } = deps;
  const ended = Promise.withResolvers<void>();
  const callers = new Set<Connection>();
  let isAlive = true;

  /** What is due while the process stands still happens when it goes on. */
  function whenAwake(timer: ProcessDeps['after']): ProcessDeps['after'] {
    return (ms, run, dueMs) => {
      let isCalledOff = false;
      const fire = (): void => {
        if (isCalledOff || !isAlive) return;
        if (deps.isAsleep()) deps.onWaking(fire);
        else run();
      };
      const cancel = timer(ms, fire, dueMs);
      return () => {
        isCalledOff = true;
        cancel();
      };
    };
  }
  const after = whenAwake(deps.after);
  const guard = whenAwake(rest.guard);
  const awake = async (): Promise<void> => {
    while (deps.isAsleep()) await new Promise<void>((go) => deps.onWaking(go));
  };
  /** True when the process that comes here has ended, or ends now. */
  const endsHere = (): boolean => {
    if (isAlive) deps.onCrossing();
    return !isAlive;
  };

  const call: Network['call'] = async (request, signal) => {
    if (endsHere()) return never();
    try {
      if (deps.isOffline()) throw new NetworkFailure('ENOTFOUND');
      const answer = await network.call(request, signal);
      await awake();
      // What was on its way when the network was lost does not come any more.
      if (deps.isOffline()) return await untilGivenUp(signal);
      return endsHere() ? never() : answer;
    } catch (error) {
      await awake();
      if (endsHere()) return never();
      throw error;
    }
  };

  const createListener: CreateListener = ({ fetch: serve }, { stopTimeoutMs }) => ({
    async start() {
      network.listen(address, async (request, connection) => {
        await awake();
        if (deps.isOffline() || endsHere()) return connection.cut();
        callers.add(connection);
        try {
          const answer = await serve(request, {});
          return deps.isOffline() || endsHere() ? connection.cut() : answer;
        } finally {
          callers.delete(connection);
        }
      });
      return { port: Number(address.split(':')[1]) };
    },
    async stop() {
      if (!isAlive) return;
      network.listen(address, undefined);
      const stopAt = elapsed() + stopTimeoutMs;
      while (callers.size > 0 && elapsed() < stopAt) await new Promise<void>((resolve) => void after(sweepMs, resolve));
      cutAll();
    },
  });

  function cutAll(): void {
    for (const caller of callers) caller.cut();
    callers.clear();
  }

  const clients = { fetch: createFetch(call), nodeFetch: createNodeFetch(call) };
  return {
    app: undefined,
    clock: createProcessClock({
      now,
      elapsed,
      after,
      guard,
      idleGridMs: rest.idleGridMs,
      noteIdle: rest.noteIdle,
      endsHere,
    }),
    createListener,
    createHttpClient: () => createSimulatedHttpClient(call),
    runtime: {
      now,
      elapsed,
      // Timers of the libraries are time-outs.
      after: guard,
      ...clients,
      onRejection: deps.onRejection,
    },
    isAlive: () => isAlive,
    ended: ended.promise,
    end() {
      isAlive = false;
      network.listen(address, undefined);
      cutAll();
      ended.resolve();
    },
  };
}

function untilGivenUp(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    else signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** How often a server that stops looks for requests that have ended. */
const sweepMs: Milliseconds = 50;
