// One machine: a wall clock that can be set, a disk, a connection to the network, and on it one process of the product at a time,
// which can be started, stopped and killed.
import { type App, createApp } from '#app/app.ts';
import { createStopHandler } from '#app/stop-on-signal.ts';
import type { Config } from '#config/load-config.ts';
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Runtime } from '../engine/globals.ts';
import type { Journal } from '../engine/journal.ts';
import type { Stream } from '../engine/random.ts';
import type { Rest } from '../engine/rest.ts';
import type { Timeline } from '../engine/timeline.ts';
import { type CommitMoment, type Disk, ProcessEnded } from './disk.ts';
import type { Network } from './network.ts';
import { openProcess, type Process } from './process.ts';

/** Where the process ends: at the so-manieth time that it waits, calls somebody, is called, or commits. */
export interface EndingPoint {
  crossings: number;
  /** When it is a commit: at which moment of it. */
  atCommit: CommitMoment;
}

export interface WrongTime {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly byMs: Milliseconds;
}

export interface Machine {
  /** The wall clock. */
  now(): Milliseconds;
  /** Sets it forward or back. */
  setClock(byMs: Milliseconds): void;
  /** The spans of true time in which it was wrong, each by so much; the last one may go on. */
  wrongTimes(): readonly WrongTime[];
  /** It sleeps, or is paused: nothing of it goes on until the result is called, and then all that was due does at once. */
  suspend(): () => void;
  /** Whether somebody who asks it something may expect an answer. */
  isReachable(): boolean;
  /** Its connection to everybody else is lost, or back. */
  setOffline(isOffline: boolean): void;
  /** Rejects when the start fails, or when the process ends before it has started. */
  start(config: Config): Promise<void>;
  /** As a supervisor stops it; resolves when it has ended. */
  stop(): Promise<void>;
  kill(): void;
  /** Ends the process when it comes to that point, or the next process if this one ends before; `onEnd` is told. */
  killAt(point: EndingPoint, onEnd: () => void): void;
  /** Forgets the point at which the process was to end; another one that came in its place stays. */
  spare(point: EndingPoint): void;
  isUp(): boolean;
  /** Resolves when the process that runs has ended, however it ends; at once when none runs. */
  ended(): Promise<void>;
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
  rest: Rest;
  /** `host:port` of the product. */
  address: string;
  onLog(line: string): void;
  /** The product did what no process may do. */
  complain(what: string): void;
}

/** As in `src/main.ts`: what has not ended by then is left to the next start. */
const stopMaxMs: Milliseconds = 25 * second;

export function createMachine(deps: MachineDeps): Machine {
  const { timeline, network, disk, journal, complain } = deps;
  let setByMs = 0;
  const clockSteps: { at: Milliseconds; byMs: Milliseconds }[] = [];
  const suspensions = new Set<() => void>();
  const waking: (() => void)[] = [];
  let awakeSince = 0;
  let isOffline = false;
  let running: Process | undefined;
  let started = 0;
  let ending: { point: EndingPoint; crossingsLeft: number; onEnd: () => void } | undefined;
  const now = (): Milliseconds => deps.startAt + timeline.now() + setByMs;

  function end(process: Process, how: 'killed' | 'stopped'): void {
    if (!process.isAlive()) return;
    running = undefined;
    process.end();
    disk.endConnections();
    journal.note('machine', how);
  }

  /** Whether the process is to end here: it has come to the point. */
  function isAtPoint(): boolean {
    if (ending === undefined) return false;
    ending.crossingsLeft -= 1;
    return ending.crossingsLeft <= 0;
  }

  function endAtPoint(process: Process): void {
    const told = ending?.onEnd;
    ending = undefined;
    end(process, 'killed');
    told?.();
  }

  function open(): Process {
    const process = openProcess({
      now,
      elapsed: timeline.now,
      after: timeline.after,
      rest: deps.rest,
      network,
      address: deps.address,
      isAsleep: () => suspensions.size > 0,
      onWaking: (run) => void waking.push(run),
      isOffline: () => isOffline,
      onCrossing() {
        if (isAtPoint()) endAtPoint(process);
      },
      onRejection(reason) {
        const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
        complain(`a promise was rejected, and nobody takes notice: ${text}`);
      },
    });
    disk.use({
      isAlive: process.isAlive,
      endsAtCommit: () => (isAtPoint() ? ending?.point.atCommit : undefined),
      end: () => endAtPoint(process),
    });
    return process;
  }

  async function awake(): Promise<void> {
    while (suspensions.size > 0) await new Promise<void>((resolve) => void waking.push(resolve));
  }

  async function launch(process: Process, config: Config): Promise<void> {
    process.app = await createApp({
      config,
      clock: process.clock,
      random: deps.chance.stream(`process ${started}`),
      createListener: process.createListener,
      createHttpClient: process.createHttpClient,
      logDestination: { write: (line) => (process.isAlive() ? deps.onLog(line) : undefined) },
    });
    await process.app.start();
  }

  return {
    now,
    setClock(byMs) {
      setByMs += byMs;
      clockSteps.push({ at: deps.startAt + timeline.now(), byMs: setByMs });
    },
    wrongTimes: () =>
      clockSteps
        .map(({ at, byMs }, index) => ({ from: at, to: clockSteps[index + 1]?.at ?? Number.POSITIVE_INFINITY, byMs }))
        .filter(({ byMs }) => byMs !== 0),
    suspend() {
      const resume = (): void => {
        if (!suspensions.delete(resume) || suspensions.size > 0) return;
        awakeSince = timeline.now();
        for (const run of waking.splice(0)) run();
      };
      suspensions.add(resume);
      return resume;
    },
    isReachable: () => suspensions.size === 0 && !isOffline,
    setOffline(next) {
      isOffline = next;
    },
    async start(config) {
      await awake();
      if (running !== undefined) throw new Error('a process runs already');
      started += 1;
      journal.note('machine', `start ${started}`);
      const process = open();
      running = process;
      try {
        await Promise.race([launch(process, config), process.ended]);
      } catch (error) {
        if (process.isAlive()) throw error;
      }
      if (!process.isAlive()) throw new ProcessEnded('while it started');
    },
    async stop() {
      await awake();
      const process = running;
      if (process === undefined) return;
      const { app, clock } = process;
      // A process that has not opened its database yet listens to no signal, which then ends it.
      if (app === undefined) return end(process, 'killed');
      const exited = Promise.withResolvers<void>();
      const stopAt = timeline.now();
      // A machine that stood still meanwhile is late with everything.
      const complainOf = (what: unknown): void => {
        if (awakeSince <= stopAt) complain(`the stop failed: ${String(what)}`);
      };
      const stop = createStopHandler({
        stop: () => app.stop(),
        stopMaxMs,
        exit: () => exited.resolve(),
        complain: complainOf,
        clock,
        elapsed: timeline.now,
      });
      stop('SIGTERM');
      await Promise.race([exited.promise, process.ended]);
      end(process, 'stopped');
    },
    kill() {
      if (running !== undefined) end(running, 'killed');
    },
    killAt(point, onEnd) {
      ending = { point, crossingsLeft: point.crossings, onEnd };
    },
    spare(point) {
      if (ending?.point === point) ending = undefined;
    },
    isUp: () => running !== undefined,
    ended: async () => running?.ended,
    app: () => running?.app,
    runtime: () => running?.runtime,
  };
}
