import { hour, type Milliseconds, second } from '#kernel/clock.ts';
import { type AssetAmount, type Money, toDecimal } from '#kernel/money.ts';
import { clip } from '#kernel/text.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type { CreatePaymentRequest, PaymentProvider } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import { isUnreadEntry, listed, notUnderstood, type UnreadEntry, understood } from '../kit/list-entries.ts';
import { collectedPages } from '../kit/paging.ts';
import { acceptableAddress, neededQuote } from '../kit/payment-request.ts';
import { madeAt, paymentUuid } from '../kit/payment-uuid.ts';
import type { ProviderTools } from '../kit/provider-definition.ts';
import { firstOf } from '../kit/settings.ts';
import { type Checkout, mayBeOf, toSnapshot } from './checkout.ts';
import { type CoinbaseClient, createCoinbaseClient } from './client.ts';
import { readCoinbaseKey } from './jwt.ts';
import { createCoinbaseRefunds } from './refunds.ts';
import { checkCoinbaseSetUp, subscriptionSourceOf } from './set-up.ts';
import { verifyCoinbaseWebhook } from './webhook.ts';

export interface CoinbaseSettings {
  keyId: string;
  /** The first signs. */
  keySecrets: readonly string[];
  /** Any of them verifies, so that the secret can be rotated. */
  webhookSecrets: readonly string[];
  /** Everything before `/checkouts`. */
  apiUrl: string;
  /** `body`: only the signature over the body is checked, for a proxy that rewrites signed headers. */
  webhookScheme?: 'headers' | 'body';
}

const amountMinMinor = 1;
const amountMaxMinor = 10_000_000_000;
const descriptionMax = 500;
const metadataMax = 100;
/** By how much the clocks of Coinbase and of this host may differ when a checkout is searched by its time. */
const clockSkewMs = hour;

/**
 * Coinbase Business Checkouts: USDC on Base, the exact amount, once. An order in USD is asked for as the same number of
 * USDC; other currencies are not taken. Throws ProviderSettingInvalid for a key that cannot be read.
 */
export function createCoinbaseProvider(tools: ProviderTools, settings: CoinbaseSettings): PaymentProvider {
  const { clock } = tools;
  const key = readCoinbaseKey({
    keyId: settings.keyId,
    secret: firstOf(settings.keySecrets, 'COINBASE_API_KEY_SECRET'),
  });
  const { apiUrl } = settings;
  const client = createCoinbaseClient(tools, { apiUrl, key });
  const show = (checkout: Checkout): PaymentSnapshot => toSnapshot(checkout, clock.now());

  return {
    name: 'coinbase',
    capabilities: {
      canCreate: true,
      canFetch: true,
      canList: true,
      canCancel: true,
      canFindLostCreate: true,
      returnsOddPayments: false,
      tellsFees: true,
      gaps: ['Coinbase takes orders in USD and USDC only, and asks for 1 USDC where the order says 1 USD.'],
    },
    quote,
    createPayment: (request, signal) => createPayment({ client, clock }, request, signal),
    async findCreatedPayment(request, signal) {
      const found = await findCheckout(client, request, signal);
      return found === undefined ? undefined : show(found);
    },
    fetchPayment: async (reference, options) => show(await client.fetchCheckout(reference, options?.signal)),
    async *listPayments({ from, to }, signal) {
      for await (const entries of pagesOf(client, { from, to }, signal)) {
        // Whether the ends belong to Coinbase's window is not documented.
        const isWithin = ({ createdAt }: Checkout | UnreadEntry): boolean =>
          !createdAt || (createdAt >= from && createdAt < to);
        yield listed('coinbase', { entries: entries.filter(isWithin), show });
      }
    },
    cancelPayment: (reference, signal) => cancelCheckout(client, reference, signal),
    refunds: createCoinbaseRefunds(client),
    // The fee stands in `settlement` of each checkout, and so in every snapshot; Coinbase has no list of payouts.
    fees: null,
    verifyWebhook: (delivery, now) =>
      verifyCoinbaseWebhook(delivery, { secrets: settings.webhookSecrets, scheme: settings.webhookScheme, now }),
    async probe(signal) {
      await client.listPage({ from: clock.now() - second, pageSize: 1 }, signal);
    },
    checkSetUp: (about, signal) =>
      checkCoinbaseSetUp(client, { ...about, subscriptions: subscriptionSourceOf(apiUrl), now: clock.now() }, signal),
  };
}

