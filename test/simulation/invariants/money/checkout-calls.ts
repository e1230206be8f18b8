// The calls by which the product asked for checkouts, and those by which it looked for them: whether one came to be behind its back.
import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderRecord } from '#sandbox/providers/contract.ts';
import { addresses } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { createMemory } from '../memory.ts';

interface CheckoutCalls {
  /** When a create left, by the ids that stand in it. */
  readonly createsOf: Map<string, Milliseconds[]>;
  /** When an answer to one of them came, by the same ids. */
  readonly answersOf: Map<string, Milliseconds[]>;
  /** When a search arrived, by the ids that stand in its address. */
  readonly searchesOf: Map<string, Milliseconds[]>;
}

const callsOf = createMemory<CheckoutCalls>(() => ({
  createsOf: new Map(),
  answersOf: new Map(),
  searchesOf: new Map(),
}));

const createPath = /\/(?:invoices?|checkouts)$/;
const ids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

export function watchCheckouts(world: World): void {
  const { createsOf, answersOf, searchesOf } = callsOf(world);
  world.onPassed(({ request: { method, url, body }, answer }) => {
    if (method !== 'POST' || typeof body !== 'string' || !createPath.test(url)) return;
    if (new URL(url).host !== addresses.providers) return;
    note(answer === undefined ? createsOf : answersOf, { text: body, at: world.now() });
  });
  world.onProviderCall(({ method, url }) => {
    if (method === 'GET') note(searchesOf, { text: url, at: world.now() });
  });
}

function note(moments: Map<string, Milliseconds[]>, { text, at }: { text: string; at: Milliseconds }): void {
  for (const id of new Set(text.match(ids))) {
    const known = moments.get(id);
    if (known === undefined) moments.set(id, [at]);
    else known.push(at);
  }
}

/** When the creates of the payment's checkouts left the product. */
export function createsOf(world: World, paymentId: string): readonly Milliseconds[] {
  return callsOf(world).createsOf.get(paymentId) ?? [];
}

/** When their answers came. */
export function answersOf(world: World, paymentId: string): readonly Milliseconds[] {
  return callsOf(world).answersOf.get(paymentId) ?? [];
}

/**
 * Whether one of the payment's checkouts was made after the search that was to find it: since the last search before the last
 * create more of them were made than were asked for. No client can see that, where the provider knows no keys.
 */
export function wasMadeAfterSearch(
  world: World,
  of: { paymentId: string; records: readonly ProviderRecord[] },
): boolean {
  const { paymentId, records } = of;
  const creates = createsOf(world, paymentId);
  const last = creates.at(-1) ?? Number.NEGATIVE_INFINITY;
  const searchedAt = callsOf(world)
    .searchesOf.get(paymentId)
    ?.findLast((at) => at <= last);
  if (searchedAt === undefined) return false;
  const made = records.filter((record) => madeUntil(record) >= searchedAt).length;
  return made > creates.filter((at) => at >= searchedAt).length;
}

/** BTCPay names no part of a second. */
function madeUntil({ createdAtMs }: ProviderRecord): Milliseconds {
  return createdAtMs % 1_000 === 0 ? createdAtMs + 999 : createdAtMs;
}
