// One machine: a wall clock that can be set, a disk, a connection to the network, and on it one process of the product at a time,
// which can be started, stopped and killed.
import { type App, createApp } from '#app/app.ts';
import type { Config } from '#config/load-config.ts';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Listener, ListenerDeps } from '#server/http/listener.ts';
import type { Runtime } from '../engine/globals.ts';
import type { Journal } from '../engine/journal.ts';
import type { Stream } from '../engine/random.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { Disk } from './disk.ts';
import { createAxiosAdapter, createFetch, createNodeFetch } from './http-clients.ts';
import { type Network, NetworkFailure } from './network.ts';
import { createProcessClock } from './process-clock.ts';

/** Where the process ends: at the so-manieth time that it waits, calls somebody, is called, or commits. */
export interface EndingPoint {
  crossings: number;
  /** In a commit: before it, after it and before anybody hears of it, or while it is written to the disk. */
  atCommit: 'before' | 'after' | 'torn';
}

export interface Machine {
  /** The wall clock. */
  now(): Milliseconds;
  /** Sets it forward or back. */
  setClock(byMs: Milliseconds): void;
  start(config: Config): Promise<void>;
  /** As a supervisor stops it; resolves when it has ended. */
  stop(): Promise<void>;
  kill(): void;
  /** Ends the process when it comes to that point; `onEnd` is told. */
  killAt(point: EndingPoint, onEnd: () => void): void;
  /** Forgets the point at which the process was to end. */
  spare(): void;
  isUp(): boolean;
  app(): App | undefined;
  /** Of the process that runs, for libraries that take no port. */
  runtime(): Runtime | undefined;
}

export interface MachineDeps {
  timeline: Timeline;
  network: Network;
  disk: Disk;
  journal: Journal;
  chance: Stream;
  /** The wall clock at the beginning. */
  startAt: Milliseconds;
  /** How exact idle waits are: they end at the next multiple of this. */
  idleGridMs(): Milliseconds;
  /** `host:port` of the product. */
  address: string;
  onLog(line: string): void;
}

/** One process: all that it does goes through here, and nothing does any more once it has ended. */
interface Process {
  isAlive: boolean;
  app: App | undefined;
  runtime: Runtime | undefined;
}

const never = new Promise<never>(() => undefined);

export function createMachine(deps: MachineDeps): Machine {
  const { timeline, network, disk, journal } = deps;
  let setByMs = 0;
  let running: Process | undefined;
  let started = 0;
  let ending: (EndingPoint & { onEnd: () => void }) | undefined;
  const now = (): Milliseconds => deps.startAt + timeline.now() + setByMs;

  function end(): void {
    const last = running;
    if (last === undefined) return;
    last.isAlive = false;
    running = undefined;
    network.listen(deps.address, undefined);
    disk.endConnections();
    const told = ending?.onEnd;
    ending = undefined;
    journal.note('machine', 'killed');
    told?.();
  }

  /** True when the process that comes here has ended, or ends now. */
  function endsHere(process: Process, place: 'wait' | 'network' | 'before' | 'after'): boolean {
    if (!process.isAlive) return true;
    if (ending === undefined) return false;
    ending.crossings -= 1;
    if (ending.crossings > 0) return false;
    const isCommit = place === 'before' || place === 'after';
    if (isCommit && place !== ending.atCommit && ending.atCommit !== 'torn') return false;
    end();
    return true;
  }

  function portsOf(process: Process) {
    const after = (ms: Milliseconds, run: () => void) => timeline.after(ms, () => process.isAlive && run());
    const clock: Clock = createProcessClock({
      now,
      elapsed: timeline.now,
      after,
      idleGridMs: deps.idleGridMs,
      endsHere: () => endsHere(process, 'wait'),
    });
    const call: Network['call'] = async (request, signal) => {
      if (endsHere(process, 'network')) return never;
      try {
        const answer = await network.call(request, signal);
        return endsHere(process, 'network') ? never : answer;
      } catch (error) {
        if (!process.isAlive) return never;
        throw error;
      }
    };
    const createListener = ({ fetch: serve }: ListenerDeps): Listener => ({
      async start() {
        network.listen(deps.address, async (request, connection) => {
          const answer = await serve(request, {});
          if (!process.isAlive) throw new NetworkFailure('ECONNRESET');
          return answer ?? connection.cut();
        });
        return { port: Number(deps.address.split(':')[1]) };
      },
      async stop() {
        if (process.isAlive) network.listen(deps.address, undefined);
      },
    });
    return { after, clock, call, createListener };
  }

  function runtimeOf({ after, call }: Pick<ReturnType<typeof portsOf>, 'after' | 'call'>): Runtime {
    const clients = { fetch: createFetch(call), nodeFetch: createNodeFetch(call) };
    return { now, elapsed: timeline.now, after, ...clients, axiosAdapter: createAxiosAdapter(call, after) };
  }

  return {
    now,
    setClock(byMs) {
      setByMs += byMs;
    },
    async start(config) {
      started += 1;
      const process: Process = { isAlive: true, app: undefined, runtime: undefined };
      running = process;
      const ports = portsOf(process);
      process.runtime = runtimeOf(ports);
      disk.watch({ endsAtCommit: (moment) => endsHere(process, moment), onPowerLoss: end });
      journal.note('machine', `start ${started}`);
      process.app = await createApp({
        config,
        clock: ports.clock,
        random: deps.chance.stream(`process ${started}`),
        createListener: ports.createListener,
        logDestination: { write: (line) => (process.isAlive ? deps.onLog(line) : undefined) },
      });
      await process.app.start();
    },
    async stop() {
      const last = running;
      await last?.app?.stop();
      if (last !== undefined) last.isAlive = false;
      if (running === last) running = undefined;
      disk.endConnections();
    },
    kill: end,
    killAt(point, onEnd) {
      ending = { ...point, onEnd };
      if (point.atCommit === 'torn') disk.tearNextCommit(deps.chance.stream(`tear ${started}`));
    },
    spare() {
      ending = undefined;
      disk.tearNextCommit(undefined);
    },
    isUp: () => running?.isAlive === true,
    app: () => running?.app,
    runtime: () => running?.runtime,
  };
}
