import type { Clock } from '#kernel/clock.ts';
import { clip } from '#kernel/text.ts';
import type { GroupedCheck, SetUpReport } from './set-up-check.ts';

/** The checks of the set-up, for `npm run doctor` and for the chat. */
export interface Doctor {
  /** Runs every check, or joins the run in progress. Never rejects because of a finding, and ends within its time limit. */
  examine(): Promise<SetUpReport>;
  /** The last report; undefined before the first. */
  latest(): SetUpReport | undefined;
}

export interface DoctorDeps {
  clock: Clock;
  checkAll(): Promise<readonly GroupedCheck[]>;
  /** Redacts every configured secret in a text. */
  redact(text: string): string;
}

export function createDoctor(deps: DoctorDeps): Doctor {
  let latest: SetUpReport | undefined;
  let underWay: Promise<SetUpReport> | undefined;
  async function examine(): Promise<SetUpReport> {
    const checks = await deps.checkAll();
    latest = { checks: checks.map((check) => toLines(check, deps)), finishedAt: deps.clock.now() };
    return latest;
  }
  return {
    latest: () => latest,
    examine() {
      underWay ??= examine().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}

/** A longer line would not be read; it is cut. */
const textMax = 300;

/** Messages of providers and servers are put on one line, redacted and cut. */
function toLines(check: GroupedCheck, { redact }: Pick<DoctorDeps, 'redact'>): GroupedCheck {
  const tidy = (text: string): string => {
    const line = redact(text)
      .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ')
      .trim();
    return clip(line, textMax);
  };
  const { name, detail, advice } = check;
  return { ...check, name: tidy(name), detail: tidy(detail), advice: advice === null ? null : tidy(advice) };
}
