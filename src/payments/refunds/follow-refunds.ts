import type { RefundId } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import { withPayment } from '../lifecycle/payment-lease.ts';
import type { Refund } from '../model/refund.ts';
import { listUnavailable } from '../ports/provider-availability.ts';
import { ProviderError } from '../ports/provider-errors.ts';
import { fetchRefunds } from './fetch-refunds.ts';
import { postponeRefund } from './record-sending.ts';
import { sendRefund } from './send-refund.ts';

const cause = causeOf({ kind: 'job', id: 'follow-refunds' });

/** Polls refunds that are pending or unknown, most overdue first, at most `limit`. */
export async function followRefunds(
  deps: ProviderDeps & { log: EventLog },
  input: { limit: number; signal?: AbortSignal },
): Promise<{ followed: number; changed: number; failed: number }> {
  const unavailable = listUnavailable(deps.providers);
  const due = await deps.database.read((stores) =>
    stores.refunds.listRefundsToPoll({
      now: deps.clock.now(),
      except: unavailable,
      limit: input.limit,
    }),
  );
  const counts = { followed: 0, changed: 0, failed: 0 };
  for (const refund of due) {
    if (input.signal?.aborted) break;
    const outcome = await followOne(deps, { refund, signal: input.signal });
    counts.followed += 1;
    if (outcome !== 'same') counts[outcome] += 1;
  }
  return counts;
}

async function followOne(
  deps: ProviderDeps & { log: EventLog },
  input: { refund: Refund; signal: AbortSignal | undefined },
): Promise<'changed' | 'failed' | 'same'> {
  const { refund, signal } = input;
  let hasFailed = false;
  try {
    if (refund.status === 'pending') await snapshot(deps, input);
    else await sendRefund(deps, { refundId: refund.id, cause, ...(signal && { signal }) });
  } catch (error) {
    hasFailed = true;
    // It stays on its schedule: a few failing refunds at the head of every list would end polling for all.
    if (!(error instanceof ProviderError)) deps.log.error('refund not followed', { refundId: refund.id }, error);
  }
  const after = await deps.database.read((stores) => stores.refunds.findRefund(refund.id));
  if (after === undefined) return 'failed';
  if (isStillDue(after, deps.clock.now())) await postponeRefund(deps, after);
  if (hasFailed) return 'failed';
  return after.status === refund.status ? 'same' : 'changed';
}

async function snapshot(deps: ProviderDeps, input: { refund: Refund; signal: AbortSignal | undefined }): Promise<void> {
  await withPayment(deps, {
    paymentId: input.refund.paymentId,
    signal: input.signal,
    work: ({ payment }) => fetchRefunds(deps, { payment, cause, signal: input.signal }),
  });
}

function isStillDue(refund: Refund, now: number): boolean {
  return refund.nextPollAt !== null && refund.nextPollAt <= now;
}

/** Fetches one refund when an admin asks for it. */
export async function checkRefund(
  deps: ProviderDeps & { log: EventLog },
  input: { refundId: RefundId },
): Promise<'changed' | 'failed' | 'same' | 'unknown'> {
  const refund = await deps.database.read((stores) => stores.refunds.findRefund(input.refundId));
  return refund === undefined ? 'unknown' : followOne(deps, { refund, signal: undefined });
}
