// From a case to the message that shows it, by what the product has written down itself: at every moment each open case was shown,
// or is still to be shown.
import type { Invariant } from '../invariant.ts';
import { wasClockWrong } from '../wrong-clock.ts';
import { cardOf } from './places.ts';

interface Told extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  /** The newest version that some chat shows, where the case has a card of its own; null: none was ever shown. */
  readonly shown: number | null;
  readonly last_raised_at: number;
}

export const casesTold: Invariant = {
  number: 5,
  promise: 'An open case was shown to somebody as it is, or is about to be.',
  *always({ rows, count, world }) {
    // That jobs are still stuck is noted with their case, and its card says nothing of it.
    // Messages of before a group got another id can no longer be changed: they are forgotten, and the next change is shown anew.
    const movedAt = count('select max(at) from chat_moves');
    const forgotten = rows<Told>(
      `select id, key, version, shown, last_raised_at from (
         select c.id, c.key, c.version, c.last_raised_at, c.group_id, max(s.shown_version) as shown from cases c
         left join sent_messages s on s.subject = ${cardOf}
         where c.status = 'open' and c.rings group by c.id)
       where (shown is null or (shown < version and key <> 'jobs_stuck' and group_id is null)) and last_raised_at > ?
         and coalesce(group_id, id) not in (
           select coalesce(payload ->> 'caseId', payload ->> 'groupId') from outbox_messages
           where topic in ('alert.card', 'alert.group') and processed_at is null and abandoned_at is null)`,
      movedAt,
    );
    for (const { id, key, version, shown, last_raised_at: raisedAt } of forgotten) {
      // Where the clock was wrong, nothing says which was before the other.
      if (movedAt > 0 && [movedAt, raisedAt].some((at) => wasClockWrong(world, at, at))) continue;
      const what = shown === null ? 'was shown to nobody' : `is shown as it was in version ${shown} of ${version}`;
      yield `case ${key} (${id}) ${what}, and nothing is about to change that`;
    }
  },
};
