// After how many seeds a plant is found. A seed that the product fails as it is says nothing of the plant: it is left out, and
// the search goes on behind it.

/** What a run of some seeds, one after the other, came to; it ends with the first that fails. */
export type SeedsRun =
  | { kind: 'clean' }
  | { kind: 'violated'; seed: number; invariants: readonly string[]; text: string }
  /** The simulator itself failed, or the plant could not be applied. */
  | { kind: 'broken'; why: string };

export type RunSeeds = (query: {
  plant: string | null;
  from: number;
  seeds: number;
  days?: number | undefined;
}) => Promise<SeedsRun>;

export type Search =
  | { kind: 'found'; seeds: number; seed: number; invariants: readonly string[]; text: string }
  | { kind: 'missed'; seeds: number }
  | { kind: 'broken'; why: string };

export async function findPlant(
  runSeeds: RunSeeds,
  { plant, from, seedsMax, days }: { plant: string; from: number; seedsMax: number; days?: number | undefined },
): Promise<Search> {
  const end = from + seedsMax;
  for (let next = from; next < end; ) {
    const run = await runSeeds({ plant, from: next, seeds: end - next, days });
    if (run.kind === 'clean') break;
    if (run.kind === 'broken') return run;
    const control = await runSeeds({ plant: null, from: run.seed, seeds: 1, days });
    if (control.kind === 'broken') return control;
    if (control.kind === 'clean') return { ...run, kind: 'found', seeds: run.seed - from + 1 };
    next = run.seed + 1;
  }
  return { kind: 'missed', seeds: seedsMax };
}

/** Reads what the simulator prints under `--json --first`. */
export function readRun(ended: { status: number | null; stdout: string; stderr: string }): SeedsRun {
  const { status, stdout, stderr } = ended;
  if (status === 0) return { kind: 'clean' };
  const failing = status === 1 ? stdout.split('\n').flatMap((line) => readFailing(line) ?? []) : [];
  const [first] = failing;
  if (first !== undefined) return { kind: 'violated', ...first };
  const how = status === null ? 'it did not end in time' : `it ended with ${status}`;
  const words = stderr.trim().split('\n');
  const said = words.find((line) => /^\w*Error: /.test(line)) ?? words.at(-1) ?? '';
  return { kind: 'broken', why: said === '' ? how : `${how}: ${said.slice(0, 200)}` };
}

interface FailingSeed {
  seed: number;
  violations: readonly { invariant: number | string; text: string }[];
}

function readFailing(line: string): Omit<Extract<SeedsRun, { kind: 'violated' }>, 'kind'> | undefined {
  if (!line.startsWith('{')) return undefined;
  const { seed, violations } = JSON.parse(line) as Partial<FailingSeed>;
  const [first] = violations ?? [];
  if (seed === undefined || violations === undefined || first === undefined) return undefined;
  const invariants = [...new Set(violations.map(({ invariant }) => String(invariant)))];
  return { seed, invariants, text: first.text };
}
