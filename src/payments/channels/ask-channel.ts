// What the channel itself says of an order that an event reports: whether it knows the license keys, and what its list of
// coupons has. A channel answers about one question a second, and whoever forges events asks a thousand: few of them wait
// for their turn, so that the workers stay free for the events of others, and none waits for ever.

import type { Product } from '#catalog/product.ts';
import { type Clock, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { createKeyedMutex, type KeyedMutex } from '#kernel/keyed-mutex.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError, ProviderRejected } from '../ports/provider-errors.ts';
import type { ChannelOrder, ChannelOrderItem, SalesChannel } from '../ports/sales-channel.ts';
import { type ChannelEvidence, type CouponCheck, type LicenseCheck, productOf } from './check-channel-order.ts';

/** How often a channel that does not answer is asked about an order; then an admin decides without its answer. */
const attemptsMax = 4;
/** So many license keys of one order are checked; at one a second, more would hold up the events behind it. */
const licensesMax = 10;
/** One event is asked about and one more waits; the others are put back. */
const waitingMax = 1;
const putBackMinMs: Milliseconds = 5 * second;
/** An order that had no turn for so long is held for review instead. */
const turnWithinMs: Milliseconds = 10 * minute;

export interface AboutOrder {
  provider: ProviderName;
  sales: Pick<SalesChannel, 'verifyLicense' | 'listCoupons'>;
  event: InboxEvent;
  channelOrder: ChannelOrder;
  /** Somebody waits for the answer: the event is not put back, however many are before it. */
  isAwaited?: true;
  signal: AbortSignal;
}

/** The channel did not answer, or there was no turn (`retryAfterMs` says when there may be one): it is asked later. */
export interface Unanswered {
  kind: 'unanswered';
  error: string;
  retryAfterMs: Milliseconds | null;
}

// A queue per composition and not per module: two of them in one test process act as two processes.
const queues = new WeakMap<object, KeyedMutex>();

function queueOf(deps: AskDeps): KeyedMutex {
  const queue = queues.get(deps.database) ?? createKeyedMutex();
  queues.set(deps.database, queue);
  return queue;
}

interface AskDeps {
  database: Database<PaymentStores>;
  clock: Clock;
}

type Question = { item: ChannelOrderItem; product: Product } | undefined;

export async function askChannel(deps: AskDeps, about: AboutOrder): Promise<ChannelEvidence | Unanswered> {
  const { provider, channelOrder, event } = about;
  const licenses = await listQuestions(deps, about);
  const hasQuestions = channelOrder.coupons.length > 0 || licenses.some((question) => question !== undefined);
  if (!hasQuestions) return { licenses: licenses.map(() => undefined), coupons: [] };
  const queue = queueOf(deps);
  if (about.isAwaited || queue.depth(provider) <= waitingMax) {
    return queue.run(provider, () => ask(deps, { about, licenses }));
  }
  const why = 'too many orders were to be checked at once';
  const waitedMs = deps.clock.now() - event.receivedAt;
  if (waitedMs >= turnWithinMs) return notAsked(about, why);
  // The longer it waits the later it comes back: a thousand that wait cost little.
  return { kind: 'unanswered', error: why, retryAfterMs: Math.max(putBackMinMs, waitedMs) };
}

async function ask(
  deps: AskDeps,
  { about, licenses }: { about: AboutOrder; licenses: readonly Question[] },
): Promise<ChannelEvidence | Unanswered> {
  try {
    const checks: (LicenseCheck | undefined)[] = [];
    for (const question of licenses) checks.push(question && (await checkLicense(deps, { ...about, ...question })));
    return { licenses: checks, coupons: await checkCoupons(about) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (about.event.startedAttempts >= attemptsMax) return notAsked(about, failureWords(error));
    return { kind: 'unanswered', error: failureWords(error), retryAfterMs: null };
  }
}

function notAsked({ channelOrder }: AboutOrder, why: string): ChannelEvidence {
  const license: LicenseCheck = { kind: 'not_asked', why: `the license could not be checked: ${why}` };
  return {
    licenses: channelOrder.items.map(() => license),
    coupons: channelOrder.coupons.map(() => ({ kind: 'not_asked', why })),
  };
}

/** For each item the product whose licenses are checked; undefined where they are not. */
async function listQuestions(deps: AskDeps, { provider, channelOrder }: AboutOrder): Promise<Question[]> {
  const keys = channelOrder.items.flatMap(({ productKey }) => (productKey === null ? [] : [productKey]));
  const products = await deps.database.read((stores) =>
    stores.products.listProductsByChannelKey({ channel: provider, keys }),
  );
  return channelOrder.items.map((item, index) => {
    const product = productOf(item, products);
    return product?.hasLicenseSecret === true && index < licensesMax ? { item, product } : undefined;
  });
}

/** Only the code is the event's word: what it takes off is what the channel's own list says. */
async function checkCoupons({ channelOrder, sales, signal }: AboutOrder): Promise<CouponCheck[]> {
  if (channelOrder.coupons.length === 0) return [];
  const { coupons, isWhole } = await sales.listCoupons(signal);
  const missing: CouponCheck = isWhole
    ? { kind: 'unknown' }
    : { kind: 'not_asked', why: 'there are more coupons than are read' };
  return channelOrder.coupons.map(({ code }) => {
    const coupon = coupons.find((known) => known.code.toLowerCase() === code.toLowerCase());
    return coupon === undefined ? missing : { kind: 'known', coupon };
  });
}

async function checkLicense(
  deps: AskDeps,
  about: AboutOrder & { item: ChannelOrderItem; product: Product },
): Promise<LicenseCheck> {
  const { item, product, sales, signal } = about;
  const { licenseKey } = item;
  if (licenseKey === null) return { kind: 'not_asked', why: 'it has no license key' };
  const productSecret = await deps.database.read((stores) => stores.products.findLicenseSecret(product.id));
  if (productSecret === null) return { kind: 'not_asked', why: 'its secret key was removed meanwhile' };
  try {
    return await sales.verifyLicense({ licenseKey, productSecret }, signal);
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    return { kind: 'not_asked', why: `the license could not be checked: ${failureWords(error)}` };
  }
}
