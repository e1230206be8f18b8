// The shop repeats a request under its key when no answer came: it gets the answer of the first one, and nothing is made twice.
import { second } from '#kernel/clock.ts';
import type { ProviderRecord } from '#sandbox/providers/contract.ts';
import type { ShopRequest } from '../../world/shop-site.ts';
import type { World } from '../../world/world.ts';
import { isForgotten } from '../forgotten.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { ourSideOf } from './our-side.ts';
import { holdingOf, isListing, paymentIdOf, providerSideOf } from './provider-side.ts';

/** A request of a process that has ended meanwhile. */
const onTheWayMaxMs = 30 * second;

interface Answered {
  key: string;
  path: string;
  body: string;
  texts: string[];
}

export const sameAnswer: Invariant = {
  number: 6,
  promise: 'The same idempotency key and body get the same answer, and make no second checkout.',
  *always(look) {
    for (const answered of goodAnswers(look)) {
      const different = new Set(answered.texts);
      if (different.size > 1)
        yield `${answered.path} under ${answered.key} was answered ${[...different].join(' and ')}`;
    }
  },
  *atRest(look) {
    yield* checkouts(look);
    yield* orders(look);
  },
};

/** A database that was put back knows nothing of what came in between, and the shop may get another answer then. */
function isLostRequest({ restores }: World, { at, answeredAt }: ShopRequest): boolean {
  return restores.some(({ backedUpAt, restoredAt }) => at <= restoredAt && answeredAt >= backedUpAt - second);
}

/** What was answered with success, by key, path and body; a refund's answer shows its progress, and only its identity stays. */
function goodAnswers({ world }: Look): Answered[] {
  const known = new Map<string, Answered>();
  for (const request of world.shop.requests) {
    const { key, path, body = '', answers } = request;
    if (key === undefined || isLostRequest(world, request)) continue;
    const id = `${path} ${key} ${body}`;
    const answered = known.get(id) ?? { key, path, body, texts: [] };
    known.set(id, answered);
    for (const answer of answers) {
      if (answer?.status === 201)
        answered.texts.push(path.endsWith('/refunds') ? identityOf(answer.text) : answer.text);
      // Once it has been answered, no repeat is refused.
      else if (answer !== null && answer.status < 500 && answered.texts.length > 0) {
        if (answer.status !== 409 && answer.status !== 429) answered.texts.push(`${answer.status} ${answer.text}`);
      }
    }
  }
  return [...known.values()];
}

function identityOf(text: string): string {
  const { id, amount, currency } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ id, amount, currency });
}

/** Each checkout that we made has a payment of ours, and no payment has two. */
function* checkouts(look: Look): Iterable<string> {
  const payments = new Map(ourSideOf(look).payments.map((payment) => [payment.id, payment]));
  for (const record of providerSideOf(look).all) {
    const paymentId = record.isForeign ? undefined : paymentIdOf(record);
    if (paymentId === undefined || isLostCheckout(look, record)) continue;
    const { provider, reference } = record;
    const payment = payments.get(paymentId);
    if (payment === undefined)
      yield `${provider} has checkout ${reference} of payment ${paymentId}, which we do not know`;
    else if (payment.reference !== reference && isInTheWay(look, record)) {
      yield `${provider} has checkout ${reference} beside ${payment.reference} of payment ${paymentId}`;
    }
  }
}

/** Made after the backup, in the second of it (BTCPay names no smaller part), or on its way when that was put back. */
function isLostCheckout(look: Look, record: ProviderRecord): boolean {
  const { world } = look;
  if (world.restores.length === 0) return false;
  const moments = [0, second, -onTheWayMaxMs].map((ms) => record.createdAtMs + ms);
  return moments.some((at) => isForgotten(world, at)) || wasMadeLate(look, record);
}

/** Where nothing can be searched for, or not yet, the checkout of a lost answer is left behind; nobody has its address. */
function isInTheWay(look: Look, record: ProviderRecord): boolean {
  return (isListing(look, record.provider) && !wasMadeLate(look, record)) || holdingOf(record) !== 'none';
}

/** The provider got the command, or carried it out, after it had been searched for. Old calls are not known any more. */
function wasMadeLate({ world }: Look, { provider, createdAtMs }: ProviderRecord): boolean {
  const isSlow = (what: string): boolean => what.startsWith('the network takes');
  if (world.disturbances.between(createdAtMs - onTheWayMaxMs, createdAtMs, isSlow) !== undefined) return true;
  const calls = world.providers.callLog(provider);
  if ((calls[0]?.atMs ?? 0) > createdAtMs) return true;
  return calls.some(({ fault, wasExecuted, atMs }) => {
    const isLate = fault === 'reset_late' || fault === 'timeout_late';
    return isLate && wasExecuted && Math.abs(atMs - createdAtMs) < 2 * second;
  });
}

/** One order for each key that was answered, and the amount that was asked for. */
function* orders(look: Look): Iterable<string> {
  const ids = new Map<string, string>();
  for (const { path, key, texts } of goodAnswers(look)) {
    const [text] = texts;
    if (path !== '/v1/orders' || text === undefined) continue;
    const { id } = JSON.parse(text) as { id: string };
    const other = ids.get(id);
    if (other !== undefined) yield `the keys ${other} and ${key} got one order, ${id}`;
    ids.set(id, key);
    const order = ourSideOf(look).orders.find((one) => one.id === id);
    if (order === undefined) yield `order ${id} was answered to ${key}, and is not there`;
  }
}
