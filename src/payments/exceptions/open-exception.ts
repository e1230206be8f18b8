import { ConcurrentChange } from '#kernel/database.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ExceptionKind, PaymentException } from './exception.ts';
import type { ExceptionChange } from './exception-store.ts';

export type OpenedException = Pick<
  PaymentException,
  'key' | 'kind' | 'provider' | 'reference' | 'orderId' | 'paymentId' | 'refundId' | 'subjectAt' | 'facts'
>;

/** What a trouble that was known under another key brings along. */
export type Inherited = Pick<PaymentException, 'openedAt' | 'ownerId' | 'ownerName' | 'takenAt'>;

/** Opens an exception, or, when the same one is open, keeps its age and its owner and takes the newest facts. */
export async function openException(
  tx: PaymentTx,
  input: OpenedException & { inherited?: Inherited | undefined },
): Promise<void> {
  const { stores, clock, ids } = tx;
  const { inherited, ...opened } = input;
  const now = clock.now();
  const isNew = await stores.exceptions.insertException({
    ...opened,
    id: ids.newId(),
    status: 'open',
    version: 1,
    openedAt: now,
    lastSeenAt: now,
    ownerId: null,
    ownerName: null,
    takenAt: null,
    waitsUntil: null,
    resolvedAt: null,
    resolution: null,
    resolvedBy: null,
    reason: null,
    undo: null,
    ...inherited,
  });
  if (isNew) return;
  const live = await stores.exceptions.findOpenException(opened.key);
  if (live === undefined) throw new ConcurrentChange(`exception ${opened.key} was resolved meanwhile`);
  const { facts, paymentId, reference } = opened;
  await changeException(tx, { exception: live, change: { facts, paymentId, reference, lastSeenAt: now } });
}

/** Compare-and-set on the exception as the caller saw it; throws ConcurrentChange when overtaken. */
export async function changeException(
  tx: Pick<PaymentTx, 'stores'>,
  input: { exception: PaymentException; change: ExceptionChange },
): Promise<void> {
  const { exception, change } = input;
  const isChanged = await tx.stores.exceptions.changeException({
    id: exception.id,
    expected: { status: exception.status, version: exception.version },
    change,
  });
  if (!isChanged) throw new ConcurrentChange(`exception ${exception.id} changed meanwhile`);
}

/** Ends the open exception of this key because the facts changed; `by` says in a sentence what ended it. */
export async function endException(tx: PaymentTx, input: { key: string; by: string }): Promise<boolean> {
  const exception = await tx.stores.exceptions.findOpenException(input.key);
  if (exception === undefined) return false;
  await changeException(tx, { exception, change: endedByItself(tx, input.by) });
  return true;
}

/** Ends the open exceptions of an order whose kinds are named, of one of its payments if one is named; how many. */
export async function endOrderExceptions(
  tx: PaymentTx,
  input: { orderId: OrderId; paymentId?: PaymentId; kinds: readonly ExceptionKind[]; by: string },
): Promise<number> {
  const open = await tx.stores.exceptions.listOpenExceptionsForOrder(input.orderId);
  const isMeant = ({ paymentId }: PaymentException): boolean =>
    input.paymentId === undefined || paymentId === input.paymentId;
  const ended = open.filter((exception) => input.kinds.includes(exception.kind) && isMeant(exception));
  for (const exception of ended) {
    await changeException(tx, { exception, change: endedByItself(tx, input.by) });
  }
  return ended.length;
}

function endedByItself(tx: PaymentTx, by: string): ExceptionChange {
  return { status: 'resolved', resolvedAt: tx.clock.now(), resolution: 'by_itself', resolvedBy: by };
}
