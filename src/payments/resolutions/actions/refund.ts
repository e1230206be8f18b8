import { readReason } from '#access/reason.ts';
import { type Case, type CaseKind, isLive } from '#cases/case.ts';
import { changeCase } from '#cases/raise-case.ts';
import { assert } from '#kernel/invariant.ts';
import type { Money } from '#kernel/money.ts';
import type { RefundDeps } from '../../lifecycle/deps.ts';
import { differenceFacts } from '../../model/amount-detail.ts';
import { moneyOf } from '../../model/balance.ts';
import { overpaymentOf } from '../../model/overpayment.ts';
import type { Payment } from '../../model/payment.ts';
import type { Refund } from '../../model/refund.ts';
import type { PaymentStores, PaymentTx } from '../../ports/payment-store.ts';
import { requestRefund } from '../../refunds/request-refund.ts';
import type { ResolvingAction } from '../options/resolution-actions.ts';
import { type Asked, noteDecision, notLive, type Resolution, type Resolver, settleCase } from './resolution.ts';
import { type ResolutionRefusal, refused } from './resolution-refusal.ts';

const noSurplus = { code: 'no_surplus' } as const;

/** Gives back what came by the payment that the case is about. */
export const refundWhatCame: Resolver = (deps, asked) => refundFor(deps, { asked, action: 'refund', amount: 'all' });

/** Gives back what came beyond what was asked for. */
export const refundSurplus: Resolver = async (deps, asked) => {
  const surplus = await deps.database.read(async (stores) => {
    const one = await stores.cases.findCase(asked.caseId);
    const payment = one?.paymentId ? await stores.payments.findPayment(one.paymentId) : undefined;
    return payment && surplusIn(stores, { payment, except: null });
  });
  if (surplus === undefined || surplus.amountMinor === 0) return refused(noSurplus);
  return refundFor(deps, { asked, action: 'refund_surplus', amount: surplus });
};

interface RefundAsked {
  asked: Asked;
  action: Extract<ResolvingAction, 'refund' | 'refund_surplus'>;
  amount: Money | 'all';
}

/** Undoes the request: somebody settled the case while it was being made. */
class SettledMeanwhile extends Error {
  override readonly name = 'SettledMeanwhile';
}

/** Undoes the request: it is about another sum than the admin was shown. */
class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
  readonly refusal: ResolutionRefusal;

  constructor(refusal: ResolutionRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** The sum was worked out, and shown to the admin, before this transaction began. */
async function whyChanged(
  tx: PaymentTx,
  { refund, input }: { refund: Refund; input: RefundAsked },
): Promise<ResolutionRefusal | undefined> {
  const { shownMinor } = input.asked;
  if (shownMinor !== undefined && shownMinor !== refund.amountMinor) {
    return { code: 'amount_changed', amount: { amountMinor: refund.amountMinor, currency: refund.currency } };
  }
  if (input.action !== 'refund_surplus') return undefined;
  const payment = await tx.stores.payments.findPayment(refund.paymentId);
  const left = payment && (await surplusIn(tx.stores, { payment, except: refund.id }));
  return refund.amountMinor > (left?.amountMinor ?? 0) ? noSurplus : undefined;
}

async function surplusIn(
  stores: PaymentStores,
  { payment, except }: { payment: Payment; except: Refund['id'] | null },
): Promise<Money> {
  const order = await stores.orders.findOrder(payment.orderId);
  assert(order !== undefined, `order of payment ${payment.id} vanished`);
  const refunds = await stores.refunds.listRefundsForPayment(payment.id);
  return overpaymentOf(payment, { order, refunds: refunds.filter(({ id }) => id !== except) });
}

async function refundFor(deps: RefundDeps, input: RefundAsked): Promise<Resolution> {
  const { asked, action, amount } = input;
  const reason = readReason(asked.reason);
  if (typeof reason !== 'string') return reason;
  const one = await deps.database.read((stores) => stores.cases.findCase(asked.caseId));
  if (one === undefined) return { kind: 'unknown' };
  const over = notLive(one, action);
  if (over !== undefined) return over;
  if (one.paymentId === null) return refused({ code: 'no_payment', action: 'refund' });
  const { by } = asked;
  try {
    const result = await requestRefund(deps, {
      paymentId: one.paymentId,
      amount,
      reason,
      actor: by.actor,
      async also(tx: PaymentTx, refund) {
        const changed = await whyChanged(tx, { refund, input });
        if (changed !== undefined) throw new ChangedMeanwhile(changed);
        const open = await tx.stores.cases.findCase(asked.caseId);
        if (open === undefined || !isLive(open)) throw new SettledMeanwhile();
        const decided = { one: open, action, by, reason };
        if (await isAboutMore(tx, open)) await noteDecision(tx, decided);
        else await settleCase(tx, { ...decided, undo: {}, refundId: refund.id });
      },
    });
    if (result.kind === 'refused') return result;
    if (result.kind === 'key_reused') return refused({ code: 'refund_requested_already' });
    if (result.kind === 'awaiting_approval') return { kind: 'decided', code: 'awaiting_approval' };
    const { amountMinor, currency } = result.refund;
    return { kind: 'decided', code: 'refund_requested', amount: { amountMinor, currency } };
  } catch (error) {
    if (error instanceof SettledMeanwhile) return { kind: 'over', by: null };
    if (error instanceof ChangedMeanwhile) return refused(error.refusal);
    throw error;
  }
}

const ofOrder: readonly CaseKind[] = ['payment_underpaid', 'payment_paid_late'];

/** Money that came short or late by another payment of the order is still to be decided: the case is about that then. */
async function isAboutMore(tx: PaymentTx, one: Case): Promise<boolean> {
  const { orderId, paymentId, kind } = one;
  if (orderId === null || !ofOrder.includes(kind)) return false;
  const payments = await tx.stores.payments.listPaymentsForOrder(orderId);
  const refunds = await tx.stores.refunds.listRefundsForOrder(orderId);
  const other = payments.find((payment) => payment.id !== paymentId && moneyOf(payment, refunds) > 0);
  if (other === undefined) return false;
  const facts = { ...one.facts, ...differenceFacts(other), why: other.providerStatus ?? one.facts.why };
  const change = { paymentId: other.id, reference: other.reference, facts, lastRaisedAt: tx.clock.now() };
  await changeCase(tx, one, change);
  return true;
}
