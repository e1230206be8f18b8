// Cases of one kind that come in a burst share a card: the first few ring each by itself, and from then on one card counts all that
// follow. A group takes cases for some minutes only, so that whoever has seen its card hears of those that come later.
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import { type Case, type CaseGroup, type CaseSeverity, caseSeverities, needsDecision } from './case.ts';
import type { CaseTx } from './case-store.ts';

/** So many of a kind within a minute have a card each. */
const aloneMax = 3;
const burstMs: Milliseconds = minute;
/** A group takes cases for so long: then a new one rings again. */
const takesForMs: Milliseconds = 10 * minute;

/** A card is brought up to date so often at first, and then so seldom: Telegram takes some twenty edits a minute in a group. */
const earlyMs: Milliseconds = 20 * second;
const earlyPaceMs: Milliseconds = second;
const latePaceMs: Milliseconds = 5 * second;

interface GroupPlace {
  group: CaseGroup;
  /** It is not stored yet. */
  isNew: boolean;
}

/** Where a case that is about to be stored is shown; undefined where it has a card of its own. */
export async function placeInGroup(tx: CaseTx, one: Case): Promise<GroupPlace | undefined> {
  // What waits for a decision has a list to be seen in.
  if (!one.rings || !needsDecision(one)) return undefined;
  const { kind, severity } = one;
  const { cases, caseGroups } = tx.stores;
  const now = tx.clock.now();
  const open = await caseGroups.findOpenGroup({ kind, severity });
  if (open !== undefined && (await takesMore(tx, open))) return { group: open, isNew: false };
  const recent = await cases.countRecentCases({ kind, severity, since: now - burstMs, limit: aloneMax });
  if (recent < aloneMax) return undefined;
  if (open !== undefined) await caseGroups.closeGroup(open);
  return { group: { id: tx.ids.newId(), kind, severity, openedAt: now }, isNew: true };
}

/** A card that says that nothing is open any more would be changed in silence. */
async function takesMore(tx: CaseTx, { id, openedAt }: CaseGroup): Promise<boolean> {
  if (Math.abs(tx.clock.now() - openedAt) >= takesForMs) return false;
  const [waiting] = await tx.stores.caseGroups.listGroupCases({ groupId: id, status: 'open', limit: 1 });
  return waiting !== undefined;
}

export async function openGroup(tx: CaseTx, group: CaseGroup): Promise<void> {
  const { id: groupId, severity } = group;
  if (!(await tx.stores.caseGroups.insertGroup(group))) throw new ConcurrentChange(`a group of ${group.kind} is open`);
  await enqueueOutboxMessage(tx, { ...messageOf({ groupId, severity }), key: `alert.group:${groupId}` });
}

/** To be called after every change of a case in it: its card is drawn once for all changes of a moment. */
export async function showGroup(tx: CaseTx, shown: { groupId: string; severity: CaseSeverity }): Promise<void> {
  const message = messageOf(shown);
  const now = tx.clock.now();
  const group = await tx.stores.caseGroups.findGroup(shown.groupId);
  const isEarly = group !== undefined && now - group.openedAt < earlyMs;
  const paceMs = isEarly ? earlyPaceMs : latePaceMs;
  const soonAt = (Math.floor(now / paceMs) + 1) * paceMs;
  const soonKey = `alert.group:${shown.groupId}:until:${soonAt}`;
  await enqueueOutboxMessage(tx, { ...message, key: soonKey, availableAt: soonAt });
  // A transaction that began before then may be stored after its card was drawn.
  const laterAt = (Math.floor(now / minute) + 2) * minute;
  const laterKey = `alert.group:${shown.groupId}:again:${laterAt}`;
  await enqueueOutboxMessage(tx, { ...message, key: laterKey, availableAt: laterAt });
}

function messageOf({ groupId, severity }: { groupId: string; severity: CaseSeverity }) {
  // After an outage of Telegram, what is worst comes first.
  return { topic: 'alert.group', priority: caseSeverities.indexOf(severity), payload: { groupId } } as const;
}
