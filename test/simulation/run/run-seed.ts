// One history, from the seed to the verdict.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { type HistoryRuntime, type Runtime, realElapsed, useRuntime } from '../engine/globals.ts';
import { createJournal } from '../engine/journal.ts';
import { restGridMs } from '../engine/rest.ts';
import { settle } from '../engine/settle.ts';
import { invariants } from '../invariants/invariants.ts';
import { type Look, withLook } from '../invariants/look.ts';
import { listOpenFiles } from '../machine/descriptors.ts';
import { useDisk } from '../machine/disk.ts';
import { readMigratedFile } from '../machine/migrated-file.ts';
import { drawPlan, type Plan, type PlanOptions, streamOf } from '../plan/plan.ts';
import { steps } from '../plan/steps.ts';
import { alertChat, commandChat, openChat } from '../steps/people/phone.ts';
import { createWorld, type World } from '../world/world.ts';
import { placeForFiles } from './place-for-files.ts';
import type { Variant } from './variant.ts';

export interface Violation {
  /** The number of the invariant; 0 is the simulation's own. */
  readonly invariant: number;
  readonly text: string;
}

export interface Verdict {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly hash: string;
  readonly lines: readonly string[];
  /** Real time. */
  readonly tookMs: Milliseconds;
  readonly simulatedMs: Milliseconds;
}

/** After the faults have stopped, everything is at rest within this. */
const calmMs: Milliseconds = 5 * hour;
/** Most histories end as soon as they are found at rest: hours in which nothing happens cost as much as the events before them. */
const firstLookMs: Milliseconds = hour;
const firstLookShare = 0.8;
const justAfterMs: Milliseconds = 3 * second;
/** Most shops begin with a database that was migrated before: the migrations of a first start would take a twentieth of the time. */
const migratedShare = 0.9;
/** After the faults have stopped, admins have been told what is wrong. */
const toldMs: Milliseconds = 5 * minute;

export interface RunOptions extends PlanOptions {
  readonly isLogKept?: boolean;
  readonly variant?: Variant;
}

export async function runSeed(seed: number, options: RunOptions = {}): Promise<Verdict> {
  const startedAt = realElapsed();
  const { variant } = options;
  const plan = drawPlanOf(seed, options);
  const folder = mkdtempSync(join(placeForFiles(), 'tillkeeper-simulation-'));
  const chance = streamOf(plan, 'world');
  const world = createWorld({
    chance,
    journalOf: (now) => createJournal({ now, isKept: options.isLogKept === true }),
    folder,
    variant,
  });
  const violations: Violation[] = [];
  if (variant === undefined && streamOf(plan, 'database').chance(migratedShare)) {
    writeFileSync(world.disk.file, readMigratedFile());
  }
  useDisk(world.disk);
  const over = new AbortController();
  useRuntime(runtimeOf(world, over.signal));
  try {
    await live(world, plan, violations, variant);
  } catch (error) {
    violations.push({ invariant: 0, text: wordsOf(error) });
  } finally {
    await leave(world, over);
    violations.push(...leftOpenIn(folder));
    useDisk(undefined);
    useRuntime(undefined);
    rmSync(folder, { recursive: true, force: true });
  }
  const { journal, timeline } = world;
  return {
    plan,
    violations,
    hash: journal.hash(),
    lines: journal.lines(),
    tookMs: realElapsed() - startedAt,
    simulatedMs: timeline.now(),
  };
}

function drawPlanOf(seed: number, options: RunOptions): Plan {
  const plan = drawPlan(seed, options);
  const { variant } = options;
  return variant === undefined ? plan : { ...plan, steps: plan.steps.filter(({ name }) => variant.has(name)) };
}

/** Every so often, and after each start, the invariants are checked that always hold. */
const checkEveryMs: Milliseconds = hour;

