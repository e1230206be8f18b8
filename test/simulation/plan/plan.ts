// What a seed stands for: the shop, and what happens to it. Each step has a stream of chance of its own, so that a history with some
// of its steps left out goes on in the same way otherwise.
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { createStream, type Stream } from '../engine/random.ts';
import { type StepName, steps } from './steps.ts';

export interface Step {
  /** Its place in the plan, from 1. */
  readonly id: number;
  /** Since the beginning of the history. */
  readonly at: Milliseconds;
  readonly name: StepName;
}

export interface Plan {
  readonly seed: number;
  /** How long things happen; then the faults stop, and everything has time to come to rest. */
  readonly lengthMs: Milliseconds;
  readonly steps: readonly Step[];
}

export interface PlanOptions {
  /** Default: drawn from the seed. */
  days?: number | undefined;
  /** How many times as often as on a usual day, where `days` are given. */
  pace?: number | undefined;
  /** Ids of the steps that are kept; default: all. */
  only?: readonly number[] | undefined;
}

export function streamOf(plan: Pick<Plan, 'seed'>, label: string | number): Stream {
  return createStream(`seed ${plan.seed}/${label}`);
}

/** Things come in bunches: what fails should fail somebody. */
const busyPerDay = 6;
const busyMs: Milliseconds = 15 * minute;
const busyShare = 0.7;

/**
 * How long things happen, and how many times as often as on a usual day: most histories are short and dense, some are long. What is planted
 * is found in as much time of the processor by many small ones as by half as many of twice the size.
 */
const spans: readonly (readonly [{ lengthMs: Milliseconds; pace: number }, weight: number])[] = [
  [{ lengthMs: 10 * minute, pace: 24 }, 8],
  [{ lengthMs: 30 * minute, pace: 12 }, 2],
  [{ lengthMs: 3 * hour, pace: 3 }, 0.4],
  [{ lengthMs: 12 * hour, pace: 1.2 }, 0.12],
  [{ lengthMs: 2 * day, pace: 0.6 }, 0.03],
  [{ lengthMs: 7 * day, pace: 0.3 }, 0.01],
];

export function drawPlan(seed: number, options: PlanOptions = {}): Plan {
  const chance = streamOf({ seed }, 'plan');
  const drawn = chance.pickWeighted(spans);
  const { days, pace: asked = 1 } = options;
  const { lengthMs, pace } = days === undefined ? drawn : { lengthMs: days * day, pace: asked };
  const bunchMs = Math.min(busyMs, lengthMs);
  const busy = Array.from({ length: Math.ceil((busyPerDay * lengthMs) / day) }, () =>
    chance.int(lengthMs - bunchMs + 1),
  );
  const drawMoment = (own: Stream): Milliseconds => {
    if (!own.chance(busyShare)) return own.int(lengthMs);
    return (busy[own.int(busy.length)] ?? 0) + own.int(bunchMs);
  };
  const unordered = Object.entries(steps).flatMap(([name, kind]) => {
    const own = chance.stream(name);
    // Swarm testing: a kind that is left out altogether lets others meet that it would hide.
    if (!own.chance(kind.share)) return [];
    const expected = (kind.perDay * pace * (0.3 + 1.7 * own.next()) * lengthMs) / day;
    const count = Math.floor(expected + own.next());
    return Array.from({ length: count }, () => ({ at: drawMoment(own), name: name as StepName }));
  });
  const ordered = unordered.sort((left, right) => left.at - right.at || (left.name < right.name ? -1 : 1));
  const numbered = ordered.map((step, index): Step => ({ id: index + 1, ...step }));
  const { only } = options;
  return { seed, lengthMs, steps: only === undefined ? numbered : numbered.filter(({ id }) => only.includes(id)) };
}
