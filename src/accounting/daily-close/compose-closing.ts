// What a closing says, made of everything that both sides have of its day. Our side is that of one moment: the stores are those
// of `readOneMoment`. A day has thousands of payments, so everybody else has a turn again and again.
import { needsDecision } from '#cases/case.ts';
import type { CaseCount } from '#cases/case-store.ts';
import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { mapInSlices, slicesOf } from '#kernel/page.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { isUnread } from '#payments/model/snapshot.ts';
import { correctionOf } from '../ledger/booked-payment.ts';
import { chainStart, contentText, createEntriesHash, entryText, hashLink } from '../ledger/chain.ts';
import type { Closing, ClosingContent, ClosingDelay, LedgerEntry, LedgerPayment } from '../ledger/closing.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { NextDay } from '../ledger/due-day.ts';
import { compareTexts } from '../ledger/tally.ts';
import { bookPayments, loadChanged } from './book-payments.ts';
import { closeDay } from './close-day.ts';
import type { FetchedDay } from './fetch-day.ts';
import { explainDifferences, type LoadedDay, loadProviderDay } from './load-provider-day.ts';

/** A day that is closed later than this has a note about it. */
const lateMs: Milliseconds = 2 * hour;
/** A change that another process had not committed yet when the last closing read is found again within this. */
const overlapMs: Milliseconds = 10 * minute;

/** What admins do about money. Checking a payment, making a link and acknowledging an alert are not part of it. */
const interventions = ['order.cancel', 'order.fulfil', 'payment.', 'refund.', 'exception.', 'case.'] as const;
/** Assigning a case moves no money. Actions older than `cases` are called `exception`. */
const ownership = [
  'exception.take',
  'exception.give_back',
  'case.acknowledge',
  'case.assign',
  'case.release',
  'case.snooze',
];

export interface DayToClose {
  next: NextDay;
  timeZone: string;
  fetched: readonly FetchedDay[];
  delay: ClosingDelay | undefined;
}

export interface ComposedClosing {
  closing: Closing;
  unexplained: number;
  entries: LedgerEntry[];
}

/** `closedAt` is no later than the moment of the stores: the next closing looks for what has changed since. */
export async function composeClosing(
  stores: AccountingStores,
  about: DayToClose & { closedAt: Milliseconds },
): Promise<ComposedClosing> {
  const { next, timeZone, closedAt } = about;
  const days: LoadedDay[] = [];
  for (const fetched of about.fetched) {
    days.push(await loadProviderDay(stores, { fetched, from: next.from, to: next.to }));
  }
  const { number, day, from, to, previous } = next;
  const made = days.flatMap(({ payments }) => payments);
  const booked = await bookPayments(stores, made, () => day);
  const earlier = previous && { since: previous.closedAt - overlapMs, timeZone, next };
  const changed = earlier === undefined ? [] : await loadChanged(stores, earlier);
  const corrected = changed.filter((one) => correctionOf(one) !== undefined);
  const { entries, sum } = await toEntries(number, [...booked, ...corrected.map(({ is }) => is)]);
  const [first] = await stores.ledger.walkClosings({ after: 0, limit: 1 });
  const actions = await stores.audit.countAudit({ actorKind: 'admin', from, to });
  const content = closeDay({
    number,
    day,
    timeZone,
    from,
    to,
    closedAt,
    ledgerBeganOn: first?.day ?? day,
    providers: days,
    differences: await explainDifferences(stores, days),
    changed: corrected,
    interventions: actions.filter(({ action }) => isIntervention(action)),
    exceptions: openDecisions(await stores.cases.countLiveCases()),
    entries: sum,
    notes: notesOf(about),
  });
  return { closing: linkUp(next, content), unexplained: content.unexplained.count, entries };
}

/** Cases that wait for a decision, by kind and provider. */
function openDecisions(counts: readonly CaseCount[]): ClosingContent['exceptions'] {
  const sums = new Map<string, ClosingContent['exceptions'][number]>();
  for (const { kind, provider, count } of counts.filter(needsDecision)) {
    const key = `${kind}:${provider}`;
    sums.set(key, { kind, provider, count: count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}

function isIntervention(action: string): boolean {
  return !ownership.includes(action) && interventions.some((known) => action.startsWith(known));
}

async function toEntries(
  number: number,
  booked: readonly LedgerPayment[],
): Promise<{ entries: LedgerEntry[]; sum: ClosingContent['entries'] }> {
  const entries = await mapInSlices(booked, (one) => ({
    number,
    paymentId: one.paymentId,
    day: one.day,
    content: entryText(one),
  }));
  entries.sort((left, right) => compareTexts(left.paymentId, right.paymentId));
  const hash = createEntriesHash();
  for await (const slice of slicesOf(entries)) for (const { content } of slice) hash.add(content);
  return { entries, sum: hash.end() };
}

function linkUp({ number, day, to: endsAt, previous }: NextDay, facts: ClosingContent): Closing {
  const content = contentText(facts);
  const previousHash = previous?.hash ?? chainStart;
  const closedAt = Date.parse(facts.closedAt);
  const hash = hashLink({ previousHash, content });
  return { number, day, timeZone: facts.timeZone, closedAt, endsAt, content, hash, previousHash };
}

function notesOf({ next, delay, closedAt, fetched }: DayToClose & { closedAt: Milliseconds }): string[] {
  const notes: string[] = fetched.flatMap((one) => leftOutOf(one, next));
  const { previous } = next;
  const lateHours = Math.floor((closedAt - next.dueAt) / hour);
  if (previous === undefined) notes.push('The ledger begins with this day.');
  if (delay !== undefined) notes.push(`Closed after ${delay.tries + 1} tries. ${delay.reason}`);
  else if (previous !== undefined && closedAt - next.dueAt > lateMs) notes.push(`Closed ${lateHours} hours late.`);
  const broken = previous && brokenOf(previous);
  if (broken !== undefined) notes.push(`The chain is broken before this day: ${broken}.`);
  return notes;
}

/** What the provider lists of the day and this version does not understand. */
function leftOutOf({ provider, listed }: FetchedDay, { from, to }: NextDay): string[] {
  const entries = listed.kind === 'known' ? listed.value.filter(isUnread) : [];
  const count = entries.filter(({ createdAt: at }) => at === null || (at >= from && at < to)).length;
  if (count === 0) return [];
  const title = providerTitle(provider);
  if (count === 1) return [`1 payment was left out: what ${title} says of it is not understood.`];
  return [`${count} payments were left out: what ${title} says of them is not understood.`];
}

/** Checks only the last link: the whole chain is checked by `verifyLedger`. */
function brokenOf(previous: Closing): string | undefined {
  return hashLink(previous) === previous.hash ? undefined : `closing ${previous.number} is not what was hashed`;
}
