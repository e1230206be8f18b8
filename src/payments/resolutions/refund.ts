import { formatMoney, type Money } from '#kernel/money.ts';
import type { PaymentDeps } from '../deps.ts';
import type { ResolvingAction } from '../exception-actions.ts';
import { requestRefund } from '../request-refund.ts';
import {
  type Asked,
  notOpen,
  type Resolution,
  type Resolver,
  refused,
  settleException,
  tidyReason,
} from '../resolution.ts';
import { surplusOf } from '../surplus.ts';
import type { Work } from '../work.ts';

/** Gives back what came by the payment that the exception is about. */
export const refundWhatCame: Resolver = (deps, asked) => refundFor(deps, { asked, action: 'refund', amount: 'all' });

/** Gives back what came beyond what was asked for. */
export const refundSurplus: Resolver = async (deps, asked) => {
  const surplus = await deps.database.read(async (stores) => {
    const exception = await stores.exceptions.findException(asked.exceptionId);
    const payment = exception?.paymentId ? await stores.payments.findPayment(exception.paymentId) : undefined;
    return payment && surplusOf(payment, await stores.refunds.listRefundsForPayment(payment.id));
  });
  if (surplus === undefined || surplus.amountMinor === 0) return refused('There is no surplus left to give back.');
  return refundFor(deps, { asked, action: 'refund_surplus', amount: surplus });
};

interface RefundAsked {
  asked: Asked;
  action: Extract<ResolvingAction, 'refund' | 'refund_surplus'>;
  amount: Money | 'all';
}

/** Undoes the request: somebody settled the exception while it was being made. */
class SettledMeanwhile extends Error {
  override readonly name = 'SettledMeanwhile';
}

async function refundFor(deps: PaymentDeps, input: RefundAsked): Promise<Resolution> {
  const { asked, action, amount } = input;
  const reason = tidyReason(asked.reason);
  if (typeof reason !== 'string') return reason;
  const exception = await deps.database.read((stores) => stores.exceptions.findException(asked.exceptionId));
  if (exception === undefined) return { kind: 'unknown' };
  const over = notOpen(exception, action);
  if (over !== undefined) return over;
  if (exception.paymentId === null) return refused('There is no payment of ours to give back.');
  const { by } = asked;
  try {
    const result = await requestRefund(deps, {
      ...{ paymentId: exception.paymentId, amount, reason, actor: by.actor },
      async also(work: Work, refund) {
        const open = await work.stores.exceptions.findException(asked.exceptionId);
        if (open?.status !== 'open') throw new SettledMeanwhile();
        await settleException(work, { exception: open, action, by, reason, undo: {}, refundId: refund.id });
      },
    });
    if (result.kind === 'refused') return refused(result.reason);
    if (result.kind === 'key_reused') return refused('It was asked for already.');
    if (result.kind === 'awaiting_approval') return { kind: 'decided', said: 'A second person has to approve it.' };
    return { kind: 'decided', said: `Refund of ${formatMoney(result.refund)} asked for.` };
  } catch (error) {
    if (error instanceof SettledMeanwhile) return { kind: 'over', by: null };
    throw error;
  }
}
