import { type Clock, type Milliseconds, second, withinTime } from '#kernel/clock.ts';
import { errorCheck, type GroupedCheck, type SetUpCheck } from './set-up-check.ts';

/** A check of this group, or of another group that needs the findings of this one. */
type Found = SetUpCheck | GroupedCheck;

/** Checks that run together, because one needs the findings of another. */
export interface CheckGroup {
  name: string;
  /** Returns its findings so far when the signal aborts; a moment later they are no longer waited for. */
  run(signal: AbortSignal): Promise<readonly Found[]>;
}

/**
 * Runs all groups at once, each within the time limit: one that hangs or throws is an error of that group and delays no other.
 * The result is in the order of the groups.
 */
export async function runChecks(
  groups: readonly CheckGroup[],
  limit: { groupMaxMs: Milliseconds; clock: Clock },
): Promise<GroupedCheck[]> {
  const found = await Promise.all(
    groups.map(async (group) => {
      const checks = await runBounded(group, limit);
      return checks.map((check) => ({ group: group.name, ...check }));
    }),
  );
  const names = groups.map(({ name }) => name);
  return found.flat().toSorted((left, right) => names.indexOf(left.group) - names.indexOf(right.group));
}

/** Time between the signal and the time limit, for the group to return its findings. */
const graceMs: Milliseconds = second;

async function runBounded(
  group: CheckGroup,
  { clock, groupMaxMs }: { groupMaxMs: Milliseconds; clock: Clock },
): Promise<readonly Found[]> {
  try {
    return await withinTime<readonly Found[]>(clock, group.run(clock.deadline(groupMaxMs - graceMs)), {
      ms: groupMaxMs,
      late: () => [unknown(`did not end within ${groupMaxMs / second} s`)],
    });
  } catch (error) {
    return [unknown(error instanceof Error ? `${error.name}: ${error.message}` : 'failed for an unknown reason')];
  }
}

function unknown(detail: string): SetUpCheck {
  return errorCheck('check', { detail, advice: 'check again; until then the rest of this group is not known' });
}
