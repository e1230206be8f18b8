import { asProviderReference } from '#kernel/ids.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/messaging-store.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import { decidePayment } from '../model/decide-payment.ts';
import type { Payment } from '../model/payment.ts';
import { ProviderError } from '../ports/provider-errors.ts';
import { refreshPayment } from '../sync/refresh-payment.ts';
import { findEventPayment, handleInboxEvent } from './handle-inbox-event.ts';
import type { Move, ReplayMode } from './replay.ts';
import { type ReplayedSale, replaySale } from './replay-channel-event.ts';

export type Replayed = { kind: 'moved'; move: Move } | { kind: 'unchanged' | 'unknown' | 'failed' } | ReplayedSale;

/** Looks once more at what the event is about. A dry run writes nothing: it decides over what the provider shows. */
export async function replayOne(
  deps: PaymentDeps,
  input: { event: InboxEvent; mode: ReplayMode; cause: Cause; signal?: AbortSignal },
): Promise<Replayed> {
  const { event, mode } = input;
  const provider = isProviderName(event.source) ? event.source : undefined;
  const adapter = provider === undefined ? undefined : deps.providers.find(provider);
  if (provider === undefined || adapter === undefined) return { kind: 'failed' };
  const signal = input.signal ?? new AbortController().signal;
  try {
    const { sales } = adapter;
    if (sales !== undefined) return await replaySale(deps, { provider, sales, event, mode, signal });
    const { detail } = event;
    const reference = asProviderReference(event.reference);
    const found = await findEventPayment(deps, { provider, reference, detail, signal });
    if (typeof found === 'object') {
      if (mode === 'real') await handleInboxEvent(deps, event, signal);
      return { kind: 'unknown' };
    }
    const payment = await deps.database.read((stores) => stores.payments.findPayment(found));
    if (payment === undefined) return { kind: 'unknown' };
    const look = { ...input, signal, provider, payment };
    return await (mode === 'real' ? lookForReal(deps, look) : lookOnly(deps, look));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { kind: 'failed' };
  }
}

interface Look {
  event: InboxEvent;
  cause: Cause;
  signal: AbortSignal;
  provider: ProviderName;
  payment: Payment;
}

async function lookOnly(deps: PaymentDeps, { event, signal, provider, payment }: Look): Promise<Replayed> {
  const details = [...new Set([...payment.details, ...(event.detail === null ? [] : [event.detail])])];
  const requested = { amount: payment.requestedAmount, asset: payment.requestedAsset };
  const known = { requested, expiresAt: payment.expiresAt };
  const reference = payment.reference ?? asProviderReference(event.reference);
  const snapshot = await deps.providers.find(provider)?.fetchPayment(reference, { details, known, signal });
  if (snapshot === undefined) return { kind: 'failed' };
  // As when it is applied: the look is newer than whatever is known.
  const decision = decidePayment({ ...payment, evidenceAt: null }, snapshot);
  if (decision.kind !== 'changed') return { kind: 'unchanged' };
  return { kind: 'moved', move: await moveOf(deps, { payment, from: decision.from, to: decision.to }) };
}

async function lookForReal(deps: PaymentDeps, { event, cause, signal, payment }: Look): Promise<Replayed> {
  const hint = {
    claimedReference: asProviderReference(event.reference),
    ...(event.detail !== null && { detail: event.detail }),
  };
  const refresh = await refreshPayment(deps, { paymentId: payment.id, ...hint, cause, signal });
  switch (refresh.kind) {
    case 'changed':
      return { kind: 'moved', move: await moveOf(deps, { payment, from: refresh.from, to: refresh.to }) };
    case 'unchanged':
      return { kind: 'unchanged' };
    case 'unknown':
      return { kind: 'unknown' };
    case 'busy':
    case 'provider_failed':
    case 'provider_off':
      return { kind: 'failed' };
    default:
      return refresh satisfies never;
  }
}

async function moveOf(
  deps: PaymentDeps,
  input: { payment: Payment; from: Move['from']; to: Move['to'] },
): Promise<Move> {
  const { payment, from, to } = input;
  const order = await deps.database.read((stores) => stores.orders.findOrder(payment.orderId));
  const orderNumber = order === undefined ? payment.id : formatOrderNumber(order.number);
  return { orderNumber, provider: payment.provider, from, to };
}
