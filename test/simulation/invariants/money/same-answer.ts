// The shop repeats a request under its key when no answer came: it gets the answer of the first one, and nothing is made twice.
import { second } from '#kernel/clock.ts';
import type { ProviderRecord } from '#sandbox/providers/contract.ts';
import type { ShopRequest } from '../../world/shop-site.ts';
import type { World } from '../../world/world.ts';
import { isForgotten } from '../forgotten.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { answersOf, createsOf, wasMadeAfterSearch, watchCheckouts } from './checkout-calls.ts';
import { ourSideOf } from './our-side.ts';
import { holdingOf, isListing, paymentIdOf, providerSideOf } from './provider-side.ts';

interface Answered {
  key: string;
  path: string;
  body: string;
  texts: string[];
}

export const sameAnswer: Invariant = {
  number: 6,
  promise: 'The same idempotency key and body get the same answer, and make no second checkout.',
  begin: watchCheckouts,
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
  const ours = providerSideOf(look).all.filter(({ isForeign }) => !isForeign);
  for (const [paymentId, records] of Map.groupBy(ours, paymentIdOf)) {
    if (paymentId === undefined || wasForgotten(look, paymentId)) continue;
    const payment = payments.get(paymentId);
    for (const record of records) {
      const { provider, reference } = record;
      if (payment === undefined)
        yield `${provider} has checkout ${reference} of payment ${paymentId}, which we do not know`;
      else if (payment.reference !== reference && isInTheWay(look, { paymentId, record, records })) {
        yield `${provider} has checkout ${reference} beside ${payment.reference} of payment ${paymentId}`;
      }
    }
  }
}

/** A checkout of it was asked for after the backup that was put back. */
function wasForgotten({ world }: Look, paymentId: string): boolean {
  return createsOf(world, paymentId).some((at) => isForgotten(world, at));
}

/** Where nothing can be searched for, or not yet, the checkout of a lost answer is left behind; nobody has its address. */
function isInTheWay(
  look: Look,
  { paymentId, record, records }: { paymentId: string; record: ProviderRecord; records: readonly ProviderRecord[] },
): boolean {
  if (isListing(look, record.provider))
    return holdingOf(record) !== 'none' || !wasMadeAfterSearch(look.world, { paymentId, records });
  return holdingOf(record) !== 'none' && !wasReferenceForgotten(look.world, { paymentId, record });
}

/** It was given out, and then a backup was put back from before the answer that named it; no webhook has named it at another time. */
function wasReferenceForgotten(
  world: World,
  { paymentId, record: { provider, reference } }: { paymentId: string; record: ProviderRecord },
): boolean {
  if (!answersOf(world, paymentId).some((at) => isForgotten(world, at))) return false;
  const told = world.providers.deliveries(provider).filter((delivery) => delivery.reference === reference);
  return told.every(({ outcome, atMs }) => outcome !== 'delivered' || isForgotten(world, atMs));
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
