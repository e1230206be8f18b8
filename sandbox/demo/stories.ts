import type { CheckoutProvider } from '../providers/contract.ts';
import { awaitOrder, type OrderInHand, type Scene } from './scene.ts';

// Everything that happens to a small shop, told one order at a time. Each story ends with its provider as it found it.

const thinking = { from: 2, to: 6 };
const waiting = { from: 6, to: 14 };

type Tell = (scene: Scene, order: OrderInHand) => Promise<void>;

export interface Story {
  /** Where it can happen. */
  readonly at: readonly CheckoutProvider[];
  /** Payment status that it ends in; the traffic does not wait for it, the history does. */
  readonly ends: string;
  readonly tell: Tell;
}

const everywhere = ['coinbase', 'bitpay', 'btcpay'] as const;

export const stories = {
  paid: { at: everywhere, ends: 'paid', tell: (scene, order) => scene.visit(order, 'pay') },
  confirmedLater: {
    at: ['bitpay', 'btcpay'],
    ends: 'paid',
    async tell(scene, order) {
      await scene.visit(order, 'pay_unconfirmed');
      await scene.pause(waiting);
      await scene.visit(order, 'confirm');
    },
  },
  underpaid: {
    at: ['bitpay', 'btcpay'],
    ends: 'underpaid',
    async tell(scene, order) {
      await scene.visit(order, 'underpay');
      await scene.pause(thinking);
      await scene.visit(order, 'expire');
    },
  },
  overpaid: { at: ['bitpay', 'btcpay'], ends: 'overpaid', tell: (scene, order) => scene.visit(order, 'overpay') },
  paidLate: {
    at: ['btcpay'],
    ends: 'paid_late',
    async tell(scene, order) {
      await scene.visit(order, 'expire');
      await scene.pause(waiting);
      await scene.visit(order, 'pay_late');
    },
  },
  failed: { at: ['coinbase'], ends: 'failed', tell: (scene, order) => scene.visit(order, 'fail') },
  expired: { at: everywhere, ends: 'expired', tell: (scene, order) => scene.visit(order, 'expire') },
  abandoned: { at: everywhere, ends: 'created', tell: (scene, order) => scene.visit(order, 'walk_away') },
  reversed: {
    at: ['btcpay'],
    ends: 'reversed',
    async tell(scene, order) {
      await scene.visit(order, 'pay');
      // What was never known to be paid cannot be taken back.
      await awaitOrder(scene.house, { id: order.id, is: ({ status }) => status === 'paid', timeoutMs: 30_000 });
      await scene.pause(waiting);
      await markInvalid(scene, order);
    },
  },
  toldThreeTimes: {
    at: everywhere,
    ends: 'paid',
    tell: (scene, order) => scene.visitUnder({ duplicateWebhooks: 2 }, { order, action: 'pay' }),
  },
  webhookLost: {
    at: everywhere,
    ends: 'paid',
    tell: (scene, order) => scene.visitUnder({ dropWebhooks: 1 }, { order, action: 'pay' }),
  },
  forged: {
    at: everywhere,
    ends: 'paid',
    async tell(scene, order) {
      await forgeWebhook(scene, order);
      await scene.pause(waiting);
      await scene.visit(order, 'pay');
    },
  },
} as const satisfies Readonly<Record<string, Story>>;

export type StoryName = keyof typeof stories;

/** BTCPay's staff takes a settled invoice back: API, Mark invoice status. */
async function markInvalid({ house }: Scene, order: OrderInHand): Promise<void> {
  const { url, apiKey, storeId } = house.btcpay;
  const answer = await fetch(`${url}/api/v1/stores/${storeId}/invoices/${order.reference}/status`, {
    method: 'POST',
    headers: { authorization: `token ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'Invalid' }),
  });
  if (!answer.ok) throw new Error(`BTCPay answered ${answer.status} to marking an invoice invalid`);
}

/** A real webhook of the same provider, changed to speak of this order: its signature no longer fits. */
async function forgeWebhook({ house }: Scene, order: OrderInHand): Promise<void> {
  const real = house.providers.deliveries(order.provider).findLast(({ reference }) => reference !== order.reference);
  if (real?.url === undefined) return;
  const body = real.body.replaceAll(real.reference, order.reference);
  await fetch(real.url, { method: 'POST', headers: real.headers, body });
}
