// What every decision about an exception has in common: it needs a reason, finds the exception open, and writes down, in
// its own transaction, who decided what and why. The exception ends together with its alert.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { readReason } from '#access/reason.ts';
import { resolveAlert } from '#cases/resolve-case.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Order } from '#orders/order.ts';
import { findingExceptionKinds, type PaymentException } from '../../exceptions/exception.ts';
import { changeException } from '../../exceptions/open-exception.ts';
import { refreshOrderCards } from '../../lifecycle/change-order.ts';
import type { RefundDeps, SnapshotDeps } from '../../lifecycle/deps.ts';
import type { OrderView } from '../../lifecycle/order-view.ts';
import { writeTimeline } from '../../lifecycle/write-timeline.ts';
import type { Payment } from '../../model/payment.ts';
import { type Override, refused } from '../../overrides/override.ts';
import type { PaymentStores, PaymentTx } from '../../ports/payment-store.ts';
import { allowedActions, decidedWords, type ResolvingAction } from '../options/resolution-actions.ts';

export interface Asked {
  exceptionId: string;
  by: ActingAdmin;
  reason: string;
  /** What an action needs beside the reason: how long to wait, at which provider, which order. */
  option: string | null;
  /** The sum that the person was shown before deciding; where it has changed since, nothing is decided. */
  shownMinor?: number;
}

export type Resolution =
  | Exclude<Override, { kind: 'decided' }>
  /** `said`: a sentence for the admin; `link`: the order with its new payment link. */
  | { kind: 'decided'; said: string; link?: OrderView }
  /** Somebody was faster, or the facts changed. */
  | { kind: 'over'; by: string | null };

/** What one decision or another uses. */
export interface ResolutionDeps extends SnapshotDeps, RefundDeps {}

export type Resolver = (deps: ResolutionDeps, asked: Asked) => Promise<Resolution>;

export interface Open {
  tx: PaymentTx;
  exception: PaymentException;
  reason: string;
}

/** Finds the exception open in a transaction, and what is decided in it is committed or not at all. */
export function decideOpen(
  deps: TransactionDeps<PaymentStores>,
  input: { asked: Asked; action: ResolvingAction },
  decide: (open: Open) => Promise<Resolution>,
): Promise<Resolution> {
  const { asked, action } = input;
  const reason = readReason(asked.reason);
  if (typeof reason !== 'string') return Promise.resolve(reason);
  return inTransaction(deps, causeOf(asked.by.actor), async (tx): Promise<Resolution> => {
    const exception = await tx.stores.exceptions.findException(asked.exceptionId);
    if (exception === undefined) return { kind: 'unknown' };
    return notOpen(exception, action) ?? decide({ tx, exception, reason });
  });
}

/** Why this cannot be decided any more, or at all; undefined while it can. */
export function notOpen(exception: PaymentException, action: ResolvingAction): Resolution | undefined {
  if (exception.status !== 'open') return { kind: 'over', by: exception.resolvedBy };
  if (!allowedActions[exception.kind].includes(action)) return refused('That does not help against this trouble.');
  return undefined;
}

export interface Decided {
  exception: PaymentException;
  action: ResolvingAction;
  by: ActingAdmin;
  reason: string;
  /** What taking it back needs to know; null where it cannot be taken back. */
  undo: JsonObject | null;
  /** More than the action's own words, for the history. */
  words?: string;
  refundId?: PaymentException['refundId'];
}

/** Ends the exception and its alert, and writes down who decided it. */
export async function settleException(tx: PaymentTx, decided: Decided): Promise<void> {
  const { exception, by, reason, undo } = decided;
  const alert = await tx.stores.alerts.findLiveAlert(exception.key);
  await changeException(tx, {
    exception,
    change: {
      status: 'resolved',
      waitsUntil: null,
      resolvedAt: tx.clock.now(),
      resolution: decided.action,
      resolvedBy: by.name,
      reason,
      undo: undo === null ? null : { ...undo, alertId: alert?.id ?? null },
      ...(decided.refundId && { refundId: decided.refundId }),
    },
  });
  await resolveAlert(tx, { key: exception.key, by: sentenceOf(decided) });
  await endFindingsAlert(tx, exception);
  await noteDecision(tx, decided);
}

/** Audit and history of a decision that may have left the exception open. */
export async function noteDecision(tx: PaymentTx, decided: Omit<Decided, 'undo'>): Promise<void> {
  const { exception, action, reason } = decided;
  await recordAudit(tx, {
    action: `exception.${action}`,
    subject: `exception:${exception.id}`,
    reason,
    details: { kind: exception.kind, orderId: exception.orderId, paymentId: exception.paymentId },
  });
  const order = exception.orderId === null ? undefined : await tx.stores.orders.findOrder(exception.orderId);
  if (order !== undefined) await noteOnOrder(tx, { order, exception, text: sentenceOf(decided) });
}

export async function noteOnOrder(
  tx: PaymentTx,
  input: { order: Order; exception: PaymentException; text: string },
): Promise<void> {
  const { order, exception, text } = input;
  const paymentId: Payment['id'] | null = exception.paymentId;
  const note = { subject: 'note', from: null, to: null, trust: null } as const;
  await writeTimeline(tx, { order, paymentId, ...note, text: `${exception.facts.summary}: ${text}` });
  await refreshOrderCards(tx, order);
}

function sentenceOf({ action, by, reason, words }: Omit<Decided, 'undo'>): string {
  return `${by.name} ${words ?? decidedWords[action]}: ${reason}`;
}

/** One alert stands for all that a comparison found: it is over with the last of them. */
async function endFindingsAlert(tx: PaymentTx, { kind, provider }: PaymentException): Promise<void> {
  if (provider === null || !(findingExceptionKinds as readonly string[]).includes(kind)) return;
  const query = { provider, kinds: findingExceptionKinds, limit: 1 };
  const left = await tx.stores.exceptions.listOpenExceptionsOfProvider(query);
  if (left.length > 0) return;
  await resolveAlert(tx, { key: `reconciliation:${provider}`, by: 'Every difference was settled.' });
}
