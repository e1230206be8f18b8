// The one place where a closing is written, in steps between which everybody else works: our side is read as it was at one
// moment and compared with the providers' reports, its entries are stored under a draft that no one takes for a closing, and
// the last step seals it. What changes after that moment is a correction of the next closing. A run that dies leaves a draft;
// the next one takes it over and begins anew.
import { causeOf, inTransaction, type TransactionContext, type TransactionDeps } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import type { Closing } from '../ledger/closing.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { NextDay } from '../ledger/due-day.ts';
import type { ClosingDraft } from '../ledger/ledger-store.ts';
import { type ComposedClosing, composeClosing, type DayToClose } from './compose-closing.ts';

const cause = causeOf({ kind: 'job', id: 'close-days' });

/** Entries of one transaction, which takes about as many hundredths of a millisecond. */
const entriesAtOnce = 250;

export type ClosingWritten =
  | { kind: 'closed'; closing: Closing; unexplained: number }
  /** Another run closed the day first, or has taken it over. */
  | { kind: 'overtaken' };

type Deps = TransactionDeps<AccountingStores>;

export async function writeClosing(deps: Deps, about: DayToClose): Promise<ClosingWritten> {
  const { number, day } = about.next;
  const draft: ClosingDraft = { number, day, run: deps.ids.newId() };
  if (!(await beginDraft(deps, { draft, next: about.next }))) return { kind: 'overtaken' };
  const composed = await deps.database.readOneMoment((stores) =>
    composeClosing(stores, { ...about, closedAt: deps.clock.now() }),
  );
  if (!(await storeAndSeal(deps, { draft, composed }))) return { kind: 'overtaken' };
  return { kind: 'closed', closing: composed.closing, unexplained: composed.unexplained };
}

/** A draft without entries; false where the day is another's. */
async function beginDraft(deps: Deps, { draft, next }: { draft: ClosingDraft; next: NextDay }): Promise<boolean> {
  const leftOver = { number: draft.number, limit: entriesAtOnce };
  let deleted = await inTransaction(deps, cause, async ({ stores: { ledger } }) => {
    const previous = await ledger.findLastClosing();
    if (previous?.number !== next.previous?.number || !(await ledger.beginDraft(draft))) return 'overtaken';
    return ledger.deleteDraftEntries(leftOver);
  });
  while (deleted === leftOver.limit) {
    deleted = await inDraft(deps, draft, ({ stores }) => stores.ledger.deleteDraftEntries(leftOver));
  }
  return deleted !== 'overtaken';
}

async function storeAndSeal(
  deps: Deps,
  { draft, composed }: { draft: ClosingDraft; composed: ComposedClosing },
): Promise<boolean> {
  const { closing, entries } = composed;
  let at = 0;
  for (; entries.length - at > entriesAtOnce; at += entriesAtOnce) {
    const part = entries.slice(at, at + entriesAtOnce);
    const stored = await inDraft(deps, draft, ({ stores }) => stores.ledger.insertEntries(part));
    if (stored === 'overtaken') return false;
  }
  const sealed = await inDraft(deps, draft, async (tx) => {
    await tx.stores.ledger.insertEntries(entries.slice(at));
    await tx.stores.ledger.sealDraft(draft, closing);
    const key = `books.digest:${closing.number}`;
    await enqueueOutboxMessage(tx, { topic: 'books.digest', key, payload: { day: closing.day } });
  });
  return sealed !== 'overtaken';
}

/** One step of the run, unless another one has the draft by now. */
function inDraft<Result>(
  deps: Deps,
  draft: ClosingDraft,
  step: (tx: TransactionContext<AccountingStores>) => Promise<Result>,
): Promise<Result | 'overtaken'> {
  return inTransaction(deps, cause, async (tx) => ((await tx.stores.ledger.holdDraft(draft)) ? step(tx) : 'overtaken'));
}
