// The queues beside each other. What is asked of each is the same: jobs that are stored already, a handler that does nothing, so
// many jobs in hand at once, and each settled on disk.
export const contestants = {
  'tillkeeper-sqlite': { title: 'Tillkeeper, SQLite', engine: 'sqlite' },
  plainjob: { title: 'plainjob, SQLite', engine: 'sqlite' },
  'tillkeeper-postgres': { title: 'Tillkeeper, PostgreSQL', engine: 'postgres' },
  'graphile-worker': { title: 'graphile-worker, local queue', engine: 'postgres' },
  'pg-boss': { title: 'pg-boss', engine: 'postgres' },
} as const satisfies Record<string, { title: string; engine: 'sqlite' | 'postgres' }>;

export type ContestantName = keyof typeof contestants;
export const contestantNames = Object.keys(contestants) as ContestantName[];

export function isContestant(name: string): name is ContestantName {
  return Object.hasOwn(contestants, name);
}

export interface QueuePlan {
  databaseUrl: string;
  /** Jobs that are in hand at once, at most. */
  concurrency: number;
  onHandled(): void;
}

/** A queue on an empty database of its own. */
export interface OpenedQueue {
  /** Stores so many more; none is worked on. */
  add(jobs: number): Promise<void>;
  /** Begins to work. */
  start(): Promise<void>;
  /** How many are not settled on disk. */
  unsettled(): Promise<number>;
  stop(): Promise<void>;
}
