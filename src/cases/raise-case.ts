import { type Milliseconds, minute } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { OrderId } from '#kernel/ids.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import { type Case, type CaseFacts, type CaseSeverity, caseSeverities, needsDecision } from './case.ts';
import { openGroup, placeInGroup, showGroup } from './case-group.ts';
import type { CaseChange, CaseTx } from './case-store.ts';

type Subject = Pick<
  Case,
  'orderId' | 'paymentId' | 'refundId' | 'provider' | 'reference' | 'subjectAt' | 'actions' | 'rings'
>;

/** What is left out does not apply. */
export type RaisedCase = Pick<Case, 'key' | 'kind' | 'severity'> &
  Partial<Subject> & {
    facts: Pick<CaseFacts, 'headline' | 'why'> & Partial<CaseFacts>;
    /** Raised by what anybody may send in any number: its card is brought up to date once a minute. */
    isPaced?: true;
  };

const pacedByMs: Milliseconds = minute;

const noSubject: Subject = {
  orderId: null,
  paymentId: null,
  refundId: null,
  provider: null,
  reference: null,
  subjectAt: null,
  actions: [],
  rings: true,
};

const noFacts: Omit<CaseFacts, 'headline' | 'why'> = {
  orderNumber: null,
  amount: null,
  detail: null,
  trust: null,
  differenceFiat: null,
  differenceCoin: null,
  money: null,
  label: null,
  here: null,
  there: null,
};

/** Opens a case, or, when one of this key is live, keeps its age and its assignee and takes the newest facts. */
export async function raiseCase(tx: CaseTx, { isPaced, ...raised }: RaisedCase): Promise<void> {
  const now = tx.clock.now();
  const raw: Case = {
    ...noSubject,
    ...raised,
    groupId: null,
    id: tx.ids.newId(),
    status: 'open',
    version: 1,
    facts: { ...noFacts, ...raised.facts },
    occurrences: 1,
    openedAt: now,
    lastRaisedAt: now,
    assigneeId: null,
    assigneeName: null,
    assignedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    resolvedAt: null,
    resolution: null,
    resolvedBy: null,
    reason: null,
    outcome: null,
    undo: null,
  };
  const place = await placeInGroup(tx, raw);
  const one = { ...raw, groupId: place?.group.id ?? null };
  if (await tx.stores.cases.insertCase(one)) {
    if (place?.isNew === true) await openGroup(tx, place.group);
    await showCase(tx, one);
    return;
  }
  const live = await tx.stores.cases.findLiveCase(raised.key);
  if (live === undefined) throw new ConcurrentChange(`case ${raised.key} was resolved meanwhile`);
  const { kind, severity, facts, actions, paymentId, reference, subjectAt } = one;
  const changed = await tx.stores.cases.changeCase(live, {
    kind,
    severity,
    facts,
    actions,
    paymentId,
    reference,
    subjectAt,
    rings: live.rings || one.rings,
    // What became worse is not one of many any more.
    ...(isWorse(severity, live.severity) && { groupId: null }),
    // A comparison that finds the same every hour is no new occurrence.
    occurrences: one.rings ? live.occurrences + 1 : live.occurrences,
    lastRaisedAt: now,
  });
  await showCase(tx, changed, { before: live, isPaced });
}

function isWorse(severity: CaseSeverity, than: CaseSeverity): boolean {
  return caseSeverities.indexOf(severity) < caseSeverities.indexOf(than);
}

/** Brings the live case of this key up to date without counting it once more; false when there is none. */
export async function restateCase(tx: CaseTx, input: { key: string; facts: Partial<CaseFacts> }): Promise<boolean> {
  const live = await tx.stores.cases.findLiveCase(input.key);
  if (live === undefined) return false;
  const facts = { ...live.facts, ...input.facts };
  const isSame = Object.entries(facts).every(([name, value]) => live.facts[name as keyof CaseFacts] === value);
  if (!isSame) await changeCase(tx, live, { facts });
  return true;
}

/** Changes a case as the caller saw it, and brings its card up to date; throws ConcurrentChange when overtaken. */
export async function changeCase(tx: CaseTx, one: Case, change: CaseChange): Promise<Case> {
  const changed = await tx.stores.cases.changeCase(one, change);
  await showCase(tx, changed, { before: one });
  return changed;
}

/** What each transaction in progress has read of the cases of an order, and not changed since. */
const liveCases = new WeakMap<CaseTx, Map<OrderId, Case[]>>();

/** The live cases of an order, oldest first: read once in a transaction, and again after it changed one of them. */
export async function listLiveOrderCases(tx: CaseTx, orderId: OrderId): Promise<readonly Case[]> {
  const known = liveCases.get(tx) ?? new Map<OrderId, Case[]>();
  liveCases.set(tx, known);
  const live = known.get(orderId) ?? (await tx.stores.cases.listLiveCasesForOrder(orderId));
  known.set(orderId, live);
  return live;
}

/** To be called after every change of a case. */
async function showCase(tx: CaseTx, one: Case, how: { before?: Case; isPaced?: true | undefined } = {}): Promise<void> {
  const { before, isPaced } = how;
  const { id, version, rings, severity, orderId, groupId } = one;
  if (orderId !== null) liveCases.get(tx)?.delete(orderId);
  // What waits for a decision stands on the card of its order, too.
  if (orderId !== null && needsDecision(one)) await redrawOrderCards(tx, orderId);
  if (!rings) return;
  // Where it has left its group, both cards change.
  const shownIn = groupId ?? before?.groupId ?? null;
  if (shownIn !== null) await showGroup(tx, { groupId: shownIn, severity });
  if (groupId !== null) return;
  // A paced one is shown once for all changes of a minute, at its end, as it is by that time.
  const ended = Math.floor(tx.clock.now() / pacedByMs) + 1;
  await enqueueOutboxMessage(tx, {
    topic: 'alert.card',
    // After an outage of Telegram, what is worst comes first.
    priority: caseSeverities.indexOf(severity),
    key: isPaced ? `alert.card:${id}:until:${ended}` : `alert.card:${id}:${version}`,
    payload: { caseId: id, version },
    ...(isPaced && { availableAt: ended * pacedByMs }),
  });
}
