// A refund that was sent, and that its provider does not show: an admin who has looked there says what became of it. The
// provider is asked once more before that, and what it shows goes before what anybody says.
import { causeOf } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../../lifecycle/deps.ts';
import { withPayment } from '../../lifecycle/payment-lease.ts';
import type { Payment } from '../../model/payment.ts';
import { ProviderError } from '../../ports/provider-errors.ts';
import { applyRefundEvent } from '../../refunds/change-refund.ts';
import { fetchRefunds } from '../../refunds/fetch-refunds.ts';
import { quietMs } from '../../refunds/send-refund.ts';
import type { ResolvingAction } from '../options/resolution-actions.ts';
import { type Asked, decideCaseIn, type Resolution, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

type Said = Extract<ResolvingAction, 'confirm_refunded' | 'confirm_not_refunded'>;

export const confirmRefunded: Resolver = (deps, asked) => settle(deps, { asked, action: 'confirm_refunded' });
export const confirmNotRefunded: Resolver = (deps, asked) => settle(deps, { asked, action: 'confirm_not_refunded' });

const events = { confirm_refunded: 'confirmed_refunded', confirm_not_refunded: 'confirmed_not_refunded' } as const;
const decisions = {
  confirm_refunded: 'counts_as_refunded',
  confirm_not_refunded: 'counts_as_failed',
} as const;
const outcomes = { confirm_refunded: 'counts as gone back', confirm_not_refunded: 'counts as failed' } as const;

async function settle(deps: ProviderDeps, input: { asked: Asked; action: Said }): Promise<Resolution> {
  const { caseId } = input.asked;
  const one = await deps.database.read((stores) => stores.cases.findCase(caseId));
  if (one === undefined) return { kind: 'unknown' };
  if (one.paymentId === null) return refused({ code: 'no_refund' });
  // Under the lease nobody sends it meanwhile.
  const leased = await withPayment(deps, {
    paymentId: one.paymentId,
    async work({ payment }) {
      await lookOnceMore(deps, { payment, asked: input.asked });
      return say(deps, input);
    },
  });
  if (leased.kind === 'done') return leased.result;
  return refused({ code: 'refund_busy' });
}

/** A provider that cannot be asked, perhaps never again, leaves the admin's word. */
async function lookOnceMore(deps: ProviderDeps, input: { payment: Payment; asked: Asked }): Promise<void> {
  const { actor } = input.asked.by;
  try {
    await fetchRefunds(deps, { payment: input.payment, cause: causeOf(actor) });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
  }
}

function say(deps: ProviderDeps, { asked, action }: { asked: Asked; action: Said }): Promise<Resolution> {
  return decideCaseIn(deps, { asked, action }, async ({ tx, one, reason }) => {
    const { refundId } = one;
    const refund = refundId === null ? undefined : await tx.stores.refunds.findRefund(refundId);
    if (refund?.status !== 'unknown') return refused({ code: 'no_refund' });
    if (tx.clock.now() - (refund.sentAt ?? refund.createdAt) < quietMs) {
      return refused({ code: 'refund_just_sent' });
    }
    const { by } = asked;
    await settleCase(tx, { one, action, by, reason, undo: null });
    const text = `${outcomes[action]}, as ${by.name} says: ${reason}`;
    await applyRefundEvent({ tx, providers: deps.providers }, { refund, event: events[action], text });
    return { kind: 'decided', code: decisions[action] };
  });
}
