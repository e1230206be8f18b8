import type { Clock } from '#kernel/clock.ts';
import type { GroupedCheck, SetUpReport } from './set-up-check.ts';

/** The checks of the set-up, for `npm run doctor` and for the chat. */
export interface Doctor {
  /** Checks everything anew, or joins the run that is under way. Never rejects for what it finds, and ends within its bound. */
  examine(): Promise<SetUpReport>;
  /** The last report; undefined before the first. */
  latest(): SetUpReport | undefined;
}

export interface DoctorDeps {
  clock: Clock;
  checkAll(): Promise<readonly GroupedCheck[]>;
  /** Takes every configured secret out of a text. */
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

/** A line that is longer is not read. */
const textMax = 300;

/** What providers and servers said is put on one line, cut, and searched for our secrets. */
function toLines(check: GroupedCheck, { redact }: Pick<DoctorDeps, 'redact'>): GroupedCheck {
  const tidy = (text: string): string => {
    const line = redact(text)
      .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ')
      .trim();
    return line.length > textMax ? `${line.slice(0, textMax - 1)}…` : line;
  };
  const { name, detail, advice } = check;
  return { ...check, name: tidy(name), detail: tidy(detail), advice: advice === null ? null : tidy(advice) };
}
