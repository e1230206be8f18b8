// What the providers hold, read from their own records with a table of its own: nothing of the product's reading is used here,
// so that a fault in it cannot hide itself.
import { currencyDigits } from '#kernel/money.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { ProviderRecord, WebhookDelivery } from '#sandbox/providers/contract.ts';
import { currencyPlaces, toUnits } from '#sandbox/providers/decimal.ts';
import { coinPlaces } from '#sandbox/providers/nowpayments/invoice.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { isForgotten } from '../forgotten.ts';
import type { Look } from '../look.ts';
import { ourSideOf } from './our-side.ts';

/**
 * `open`: a part came, and the rest may come. `unconfirmed`: all of it was seen. `failed`: money is there that the provider will
 * not confirm. `confirmed`: the shop has it, whether it is enough or not.
 */
export type Holding = 'none' | 'open' | 'unconfirmed' | 'failed' | 'confirmed';

const holdings: Readonly<Record<ProviderName, Readonly<Record<string, Holding>>>> = {
  coinbase: {
    ACTIVE: 'none',
    PROCESSING: 'unconfirmed',
    COMPLETED: 'confirmed',
    PARTIALLY_REFUNDED: 'confirmed',
    REFUNDED: 'confirmed',
    FAILED: 'none',
    EXPIRED: 'none',
    DEACTIVATED: 'none',
  },
  bitpay: {
    new: 'open',
    paid: 'unconfirmed',
    confirmed: 'confirmed',
    complete: 'confirmed',
    expired: 'confirmed',
    invalid: 'failed',
    declined: 'failed',
  },
  btcpay: { New: 'open', Processing: 'unconfirmed', Settled: 'confirmed', Expired: 'confirmed', Invalid: 'failed' },
  nowpayments: {
    'no payment': 'none',
    waiting: 'none',
    confirming: 'unconfirmed',
    confirmed: 'unconfirmed',
    sending: 'unconfirmed',
    finished: 'confirmed',
    partially_paid: 'confirmed',
    expired: 'confirmed',
    failed: 'failed',
    refunded: 'none',
  },
  payhip: { basket: 'none', paid: 'confirmed', 'partially refunded': 'confirmed', refunded: 'confirmed' },
};

export function holdingOf(record: ProviderRecord): Holding {
  const holding = holdings[record.provider][record.status];
  if (holding === undefined) throw new Error(`nobody knows what ${record.provider} holds in status ${record.status}`);
  return paidMinor(record) === 0 && !isSeen(record) ? 'none' : holding;
}

const seen: readonly string[] = ['PROCESSING', 'partially_paid', 'paidPartial', 'PaidPartial'];

/** Coinbase names no amount before the end, and a part of a cent rounds to nothing: words alone say that money was seen. */
function isSeen({ status, exception }: ProviderRecord): boolean {
  return seen.includes(status) || seen.includes(exception);
}

/** The money, or the rest of it, came after the checkout had closed. */
export function isLate({ provider, status, exception }: ProviderRecord): boolean {
  return (provider === 'btcpay' && exception === 'PaidLate') || (provider === 'nowpayments' && status !== 'finished');
}

export function paidMinor(record: ProviderRecord): number {
  return minorOf(record, record.paid);
}

export function askedMinor(record: ProviderRecord): number {
  return minorOf(record, record.amount);
}

/** How much more came than was asked for, in the unit that the provider compares in; less than nothing when it came short. */
export function gapOf(record: ProviderRecord): number {
  const { inCoin } = record;
  if (inCoin === undefined) return paidMinor(record) - askedMinor(record);
  return Number(toUnits(inCoin.paid, coinPlaces) - toUnits(inCoin.amount, coinPlaces));
}

/** What the shop has of it: some providers send the buyer back whatever is not exactly what was asked for. */
export function confirmedMinor(record: ProviderRecord): number {
  if (holdingOf(record) !== 'confirmed') return 0;
  const [paid, asked] = [paidMinor(record), askedMinor(record)];
  if (!simulators[record.provider].returnsOddPayments) return paid;
  return paid >= asked ? asked : 0;
}

