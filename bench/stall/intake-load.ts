// Webhooks that come at a steady rate while something else goes on, in the product's own process: how long each waits is counted
// from when it was due, so that those that could not even be sent, because the event loop stood still, count with their whole wait.
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenedShop } from '../scale/shop/opened-shop.ts';
import { atShare } from '../statistics.ts';

export interface Waits {
  webhooks: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** The same without the time in which this thread waited for a processor: of a wait, the share in which it worked. */
  workedP99Ms: number;
  workedMaxMs: number;
}

export interface IntakeLoad {
  /** Resolves once all are answered. */
  stop(): Promise<Waits>;
}

/** Few enough for a machine on which others work, too. */
export const everyMs = 25;

export function startIntake(
  shop: OpenedShop,
  { secret, storeId, nextNumber }: { secret: string; storeId: string; nextNumber(): number },
): IntakeLoad {
  const waits: { ms: number; workedMs: number }[] = [];
  const underWay = new Set<Promise<void>>();
  let isStopped = false;

  async function deliver(dueAt: number, workedBefore: number, lookedAt: number): Promise<void> {
    const body = bodyOf(storeId, nextNumber());
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'btcpay-sig': `sha256=${signature}` };
    const status = await shop.post('/webhooks/btcpay', { headers, body });
    if (status !== 200) throw new Error(`a webhook was answered ${status}`);
    const now = performance.now();
    const ms = now - dueAt;
    const share = (threadMs() - workedBefore) / (now - lookedAt);
    waits.push({ ms, workedMs: ms * Math.min(share, 1) });
  }

  async function run(): Promise<void> {
    let dueAt = performance.now();
    let looked = { at: dueAt, workedMs: threadMs() };
    while (!isStopped) {
      const before = looked;
      await sleep(Math.max(dueAt - performance.now(), 0));
      for (; dueAt <= performance.now(); dueAt += everyMs) {
        const delivery = deliver(dueAt, before.workedMs, before.at).finally(() => underWay.delete(delivery));
        underWay.add(delivery);
      }
      looked = { at: performance.now(), workedMs: threadMs() };
    }
    await Promise.all(underWay);
  }

  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
      const sorted = (key: 'ms' | 'workedMs') => waits.map((wait) => wait[key]).toSorted((a, b) => a - b);
      const [ms, worked] = [sorted('ms'), sorted('workedMs')];
      return {
        webhooks: waits.length,
        p50Ms: atShare(ms, 0.5),
        p99Ms: atShare(ms, 0.99),
        maxMs: atShare(ms, 1),
        workedP99Ms: atShare(worked, 0.99),
        workedMaxMs: atShare(worked, 1),
      };
    },
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** An event for an invoice that is not ours: it is verified and stored, which is all that intake does. */
function bodyOf(storeId: string, number: number): string {
  const id = `stall${number}`;
  return JSON.stringify({
    ...{ deliveryId: id, originalDeliveryId: id, webhookId: 'bench', isRedelivery: false, type: 'InvoiceSettled' },
    ...{ timestamp: 1_763_065_900, storeId, invoiceId: id, metadata: { itemDesc: 'A'.repeat(900) } },
  });
}
