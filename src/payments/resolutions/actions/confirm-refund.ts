// A refund that was sent, and that its provider does not show: a person who has looked there says what became of it. The
// provider is asked once more before that, and what it shows goes before what anybody says.
import { causeOf } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../../lifecycle/deps.ts';
import { withPayment } from '../../lifecycle/payment-lease.ts';
import type { Payment } from '../../model/payment.ts';
import { refused } from '../../overrides/override.ts';
import { ProviderError } from '../../ports/provider-errors.ts';
import { tellRefund } from '../../refunds/change-refund.ts';
import { lookAtRefunds } from '../../refunds/look-at-refunds.ts';
import { quietMs } from '../../refunds/send-refund.ts';
import type { ResolvingAction } from '../options/resolution-actions.ts';
import { type Asked, decideOpen, type Resolution, type Resolver, settleException } from './resolution.ts';

type Said = Extract<ResolvingAction, 'went_back' | 'did_not_go'>;

export const sayWentBack: Resolver = (deps, asked) => settle(deps, { asked, action: 'went_back' });
export const sayDidNotGo: Resolver = (deps, asked) => settle(deps, { asked, action: 'did_not_go' });

const events = { went_back: 'said_gone', did_not_go: 'said_not_gone' } as const;
const answers = { went_back: 'It counts as gone back.', did_not_go: 'It counts as failed.' } as const;
const outcomes = { went_back: 'counts as gone back', did_not_go: 'counts as failed' } as const;

async function settle(deps: ProviderDeps, input: { asked: Asked; action: Said }): Promise<Resolution> {
  const { exceptionId } = input.asked;
  const exception = await deps.database.read((stores) => stores.exceptions.findException(exceptionId));
  if (exception === undefined) return { kind: 'unknown' };
  if (exception.paymentId === null) return refused('There is no refund of ours to decide about.');
  // Under the lease nobody sends it meanwhile.
  const leased = await withPayment(deps, {
    paymentId: exception.paymentId,
    async work({ payment }) {
      await lookOnceMore(deps, { payment, asked: input.asked });
      return say(deps, input);
    },
  });
  if (leased.kind === 'done') return leased.result;
  return refused('It is being asked about right now: try again in a moment.');
}

/** A provider that cannot be asked, perhaps never again, leaves the person's word. */
async function lookOnceMore(deps: ProviderDeps, input: { payment: Payment; asked: Asked }): Promise<void> {
  const { actor } = input.asked.by;
  try {
    await lookAtRefunds(deps, { payment: input.payment, cause: causeOf(actor) });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
  }
}

function say(deps: ProviderDeps, { asked, action }: { asked: Asked; action: Said }): Promise<Resolution> {
  return decideOpen(deps, { asked, action }, async ({ tx, exception, reason }) => {
    const { refundId } = exception;
    const refund = refundId === null ? undefined : await tx.stores.refunds.findRefund(refundId);
    if (refund?.status !== 'unknown') return refused('There is no refund of ours to decide about.');
    if (tx.clock.now() - (refund.sentAt ?? refund.createdAt) < quietMs) {
      return refused('It was sent a moment ago and may show yet: say so in ten minutes.');
    }
    const { by } = asked;
    await settleException(tx, { exception, action, by, reason, undo: null });
    const text = `${outcomes[action]}, as ${by.name} says: ${reason}`;
    await tellRefund({ tx, providers: deps.providers }, { refund, event: events[action], text });
    return { kind: 'decided', said: answers[action] };
  });
}
