import type { Milliseconds } from '#kernel/clock.ts';

/** `warning`: it works, but not as well as it could. `error`: something that is needed does not work. */
export type CheckStatus = 'ok' | 'warning' | 'error';

/** The result of one check of the set-up. Shown to admins and on the terminal, so it holds no secret. */
export interface SetUpCheck {
  /** Short, and unique among the checks of its group: `key`, `webhook`. */
  name: string;
  status: CheckStatus;
  /** What was found, on one line. */
  detail: string;
  /** What to do about it; null for `ok`. */
  advice: string | null;
}

/** A check with the part of the set-up that it belongs to: `database`, or a provider's name. */
export interface GroupedCheck extends SetUpCheck {
  group: string;
}

export interface SetUpReport {
  checks: readonly GroupedCheck[];
  finishedAt: Milliseconds;
}

/** A warning or an error always says what to do about it. */
interface Finding {
  detail: string;
  advice: string;
}

export function okCheck(name: string, detail: string): SetUpCheck {
  return { name, status: 'ok', detail, advice: null };
}

export function warningCheck(name: string, finding: Finding): SetUpCheck {
  return { name, status: 'warning', ...finding };
}

export function errorCheck(name: string, finding: Finding): SetUpCheck {
  return { name, status: 'error', ...finding };
}
