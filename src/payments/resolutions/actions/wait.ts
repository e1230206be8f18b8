import { postponeCase } from '#cases/snooze-case.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import { decideCaseIn, noteDecision, type Resolver } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

export const waitingTimes = { hour, day } as const satisfies Record<string, Milliseconds>;
export type WaitingTime = keyof typeof waitingTimes;

export function isWaitingTime(text: string | null): text is WaitingTime {
  return text === 'hour' || text === 'day';
}

/** Keeps the case open and lets it rest; it comes back by itself. */
export const waitLonger: Resolver = (deps, asked) =>
  decideCaseIn(deps, { asked, action: 'wait' }, async ({ tx, one, reason }) => {
    if (!isWaitingTime(asked.option)) return refused({ code: 'wait_time_missing' });
    const until = deps.clock.now() + waitingTimes[asked.option];
    await postponeCase(tx, { one, until, by: asked.by.name });
    const words = asked.option === 'hour' ? 'waits an hour for it' : 'waits a day for it';
    await noteDecision(tx, { one, action: 'wait', by: asked.by, reason, words });
    return { kind: 'decided', code: 'waits', time: asked.option };
  });
