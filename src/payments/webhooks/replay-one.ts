import type { Database } from '#kernel/database.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import { isProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { Refresh } from '../lifecycle/payment-lease.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError } from '../ports/provider-errors.ts';
import { forecastRefresh, refreshPayment } from '../sync/refresh-payment.ts';
import { findEventPayment, handleInboxEvent } from './handle-inbox-event.ts';
import type { Move, ReplayMode } from './replay.ts';
import { type ReplayedChannelEvent, replayChannelEvent } from './replay-channel-event.ts';

export type Replayed =
  | { kind: 'moved'; move: Move }
  | { kind: 'unchanged' | 'unknown' | 'failed' }
  | ReplayedChannelEvent;

/** Processes the event again. A dry run does the same and rolls it back. */
export async function replayOne(
  deps: SnapshotDeps,
  input: { event: InboxEvent; mode: ReplayMode; cause: Cause; signal?: AbortSignal },
): Promise<Replayed> {
  const { event, mode, cause } = input;
  const provider = isProviderName(event.source) ? event.source : undefined;
  const adapter = provider === undefined ? undefined : deps.providers.find(provider);
  if (provider === undefined || adapter === undefined) return { kind: 'failed' };
  const signal = input.signal ?? new AbortController().signal;
  try {
    const { sales } = adapter;
    if (sales !== undefined) return await replayChannelEvent(deps, { provider, sales, event, mode, signal });
    const reference = asProviderReference(event.reference);
    const found = await findEventPayment(deps, { provider, reference, detail: event.detail, signal });
    if (found === undefined) return { kind: 'failed' };
    if (typeof found === 'object') {
      if (mode === 'real') await handleInboxEvent(deps, event, signal);
      return { kind: 'unknown' };
    }
    const detail = event.detail ?? undefined;
    const hint = { paymentId: found, claimedReference: reference, cause, signal };
    const refresh =
      mode === 'real'
        ? await refreshPayment(deps, { ...hint, ...(detail !== undefined && { detail }) })
        : await forecastRefresh(deps, { ...hint, detail });
    return await describe(deps, { paymentId: found, provider, refresh });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { kind: 'failed' };
  }
}

async function describe(
  deps: { database: Database<PaymentStores> },
  { refresh, ...about }: Pick<Move, 'provider'> & { paymentId: PaymentId; refresh: Refresh },
): Promise<Replayed> {
  switch (refresh.kind) {
    case 'changed': {
      const { from, to } = refresh;
      return { kind: 'moved', move: { provider: about.provider, orderNumber: await numberOf(deps, about), from, to } };
    }
    case 'unchanged':
    case 'unknown':
      return { kind: refresh.kind };
    case 'busy':
    case 'not_understood':
    case 'provider_failed':
    case 'provider_off':
      return { kind: 'failed' };
    default:
      return refresh satisfies never;
  }
}

function numberOf(
  deps: { database: Database<PaymentStores> },
  { paymentId }: { paymentId: PaymentId },
): Promise<string> {
  return deps.database.read(async (stores) => {
    const payment = await stores.payments.findPayment(paymentId);
    const order = payment && (await stores.orders.findOrder(payment.orderId));
    return order === undefined ? paymentId : formatOrderNumber(order.number);
  });
}
