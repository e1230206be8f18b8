import { isLive, unmatchedKey, wasDecided } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { hour, type Milliseconds, second } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { asProviderReference, type PaymentId, type ProviderReference } from '#kernel/ids.ts';
import { compareDecimals, formatAsset } from '#kernel/money.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import { handleChannelEvent } from '../channels/handle-channel-event.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { raiseUnread } from '../lifecycle/unread-payment.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError, ProviderNotUnderstood } from '../ports/provider-errors.ts';
import { refreshPayment } from '../sync/refresh-payment.ts';

/**
 * One event may wait for a running fetch of its payment: the fetch after that one covers all other events. They are put
 * back, so that a payment whose provider hangs occupies two of the workers and not all.
 */
const waitingMax = 1;
const lookAgainMs: Milliseconds = second / 2;

const busy = { kind: 'retry', error: 'the payment is being processed elsewhere' } as const;

/** A decommissioned provider is not called: its events wait until it is called again. */
const retiredWaitMs: Milliseconds = hour;

/** Handles a received event: fetches the payment that the event names from its provider. */
export async function handleInboxEvent(
  deps: SnapshotDeps,
  event: InboxEvent,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const provider = isProviderName(event.source) ? event.source : undefined;
  if (provider === undefined) return { kind: 'give_up', reason: `there is no provider ${event.source}` };
  const known = deps.providers.find(provider);
  if (known?.sales !== undefined) return handleChannelEvent(deps, { provider, sales: known.sales, event, signal });
  const nobodyToAsk: DeliveryResult = { kind: 'give_up', reason: `the provider ${provider} is not configured` };
  // Its bytes are the only evidence: without its provider it waits among the dead letters.
  if (known === undefined && event.trust === 'token') return nobodyToAsk;
  if (isHeldBack(deps, provider)) {
    const error = 'the provider is decommissioned';
    return { kind: 'retry', error, retryAfterMs: retiredWaitMs, isUntried: true };
  }
  const reference = asProviderReference(event.reference);
  const cause: Cause = { kind: 'webhook', id: event.id, actor: { kind: 'provider', id: provider } };
  const { detail } = event;
  const paymentId = await findOrFailure(deps, { provider, reference, detail, signal });
  if (paymentId === undefined) return nobodyToAsk;
  if (paymentId instanceof ProviderError) return putBack(paymentId);
  if (typeof paymentId === 'object') return noteForeign(deps, { provider, reference, found: paymentId, cause });
  const hint = { claimedReference: reference, ...(detail !== null && { detail }) };
  const refresh = await refreshPayment(deps, { paymentId, ...hint, cause, waitingMax, signal });
  switch (refresh.kind) {
    case 'changed':
      return { kind: 'done', outcome: `${refresh.from} -> ${refresh.to}` };
    case 'unchanged':
      return { kind: 'done', outcome: 'unchanged' };
    case 'unknown':
      return { kind: 'done', outcome: 'unknown payment' };
    case 'provider_off':
      return nobodyToAsk;
    case 'busy':
      if (refresh.isHere) return { ...busy, retryAfterMs: lookAgainMs, isUntried: true };
      // By the queue's own backoff: a lease of a crashed process lasts for minutes, and no event may become a dead
      // letter for it.
      return { ...busy, retryAfterMs: null };
    case 'not_understood':
      // Its case and its polls go on; the event said no more than that something has changed.
      return { kind: 'done', outcome: 'not understood' };
    case 'provider_failed':
      return putBack(refresh.error);
    default:
      return refresh satisfies never;
  }
}

function putBack(error: ProviderError): DeliveryResult {
  return { kind: 'retry', error: failureWords(error), retryAfterMs: null };
}