function quote({ amountMinor, currency }: Money): AssetAmount | undefined {
  if (currency !== 'USD' && currency !== 'USDC') return undefined;
  if (amountMinor < amountMinMinor || amountMinor > amountMaxMinor) return undefined;
  return { amount: toDecimal({ amountMinor, currency }), asset: 'USDC' };
}

async function createPayment(
  deps: { client: CoinbaseClient; clock: ProviderTools['clock'] },
  request: CreatePaymentRequest,
  signal?: AbortSignal,
): Promise<PaymentSnapshot> {
  const { client, clock } = deps;
  const startedAt = clock.now();
  try {
    const body = createBody(request);
    const idempotencyKey = paymentUuid(request.paymentId);
    const { checkout, attempts } = await client.createCheckout({ idempotencyKey, body, signal });
    // A repeated key gets the first answer again, from when nobody had paid yet: the current state has to be fetched.
    const isReplay = attempts > 1 || (checkout.createdAt ?? 0) < startedAt - second;
    return toSnapshot(isReplay ? await client.fetchCheckout(checkout.id, signal) : checkout, clock.now());
  } catch (error) {
    // The key was used with other bytes, by an earlier version of this program: the checkout is there.
    if (!(error instanceof ProviderRejected) || error.code !== 'idempotency_error') throw error;
    const found = await findCheckout(client, request, signal);
    if (found === undefined) throw error;
    return toSnapshot(found, clock.now());
  }
}

/** Always the same bytes for the same request: Coinbase refuses a known key with another body. */
function createBody(request: CreatePaymentRequest): string {
  const asked = neededQuote({ name: 'coinbase', quote }, request);
  const redirectUrl = acceptableAddress(request.redirectUrl);
  return JSON.stringify({
    amount: asked.amount,
    currency: asked.asset,
    network: 'base',
    description: clip(request.description, descriptionMax),
    metadata: { orderId: clip(request.orderNumber, metadataMax), paymentId: request.paymentId },
    successRedirectUrl: redirectUrl,
    failRedirectUrl: redirectUrl,
    expiresAt: new Date(request.expiresAt).toISOString(),
  });
}

/**
 * Coinbase cannot search by metadata, so all checkouts made since the payment got its id are read. One that is not
 * understood may be it.
 */
async function findCheckout(
  client: CoinbaseClient,
  request: CreatePaymentRequest,
  signal?: AbortSignal,
): Promise<Checkout | undefined> {
  const { paymentId } = request;
  const window = { from: Math.max(0, madeAt(paymentId) - clockSkewMs) };
  let unread: UnreadEntry | undefined;
  for await (const entries of pagesOf(client, window, signal)) {
    const found = understood(entries).find(({ metadata }) => metadata?.['paymentId'] === paymentId);
    if (found !== undefined) return found;
    unread ??= entries.filter(isUnreadEntry).find((entry) => mayBeOf(entry, paymentId));
  }
  if (unread === undefined) return undefined;
  throw notUnderstood('coinbase', { operation: 'find_payment', entry: unread });
}

function pagesOf(client: CoinbaseClient, window: { from: Milliseconds; to?: Milliseconds }, signal?: AbortSignal) {
  return collectedPages({ provider: 'coinbase' }, async (pageToken: string | undefined) => {
    const { checkouts, nextPageToken } = await client.listPage({ ...window, pageToken }, signal);
    return { items: checkouts, next: nextPageToken ? nextPageToken : undefined };
  });
}

async function cancelCheckout(client: CoinbaseClient, reference: string, signal?: AbortSignal): Promise<void> {
  try {
    await client.deactivateCheckout(reference, signal);
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    // Only an ACTIVE checkout can be closed; one that is in any other state needs no closing.
    const { status } = await client.fetchCheckout(reference, signal);
    if (status === 'ACTIVE') throw error;
  }
}
