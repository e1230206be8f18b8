// What the shop is told, attempt by attempt: one id for each fact, signed, with the order as the fact left it.
import type { HeardEvent } from '../../world/shop-site.ts';
import type { Invariant } from '../invariant.ts';
import { createMemory } from '../memory.ts';

interface Fact {
  type: string;
  /** The order as it was sent the first time. */
  body: string;
}

interface HeardOrder {
  facts: Map<string, Fact>;
  /** Ids of what it took. */
  taken: Set<string>;
  /** Lines of its history in the newest event that the shop took, and what that event was. */
  newest: { lines: number; type: string } | undefined;
}

const memoryOf = createMemory(() => ({
  count: 0,
  orders: new Map<string, HeardOrder>(),
  /** Ids of facts that an order has once, which stay even when the database is put back. */
  once: new Map<string, string>(),
  forged: 0,
  restores: 0,
}));

/** The history that an event has is cut at so many lines: from there on it does not tell the older from the newer. */
const linesMax = 100;

export const shopFacts: Invariant = {
  number: 2,
  promise: 'Every fact has one webhook-id, and the shop hears the facts of an order in their order.',
  *always({ world }) {
    const { heard, forged } = world.shop;
    const memory = memoryOf(world);
    // A database of before has facts to come that the shop has heard: some of them come otherwise now.
    if (world.restores.length > memory.restores) {
      memory.restores = world.restores.length;
      memory.count = heard.length;
      memory.orders.clear();
    }
    for (const id of forged.slice(memory.forged)) yield `the shop cannot verify event ${id}`;
    memory.forged = forged.length;
    for (const event of heard.slice(memory.count)) {
      const order = memory.orders.get(event.order.id) ?? { facts: new Map(), taken: new Set(), newest: undefined };
      memory.orders.set(event.order.id, order);
      yield* checkFact(order, event);
      yield* checkPlace(order, event);
      yield* checkOnce(memory.once, event);
    }
    memory.count = heard.length;
  },
};

function* checkFact({ facts }: HeardOrder, event: HeardEvent): Iterable<string> {
  const { id, type, order } = event;
  const what = `${type} ${id} of ${order.number}`;
  const body = JSON.stringify(order);
  const known = facts.get(id);
  if (known === undefined) {
    facts.set(id, { type, body });
    if (!isTrueOf(event)) yield `${what} is sent with an order that is ${order.status}`;
    for (const [otherId, other] of facts) {
      if (otherId === id || other.type !== type) continue;
      if (other.body === body) yield `${what} is the same fact as ${otherId}`;
    }
    return;
  }
  if (known.type !== type) yield `${what} was ${known.type} before`;
  if (known.body !== body) yield `${what} changed from one attempt to the next`;
}

/** What the shop takes is never older than what it has taken: it need not compare times before it believes. */
function* checkPlace(order: HeardOrder, { id, type, status, order: view }: HeardEvent): Iterable<string> {
  if (status >= 300) return;
  const lines = view.timeline.length;
  const { newest } = order;
  if (newest !== undefined && lines < newest.lines && newest.lines < linesMax) {
    // The same event once more, after an answer that did not arrive, tells nothing new.
    if (!order.taken.has(id)) yield `${view.number}: ${type} ${id} is taken after the younger ${newest.type}`;
    order.taken.add(id);
    return;
  }
  order.taken.add(id);
  order.newest = { lines, type };
}

function* checkOnce(known: Map<string, string>, { id, type, order }: HeardEvent): Iterable<string> {
  if (!onceTypes.has(type)) return;
  const key = `${type} ${order.id}`;
  const otherId = known.get(key) ?? id;
  known.set(key, otherId);
  if (otherId !== id) yield `${type} ${id} of ${order.number} is sent under ${otherId}, too`;
}

const onceTypes: ReadonlySet<string> = new Set(['order.paid', 'order.fulfilled']);

const statusesOf: Readonly<Record<string, readonly string[]>> = {
  'order.paid': ['paid'],
  'order.fulfilled': ['fulfilled', 'partially_refunded'],
  'order.expired': ['expired'],
  'order.cancelled': ['cancelled'],
  'order.needs_attention': ['needs_attention'],
};

/** Whether the order that is sent with the fact shows it. */
function isTrueOf({ type, order }: HeardEvent): boolean {
  const statuses = statusesOf[type];
  if (statuses !== undefined) return statuses.includes(order.status);
  if (type === 'order.refunded') return order.refunds.some(({ status }) => status === 'succeeded');
  const status = type === 'payment.restored' ? undefined : type.replace('payment.', '');
  return status === undefined || order.payments.some((payment) => payment.status === status);
}
