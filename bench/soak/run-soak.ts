// Webhooks at a steady rate for minutes: whether what waits stays as it is, and memory with it.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentId } from '#kernel/ids.ts';
import type { Pinning } from '../cores.ts';
import { deliveryOf } from '../drain/backlog.ts';
import { atShare } from '../statistics.ts';
import { formatTable } from '../table.ts';
import { type SoakedProduct, startProduct } from './start-product.ts';

export interface SoakPlan {
  perSecond: number;
  seconds: number;
  pinning: Pinning;
  nodeOptions: readonly string[];
}

/** What was seen within a part of the time. */
export interface SoakPart {
  untilSecond: number;
  /** At its end. */
  waiting: number;
  megabytes: number;
  processorMsEach: number;
  answeredP50Ms: number;
  answeredP99Ms: number;
}

export interface SoakFigures {
  parts: SoakPart[];
  /** Answers other than 200. */
  refused: number;
  told: number;
}

const parts = 10;
const connections = 16;
/** After the last webhook the shop has been told of all within this, or never. */
const tailMaxMs = 60_000;

export async function runSoak(plan: SoakPlan): Promise<SoakFigures> {
  const product = await startProduct({ ...plan, orders: plan.perSecond * plan.seconds });
  try {
    const figures = await product.whileItLives(post({ ...plan, ...product }));
    await product.whileItLives(Promise.race([product.outside.heard(product.payments.length), sleep(tailMaxMs)]));
    return { ...figures, told: product.outside.counts().facts };
  } finally {
    await product.stop();
  }
}

async function post(
  input: Pick<SoakPlan, 'perSecond' | 'seconds'> & Pick<SoakedProduct, 'port' | 'payments' | 'seen'>,
): Promise<Omit<SoakFigures, 'told'>> {
  const { perSecond, seconds, port, payments, seen } = input;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const figures: Omit<SoakFigures, 'told'> = { parts: [], refused: 0 };
  let latencies: number[] = [];
  let processorMs = seen().processorMs;
  const startedAt = performance.now();
  const perPart = Math.ceil(payments.length / parts);
  for (const [index, paymentId] of payments.entries()) {
    // By the time since the beginning: a late one makes no later one late.
    const dueMs = startedAt + (index * 1_000) / perSecond - performance.now();
    if (dueMs > 0) await sleep(dueMs);
    const sentAt = performance.now();
    const answered = (status: number | undefined): void => {
      latencies.push(performance.now() - sentAt);
      if (status !== 200) figures.refused += 1;
    };
    send({ agent, port, paymentId, answered });
    if ((index + 1) % perPart > 0 && index + 1 < payments.length) continue;
    const { waiting, megabytes, processorMs: total } = seen();
    const sorted = latencies.toSorted((left, right) => left - right);
    figures.parts.push({
      untilSecond: Math.round(((index + 1) * seconds) / payments.length),
      ...{ waiting, megabytes, processorMsEach: (total - processorMs) / latencies.length },
      ...{ answeredP50Ms: atShare(sorted, 0.5), answeredP99Ms: atShare(sorted, 0.99) },
    });
    latencies = [];
    processorMs = total;
  }
  return figures;
}

function send(input: {
  agent: Agent;
  port: number;
  paymentId: PaymentId;
  answered(status: number | undefined): void;
}): void {
  const { agent, port, paymentId, answered } = input;
  const { headers, body } = deliveryOf(paymentId);
  const call = request(
    { agent, host: '127.0.0.1', port, method: 'POST', path: '/webhooks/btcpay', headers },
    (answer) => {
      answer.resume();
      answer.once('end', () => answered(answer.statusCode));
    },
  );
  call.once('error', () => answered(undefined));
  call.end(body);
}

export function formatSoak({ parts: seen, told, refused }: SoakFigures): string {
  const head = ['until second', 'waiting', 'MB resident', 'processor ms each', 'answered p50 ms', 'p99 ms'];
  const rows = seen.map((part) => [
    String(part.untilSecond),
    String(part.waiting),
    part.megabytes.toFixed(0),
    part.processorMsEach.toFixed(2),
    part.answeredP50Ms.toFixed(1),
    part.answeredP99Ms.toFixed(1),
  ]);
  return `${formatTable([head, ...rows])}\n\nthe shop was told of ${told}, ${refused} webhooks were not answered 200`;
}

/** In the last part no more waits than comes within a second, and what is resident has not grown by a quarter since the third. */
export function soakVerdict({ parts: seen }: SoakFigures): string {
  const [early, late] = [seen[2], seen.at(-1)];
  if (early === undefined || late === undefined) return 'too short to say anything';
  const isSteady = late.waiting <= Math.max(200, 2 * early.waiting) && late.megabytes <= 1.25 * early.megabytes;
  return `${isSteady ? 'reached' : 'MISSED '}  steady: ${late.waiting} wait, ${late.megabytes.toFixed(0)} MB, ${early.megabytes.toFixed(0)} MB before`;
}
