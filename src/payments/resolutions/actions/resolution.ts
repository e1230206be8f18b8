// What every decision about a case has in common: it needs a reason, finds the case live, and writes down, in its own
// transaction, who decided what and why.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { readReason } from '#access/reason.ts';
import { type Case, findingKinds, isLive, needsDecision } from '#cases/case.ts';
import { changeCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { Money } from '#kernel/money.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import type { Order } from '#orders/order.ts';
import type { RefundDeps, SnapshotDeps } from '../../lifecycle/deps.ts';
import type { OrderView } from '../../lifecycle/order-view.ts';
import { writeTimeline } from '../../lifecycle/write-timeline.ts';
import type { PaymentStores, PaymentTx } from '../../ports/payment-store.ts';
import { allowedActions, decidedWords, type ResolvingAction } from '../options/resolution-actions.ts';
import { type ResolutionRefused, refused } from './resolution-refusal.ts';

export interface Asked {
  caseId: string;
  by: ActingAdmin;
  reason: string;
  /** What an action needs beside the reason: how long to wait, at which provider, which order. */
  option: string | null;
  /** The sum that the admin was shown before deciding; where it has changed since, nothing is decided. */
  shownMinor?: number;
}

/** What was decided. The words for it are the surface's. */
export type Decision =
  | { code: PlainDecision }
  /** `learnt`: the sku of the product that the catalogue has learnt. */
  | { code: 'accepted'; learnt: string | null }
  | { code: 'link_made'; link: OrderView }
  | { code: 'refund_requested'; amount: Money }
  | { code: 'linked'; orderNumber: number }
  | { code: 'waits'; time: 'hour' | 'day' };

type PlainDecision =
  | 'marked_paid'
  | 'marked_received'
  | 'written_off'
  | 'difference_written_off'
  | 'cancelled'
  | 'rejected'
  | 'surplus_kept'
  | 'money_kept'
  | 'records_stand'
  | 'ignored'
  | 'corrected'
  | 'counts_as_refunded'
  | 'counts_as_failed'
  | 'awaiting_approval'
  | 'undone';

export type Resolution =
  | ResolutionRefused
  | { kind: 'unknown' }
  | ({ kind: 'decided' } & Decision)
  /** Somebody was faster, or the facts changed. */
  | { kind: 'over'; by: string | null };

/** What one decision or another uses. */
export interface ResolutionDeps extends SnapshotDeps, RefundDeps {}

export type Resolver = (deps: ResolutionDeps, asked: Asked) => Promise<Resolution>;

export interface Open {
  tx: PaymentTx;
  one: Case;
  reason: string;
}

/** Finds the case live in a transaction, and what is decided in it is committed or not at all. */
export function decideCaseIn(
  deps: TransactionDeps<PaymentStores>,
  input: { asked: Asked; action: ResolvingAction },
  decide: (open: Open) => Promise<Resolution>,
): Promise<Resolution> {
  const { asked, action } = input;
  const reason = readReason(asked.reason);
  if (typeof reason !== 'string') return Promise.resolve(reason);
  return inTransaction(deps, causeOf(asked.by.actor), async (tx): Promise<Resolution> => {
    const one = await tx.stores.cases.findCase(asked.caseId);
    if (one === undefined) return { kind: 'unknown' };
    return notLive(one, action) ?? decide({ tx, one, reason });
  });
}

/** Why this cannot be decided any more, or at all; undefined while it can. */
export function notLive(one: Case, action: ResolvingAction): Resolution | undefined {
  if (!isLive(one)) return { kind: 'over', by: one.resolvedBy ?? one.outcome };
  const isAllowed = needsDecision(one) && allowedActions[one.kind].includes(action);
  return isAllowed ? undefined : refused({ code: 'not_allowed' });
}

export interface Decided {
  one: Case;
  action: ResolvingAction;
  by: ActingAdmin;
  reason: string;
  /** What taking it back needs to know; null where it cannot be taken back. */
  undo: JsonObject | null;
  /** More than the action's own words, for the history. */
  words?: string;
  refundId?: Case['refundId'];
  /** The order that it is linked to by this decision. */
  orderId?: Order['id'];
}

/** Ends the case, and writes down who decided it. */
export async function settleCase(tx: PaymentTx, decided: Decided): Promise<void> {
  const { one, by, reason, undo } = decided;
  await changeCase(tx, one, {
    status: 'resolved',
    snoozedUntil: null,
    resolvedAt: tx.clock.now(),
    resolution: decided.action,
    resolvedBy: by.name,
    reason,
    outcome: sentenceOf(decided),
    undo,
    ...(decided.refundId && { refundId: decided.refundId }),
  });
  await endFindingsAlert(tx, one);
  await noteDecision(tx, decided);
}

/** Audit and history of a decision that may have left the case live. */
export async function noteDecision(tx: PaymentTx, decided: Omit<Decided, 'undo'>): Promise<void> {
  const { one, action, reason } = decided;
  const orderId = decided.orderId ?? one.orderId;
  await recordAudit(tx, {
    action: `case.${action}`,
    subject: `case:${one.id}`,
    reason,
    details: { kind: one.kind, orderId, paymentId: one.paymentId },
  });
  const order = orderId === null ? undefined : await tx.stores.orders.findOrder(orderId);
  if (order !== undefined) await noteOnOrder(tx, { order, one, text: sentenceOf(decided) });
}

export async function noteOnOrder(tx: PaymentTx, input: { order: Order; one: Case; text: string }): Promise<void> {
  const { order, one, text } = input;
  await writeTimeline(tx, {
    order,
    paymentId: one.paymentId,
    subject: 'note',
    from: null,
    to: null,
    trust: null,
    text: `${one.facts.headline}: ${text}`,
  });
  await redrawOrderCards(tx, order.id);
}

function sentenceOf({ one, action, by, reason, words }: Omit<Decided, 'undo'>): string {
  return `${by.name} ${words ?? decidedWords(one.kind, action)}: ${reason}`;
}

/** One alert stands for all that a comparison found: it is over with the last of them. */
async function endFindingsAlert(tx: PaymentTx, { kind, provider }: Case): Promise<void> {
  if (provider === null || !(findingKinds as readonly string[]).includes(kind)) return;
  const left = await tx.stores.cases.listLiveCasesOfProvider({ provider, kinds: findingKinds, limit: 1 });
  if (left.length > 0) return;
  await resolveCase(tx, { key: `reconciliation:${provider}`, by: 'Every difference was settled.' });
}