async function findOrFailure(
  ...input: Parameters<typeof findEventPayment>
): Promise<PaymentId | Foreign | ProviderError | undefined> {
  try {
    return await findEventPayment(...input);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

/** An event of a provider whose payments cannot be fetched is the only evidence, and needs no call. */
function isHeldBack(deps: { providers: ProviderRegistry }, provider: ProviderName): boolean {
  const isRetired = (deps.providers.health(provider)?.retiredAt ?? null) !== null;
  return isRetired && deps.providers.find(provider)?.capabilities.canFetch === true;
}

/**
 * Our payment for a provider's reference. An unknown reference may belong to a create whose answer was lost: when
 * fetched, the provider echoes our payment id. Undefined where it would have to be fetched, and the provider is not configured.
 */
export async function findEventPayment(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  input: { provider: ProviderName; reference: ProviderReference; detail: string | null; signal: AbortSignal },
): Promise<PaymentId | Foreign | undefined> {
  const known = await deps.database.read((stores) => stores.payments.findPaymentByReference(input));
  if (known !== undefined) return known.id;
  const provider = deps.providers.find(input.provider);
  if (provider === undefined) return undefined;
  const fetched = await fetchForeign(provider, input);
  const { paymentId } = fetched;
  if (paymentId === null) return fetched;
  const claimed = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
  const isOurs = claimed?.provider === input.provider;
  // A second checkout that the provider made for one payment is not the one that we follow.
  const isOther = claimed?.reference !== null && claimed?.reference !== input.reference;
  return isOurs && !isOther ? claimed.id : fetched;
}

/** A payment whose reference is not ours; without a snapshot, and `unread`, where it is not understood. */
interface Foreign {
  foreign: PaymentSnapshot | undefined;
  paymentId: PaymentId | null;
  unread?: ProviderNotUnderstood;
}

async function fetchForeign(
  provider: PaymentProvider,
  input: { reference: ProviderReference; detail: string | null; signal: AbortSignal },
): Promise<Foreign> {
  const { reference, detail, signal } = input;
  const options = { details: detail === null ? [] : [detail], signal };
  try {
    const foreign = await provider.fetchPayment(reference, options);
    return { foreign, paymentId: foreign.paymentId };
  } catch (error) {
    if (!(error instanceof ProviderNotUnderstood)) throw error;
    return { foreign: undefined, paymentId: error.paymentId, unread: error };
  }
}

async function noteForeign(
  deps: TransactionDeps<PaymentStores>,
  input: { provider: ProviderName; reference: ProviderReference; found: Foreign; cause: Cause },
): Promise<DeliveryResult> {
  const { provider, reference, found, cause } = input;
  const { unread } = found;
  if (unread === undefined) return noteUnknownPayment(deps, { snapshot: found.foreign, cause });
  await inTransaction(deps, cause, (tx) =>
    raiseUnread(tx, { provider, reference, payment: null, what: unread.what, madeAt: null }),
  );
  return { kind: 'done', outcome: 'not understood' };
}

/** Late, short, or of an amount that is not named: money was sent all the same, and no more of it will come. */
function hasMoney({ state, isLate, settlement }: PaymentSnapshot): boolean {
  if (state === 'confirmed' || isLate) return true;
  const isClosed = state === 'expired' || state === 'cancelled';
  return isClosed && settlement !== null && compareDecimals(settlement.received, '0') > 0;
}

/** An unmatched payment only needs an alert once it has money. */
async function noteUnknownPayment(
  deps: TransactionDeps<PaymentStores>,
  input: { snapshot: PaymentSnapshot | undefined; cause: Cause },
): Promise<DeliveryResult> {
  const { snapshot, cause } = input;
  if (snapshot === undefined || !hasMoney(snapshot)) return { kind: 'done', outcome: 'unknown payment' };
  const { provider, reference } = snapshot;
  const outcome = await inTransaction(deps, cause, async (tx) => {
    const key = unmatchedKey(provider, reference);
    const [last] = await tx.stores.cases.listCasesByKeys([key]);
    if (last !== undefined && isLive(last) && last.kind !== 'payment_unknown') return 'unmatched payment, found before';
    // An admin's decision about it stands, however many webhooks follow.
    if (last !== undefined && wasDecided(last)) return 'unmatched payment, decided by an admin';
    await raiseCase(tx, {
      key,
      kind: 'payment_unknown',
      severity: 'warning',
      provider,
      reference,
      subjectAt: snapshot.createdAt,
      actions: ['resolve'],
      facts: {
        headline: 'Unmatched payment with money',
        amount: formatAsset(snapshot.requested),
        detail: `Reference ${reference}`,
        why: snapshot.providerStatus,
        trust: snapshot.trust,
        there: `${snapshot.providerStatus}, ${formatAsset(snapshot.requested)}`,
        money: snapshot.requested,
        label: snapshot.label,
      },
    });
    return 'unmatched payment with money';
  });
  return { kind: 'done', outcome };
}