async function live(world: World, plan: Plan, violations: Violation[], variant?: Variant): Promise<void> {
  const { timeline, journal } = world;
  for (const { begin } of invariants) begin?.(world);
  const broken = (step: string) => (error: unknown) =>
    void violations.push({ invariant: 0, text: `${step}: ${wordsOf(error)}` });
  world.operator.run().catch(broken('operator'));
  /** Steps that have begun and not ended: somebody waits for something to happen, or for a fault to be over. */
  let acting = 0;
  for (const step of plan.steps) {
    timeline.after(step.at + minute, () => {
      world.stir();
      journal.note('step', `${step.id} ${step.name}`);
      acting += 1;
      const act = async () => steps[step.name].act(world, streamOf(plan, step.id));
      void act()
        .catch(broken(`step ${step.id} ${step.name}`))
        .finally(() => {
          acting -= 1;
        });
    });
  }
  const isOver = () => violations.length > 0;
  const isJudged = variant === undefined;
  const faultsEndAt = plan.lengthMs + minute;
  await pass(world, { until: faultsEndAt, isJudged }, violations);
  if (isOver()) return;
  endFaults(world);
  const rest = async (calm: Milliseconds): Promise<boolean> => {
    // Just after idle waits have ended: whoever had to do something by now has done it.
    const until = Math.ceil((faultsEndAt + calm) / restGridMs) * restGridMs + justAfterMs;
    await pass(world, { until, isJudged }, violations);
    return !isOver();
  };
  if (variant !== undefined) {
    if (await rest(variant.calmMs)) await variant.atRest(world);
    return;
  }
  if (streamOf(plan, 'rest').chance(firstLookShare)) {
    let calm = firstLookMs;
    while ((await rest(calm)) && acting > 0 && calm < calmMs) calm += firstLookMs;
    if (isOver() || (acting === 0 && (await withLook(world, checkAtRest)).length === 0)) return;
  }
  if (await rest(calmMs)) violations.push(...(await withLook(world, checkAtRest)));
}

/** Lets time pass, and checks the invariants that always hold. */
async function pass(
  world: World,
  { until, isJudged }: { until: Milliseconds; isJudged: boolean },
  violations: Violation[],
): Promise<void> {
  const { timeline } = world;
  while (timeline.now() < until && violations.length === 0) {
    await timeline.runUntil(Math.min(until, timeline.now() + checkEveryMs), () => violations.length > 0);
    violations.push(...world.complaints.splice(0));
    if (isJudged && existsSync(world.disk.file)) violations.push(...(await withLook(world, checkAlways)));
  }
}

function checkAlways(look: Look): Violation[] {
  return invariants.flatMap(({ number, always }) =>
    [...(always?.(look) ?? [])].map((text) => ({ invariant: number, text })),
  );
}

async function checkAtRest(look: Look): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { number, atRest } of invariants) {
    for (const text of (await atRest?.(look)) ?? []) found.push({ invariant: number, text });
  }
  return found;
}

/** Whoever still waits in this history is let go, or it would stay in memory. */
async function leave({ machine }: World, over: AbortController): Promise<void> {
  machine.kill();
  over.abort();
  await settle();
}

/** What a history leaves open is closed by a collection of garbage at some time, and then another history has that descriptor. */
function leftOpenIn(folder: string): Violation[] {
  return listOpenFiles()
    .filter(({ path }) => path.startsWith(folder))
    .map(({ path }) => ({ invariant: 0, text: `${path} is still open at the end` }));
}

/** Whatever still fails, fails no longer; a process that is down is about to be started again. */
function endFaults(world: World): void {
  const { faults, operator, telegram, journal, settings, timeline } = world;
  journal.note('world', 'the faults end');
  faults.endAll();
  operator.startNow();
  telegram.troubles.reset();
  // An admin who forgot to press Start in a chat is told so in another one.
  timeline.after(toldMs, () => {
    for (const { id } of settings.admins) {
      for (const chat of [commandChat(id), alertChat(world, id)]) void openChat(world, id, chat);
    }
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function runtimeOf({ machine, timeline, now }: World, over: AbortSignal): HistoryRuntime {
  const current = (): Runtime => {
    const runtime = machine.runtime();
    if (runtime === undefined) throw new Error('no process runs');
    return runtime;
  };
  return {
    now: () => machine.runtime()?.now() ?? now(),
    elapsed: timeline.now,
    // What a process that has ended still asks for does not come any more.
    after: (ms, run) => machine.runtime()?.after(ms, run) ?? (() => undefined),
    fetch: (...input) => current().fetch(...input),
    nodeFetch: (...input) => current().nodeFetch(...input),
    // What a process leaves behind that has ended is nobody's business.
    onRejection: (reason) => machine.runtime()?.onRejection(reason),
    over,
  };
}
