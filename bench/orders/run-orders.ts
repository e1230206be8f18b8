// Orders that the shop's site asks for, from its request to the answer with the address of the payment's page. The product is in one
// process; the site, and a provider that answers at once, in this one.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pinning } from '../cores.ts';
import { amount, currency, storeApiKey } from '../drain/account.ts';
import { startProduct } from '../soak/start-product.ts';
import { atShare } from '../statistics.ts';
import { formatTable } from '../table.ts';

export interface OrdersPlan {
  orders: number;
  warmUp: number;
  /** So many requests are on their way at once. */
  atOnce: number;
  pinning: Pinning;
  nodeOptions: readonly string[];
}

export interface OrdersFigures {
  perSecond: number;
  processorMsEach: number;
  p50Ms: number;
  p99Ms: number;
  providerCallsEach: number;
}

const aimPerSecond = 1_000;
/** The product says of itself what it has used every second. */
const lookMs = 1_500;

export async function runOrders(plan: OrdersPlan): Promise<OrdersFigures> {
  const product = await startProduct({ ...plan, orders: 0 });
  const { port, outside, seen, whileItLives } = product;
  const agent = new Agent({ keepAlive: true, maxSockets: plan.atOnce });
  let next = 0;
  /** In milliseconds each. */
  const ask = async (count: number): Promise<number[]> => {
    const took: number[] = [];
    const end = next + count;
    const one = async (): Promise<void> => {
      while (next < end) {
        next += 1;
        const sentAt = performance.now();
        const status = await place({ agent, port, number: next });
        if (status !== 201) throw new Error(`an order was answered ${status}`);
        took.push(performance.now() - sentAt);
      }
    };
    await whileItLives(Promise.all(Array.from({ length: plan.atOnce }, one)));
    return took;
  };
  try {
    await ask(plan.warmUp);
    await sleep(lookMs);
    const before = { processorMs: seen().processorMs, calls: outside.counts().providerCalls };
    const startedAt = performance.now();
    const took = await ask(plan.orders);
    const ms = performance.now() - startedAt;
    await sleep(lookMs);
    const sorted = took.toSorted((left, right) => left - right);
    return {
      perSecond: (plan.orders * 1_000) / ms,
      processorMsEach: (seen().processorMs - before.processorMs) / plan.orders,
      p50Ms: atShare(sorted, 0.5),
      p99Ms: atShare(sorted, 0.99),
      providerCallsEach: (outside.counts().providerCalls - before.calls) / plan.orders,
    };
  } finally {
    agent.destroy();
    await product.stop();
  }
}

function place({ agent, port, number }: { agent: Agent; port: number; number: number }): Promise<number | undefined> {
  const body = JSON.stringify({
    currency,
    items: [{ sku: 'fr-3', name: 'Field recordings, volume three', quantity: 1, unit_amount: amount }],
    reference: `cart-${number}`,
    customer: { email: `buyer-${number}@example.org`, name: 'Ada Oberhuber' },
  });
  const headers = {
    authorization: `Bearer ${storeApiKey}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'idempotency-key': `order-${number}`,
  };
  return new Promise((resolve, reject) => {
    const call = request({ agent, host: '127.0.0.1', port, method: 'POST', path: '/v1/orders', headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    });
    call.once('error', reject);
    call.end(body);
  });
}

export function formatOrders(figures: OrdersFigures): string {
  return formatTable([
    ['POST /v1/orders', ''],
    ['a second', figures.perSecond.toFixed(0)],
    ['processor ms, product', figures.processorMsEach.toFixed(2)],
    ['answered, p50 ms', figures.p50Ms.toFixed(1)],
    ['answered, p99 ms', figures.p99Ms.toFixed(1)],
    ['calls to the provider', figures.providerCallsEach.toFixed(2)],
  ]);
}

export function ordersVerdict({ perSecond }: OrdersFigures): string {
  const said = perSecond >= aimPerSecond ? 'reached' : 'MISSED ';
  return `${said}  ${perSecond.toFixed(0)} orders a second, aim at least ${aimPerSecond}`;
}