const succeeded: readonly string[] = ['COMPLETED', 'success', 'Completed', 'succeeded'];
const ended: readonly string[] = ['FAILED', 'failure', 'cancelled', 'Archived', 'preview'];

export function isRefunded({ status }: { status: string }): boolean {
  return succeeded.includes(status);
}

/** It was refunded, or may still be. */
export function mayRefund({ status }: { status: string }): boolean {
  return !ended.includes(status);
}

export function refundedMinor(record: ProviderRecord): number {
  return record.refunds.filter(isRefunded).reduce((sum, { amount }) => sum + minorOf(record, amount), 0);
}

export function minorOf({ currency }: ProviderRecord, amount: string): number {
  const places = currency === 'USDC' ? currencyDigits('USD') : (currencyPlaces(currency) ?? 2);
  return Number(toUnits(amount, places));
}

/** Our payment id, where the product has put it. */
export function paymentIdOf({ provider, metadata, orderId }: ProviderRecord): string | undefined {
  const id = { coinbase: metadata['paymentId'], bitpay: metadata['posData'], payhip: undefined };
  const found = provider === 'btcpay' || provider === 'nowpayments' ? orderId : id[provider];
  return typeof found === 'string' ? found : undefined;
}

export interface ProviderSide {
  readonly all: readonly ProviderRecord[];
  find(provider: string, reference: string | null): ProviderRecord | undefined;
}

const read = new WeakMap<Look, ProviderSide>();

/** All records of all providers; read once for each look. */
export function providerSideOf(look: Look): ProviderSide {
  const known = read.get(look);
  if (known !== undefined) return known;
  const all = providerNames.flatMap((name) => look.world.providers.records(name));
  const byReference = new Map(all.map((record) => [`${record.provider} ${record.reference}`, record]));
  const side = {
    all,
    find: (provider: string, reference: string | null) => byReference.get(`${provider} ${reference}`),
  };
  read.set(look, side);
  return side;
}

/** Whether the provider lists what it holds, so that a comparison finds what no webhook told. */
export function isListing({ world }: Look, provider: ProviderName): boolean {
  if (provider === 'bitpay') return (world.operator.environment['BITPAY_MERCHANT_TOKEN'] ?? '') !== '';
  return provider === 'coinbase' || provider === 'btcpay';
}

/** A payment of ours is asked for itself: what comes of it is found whether a webhook told of it or not. */
function isAskedFor(look: Look, { provider, reference }: ProviderRecord): boolean {
  const isKnown = ourSideOf(look).findPayment(provider, reference) !== undefined;
  if (provider === 'bitpay') return isKnown;
  // Only with its dashboard's login NOWPayments shows payments of an invoice that no webhook named.
  const hasLogin = (look.world.operator.environment['NOWPAYMENTS_EMAIL'] ?? '') !== '';
  return provider === 'nowpayments' && hasLogin && isKnown;
}

const deadLetters = 'select count(*) from inbox_events where source = ? and reference = ? and abandoned_at is not null';

/**
 * Of a provider that lists nothing, what no webhook told cannot be known, nor what a restored backup forgot, since it is told
 * only once; and of one that an admin gave up nothing is asked: the product says so in its documentation. True when a word
 * about the payment did not reach the product.
 */
export function isUnheard(look: Look, record: ProviderRecord): boolean {
  const { provider, reference } = record;
  const isGivenUp = 'select count(*) from provider_outages where live_provider = ? and retired_at is not null';
  if (look.count(isGivenUp, provider) > 0) return true;
  if (isListing(look, provider) || isAskedFor(look, record)) return false;
  const { world } = look;
  // It comes late by days, or waits for an admin, since it came just before its provider was removed.
  if (world.providers.waitingWebhooks(provider).includes(reference)) return true;
  if (look.count(deadLetters, provider, reference) > 0) return true;
  const told = world.providers.deliveries(provider).filter((delivery) => delivery.reference === reference);
  const events = Map.groupBy(told, ({ eventId }) => eventId);
  const isKnown = ({ outcome, atMs }: WebhookDelivery) => outcome === 'delivered' && !isForgotten(world, atMs);
  return [...events.values()].some((attempts) => !attempts.some(isKnown));
}
