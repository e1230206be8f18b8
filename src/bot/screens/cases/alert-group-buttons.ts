// A tap on the card of a group of alerts, whichever bot it reached. The card itself is not touched here: the verbs queue its refresh.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { needsDecision } from '#cases/case.ts';
import type { CaseDeps } from '#cases/case-store.ts';
import { acknowledgeGroup, type GroupChange, snoozeGroup } from '#cases/handle-group.ts';
import { readCaseGroup } from '#cases/read-cases.ts';
import { hour } from '#kernel/clock.ts';
import { actingAdmin } from '../../kit/contexts.ts';
import type { Destination } from '../../kit/destinations.ts';
import { outOfDate } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
import { formatTime } from '../../text/words.ts';

const groupSnoozeMs = hour;

type GroupButtonDeps = CaseDeps & { timeZone: string };

export async function handleGroupButton(
  deps: GroupButtonDeps,
  button: { callback: CallbackOf<'alert_group'>; by: ActingAdmin },
): Promise<{ toast: string; follow?: Destination }> {
  const { callback, by } = button;
  const groupId = callback.id;
  switch (callback.act) {
    case 'ack':
      return { toast: changedText(await acknowledgeGroup(deps, { groupId, by }), 'Acknowledged, and yours') };
    case 'snooze': {
      const until = deps.clock.now() + groupSnoozeMs;
      const when = formatTime(until, { now: deps.clock.now(), timeZone: deps.timeZone });
      return { toast: changedText(await snoozeGroup(deps, { groupId, by, until }), `Snoozed until ${when}`) };
    }
    case 'list': {
      const view = await readCaseGroup(deps, { groupId, firstMax: 0 });
      if (view === undefined || !needsDecision(view.group)) return { toast: outOfDate };
      return { toast: '', follow: { screen: 'exceptions', filter: view.group.kind } };
    }
    default:
      return callback.act satisfies never;
  }
}

function changedText(change: GroupChange, words: string): string {
  if (change.kind === 'unknown') return outOfDate;
  return change.count === 0 ? 'None of them is open any more.' : `${words}: ${change.count}.`;
}

/** The pager's card is brought up to date by the outbox alone. */
export const onAlertGroupButton: OnButton<'alert_group'> = async (env, ctx, callback) => {
  const result = await handleGroupButton(env, { callback, by: actingAdmin(ctx) });
  const toast = result.follow === undefined ? '' : await env.navigate({ reply: ctx }, result.follow);
  return result.toast === '' ? toast : result.toast;
};
