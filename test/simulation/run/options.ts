// The command line of the simulator.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  /** The first seed, and how many. */
  readonly from: number;
  readonly count: number;
  /** Seeds that are left out: what they break is known and open. */
  readonly except: readonly number[];
  /** One seed was named: its story is told. */
  readonly isReplay: boolean;
  readonly only: readonly number[] | undefined;
  readonly days: number | undefined;
  /** The whole journal of a replay. */
  readonly isLogShown: boolean;
  /** A line of JSON for each failing seed, and nothing else. */
  readonly isJson: boolean;
  /** Ends with the first failing seed. */
  readonly endsWithFirst: boolean;
  /** The fault that is planted into the product; see plants/. */
  readonly plant: string | undefined;
  readonly workers: number;
  /** A file for the counts, in the form of a test runner's report. */
  readonly report: string | undefined;
  /** The steps that a failing seed needs are looked for. */
  readonly isShrunk: boolean;
}

export const usage = `npm run simulate -- --seeds N [--from S]   N histories, from seed S on
npm run simulate -- --seed S               one history again; with --log its whole journal
  --only 3,17   just these steps of its plan     --shrink    looks for the steps that a failing seed needs
  --days D      how long things happen           --first     ends with the first failing seed
  --workers W   processes, default one a core    --json      a line of JSON for each failing seed
  --plant NAME  with that fault in the product   --log       all that happens, with --seed
  --except 3,17 leaves out seeds whose trouble is known
  --report FILE writes how many kept every promise and how many did not, as JSON`;

/** Undefined when the words make no sense. */
export function readOptions(words: readonly string[]): Options | undefined {
  const values = readWords(words);
  if (values === undefined) return undefined;
  const seed = numberOf(values.seed);
  const options = {
    from: seed ?? numberOf(values.from) ?? 1,
    except: numbersOf(values.except) ?? [],
    count: seed === undefined ? (numberOf(values.seeds) ?? 100) : 1,
    isReplay: seed !== undefined,
    only: numbersOf(values.only),
    days: numberOf(values.days),
    isLogShown: values.log ?? false,
    isJson: values.json ?? false,
    endsWithFirst: values.first ?? false,
    plant: values.plant,
    workers: numberOf(values.workers) ?? availableParallelism(),
    report: values.report,
    isShrunk: values.shrink ?? false,
  };
  const { from, count, workers, days = 1, only = [], except } = options;
  const numbers = [from, count, workers, days, ...only, ...except];
  return numbers.every((number) => Number.isFinite(number) && number > 0) ? options : undefined;
}

function readWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const known = {
    seeds: text,
    from: text,
    seed: text,
    only: text,
    except: text,
    days: text,
    plant: text,
    workers: text,
  };
  try {
    const flags = { log: flag, json: flag, first: flag, shrink: flag };
    return parseArgs({ args: [...words], options: { ...known, ...flags, report: text } }).values;
  } catch {
    return undefined;
  }
}

function numbersOf(text: string | undefined): number[] | undefined {
  return text?.split(',').map(Number);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
