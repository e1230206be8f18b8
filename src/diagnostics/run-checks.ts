import { type Milliseconds, second } from '#kernel/clock.ts';
import { errorCheck, type GroupedCheck, type SetUpCheck } from '#kernel/set-up-check.ts';

/** A check of this group, or one that was made here and is another group's affair. */
type Found = SetUpCheck | GroupedCheck;

/** Checks that are made together, because one needs what another found. */
export interface CheckGroup {
  name: string;
  /** Ends with what it has when the signal aborts; a moment later it is not waited for any more. */
  run(signal: AbortSignal): Promise<readonly Found[]>;
}

/**
 * All groups at once, each bounded: one that hangs or throws is a check that went wrong, and holds up no other. What comes
 * out stands in the order of the groups.
 */
export async function runChecks(
  groups: readonly CheckGroup[],
  limit: { groupMaxMs: Milliseconds },
): Promise<GroupedCheck[]> {
  const found = await Promise.all(
    groups.map(async (group) => {
      const checks = await runBounded(group, limit.groupMaxMs);
      return checks.map((check) => ({ group: group.name, ...check }));
    }),
  );
  const names = groups.map(({ name }) => name);
  return found.flat().toSorted((left, right) => names.indexOf(left.group) - names.indexOf(right.group));
}

/** Between the signal and the end of the waiting: time to say what was found until then. */
const graceMs: Milliseconds = second;

async function runBounded(group: CheckGroup, maxMs: Milliseconds): Promise<readonly Found[]> {
  const ending = new AbortController();
  const late = Promise.withResolvers<readonly Found[]>();
  const signalTimer = setTimeout(() => ending.abort(), maxMs - graceMs);
  const timer = setTimeout(() => late.resolve([unknown(`did not end within ${maxMs / second} s`)]), maxMs);
  try {
    return await Promise.race([group.run(ending.signal), late.promise]);
  } catch (error) {
    return [unknown(error instanceof Error ? `${error.name}: ${error.message}` : 'failed for an unknown reason')];
  } finally {
    clearTimeout(signalTimer);
    clearTimeout(timer);
  }
}

function unknown(detail: string): SetUpCheck {
  return errorCheck('check', { detail, advice: 'check again; if it stays so, the rest of this group is not known' });
}
