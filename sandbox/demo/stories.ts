import type { ProviderName } from '#kernel/provider-name.ts';
import type { VisitAction } from '../providers/contract.ts';
import { collectors } from '../providers/registry.ts';
import { awaitOrder, type OrderInHand, type Scene } from './scene.ts';

// What happens to a small shop, one order at a time. Each story leaves its provider as it found it.

const thinking = { from: 2, to: 6 };
const waiting = { from: 6, to: 14 };

type Tell = (scene: Scene, order: OrderInHand) => Promise<void>;

export interface Story {
  /** What a checkout must know for it. */
  readonly needs: readonly VisitAction[];
  /** Payment status that it ends in; the traffic does not wait for it, the history does. */
  readonly ends: string;
  readonly tell: Tell;
}

export const stories = {
  paid: { needs: ['pay'], ends: 'paid', tell: (scene, order) => scene.visit(order, 'pay') },
  confirmedLater: {
    needs: ['pay_unconfirmed', 'confirm'],
    ends: 'paid',
    async tell(scene, order) {
      await scene.visit(order, 'pay_unconfirmed');
      await scene.pause(waiting);
      await scene.visit(order, 'confirm');
    },
  },
  underpaid: {
    needs: ['underpay', 'expire'],
    ends: 'underpaid',
    async tell(scene, order) {
      await scene.visit(order, 'underpay');
      await scene.pause(thinking);
      // Some providers wait for the rest, and others have ended it already.
      await scene.visitIfPossible(order, 'expire');
    },
  },
  overpaid: { needs: ['overpay'], ends: 'overpaid', tell: (scene, order) => scene.visit(order, 'overpay') },
  paidLate: {
    needs: ['expire', 'pay_late'],
    ends: 'paid_late',
    async tell(scene, order) {
      await scene.visit(order, 'expire');
      await scene.pause(waiting);
      await scene.visit(order, 'pay_late');
    },
  },
  failed: { needs: ['fail'], ends: 'failed', tell: (scene, order) => scene.visit(order, 'fail') },
  expired: { needs: ['expire'], ends: 'expired', tell: (scene, order) => scene.visit(order, 'expire') },
  abandoned: { needs: ['walk_away'], ends: 'created', tell: (scene, order) => scene.visit(order, 'walk_away') },
  reversed: {
    needs: ['pay', 'take_back'],
    ends: 'reversed',
    async tell(scene, order) {
      await scene.visit(order, 'pay');
      // A payment that was never confirmed cannot be reversed.
      await awaitOrder(scene.world, { id: order.id, is: ({ status }) => status === 'paid', timeoutMs: 30_000 });
      await scene.pause(waiting);
      await scene.visit(order, 'take_back');
    },
  },
  toldThreeTimes: {
    needs: ['pay'],
    ends: 'paid',
    tell: (scene, order) => scene.visitUnder({ duplicateWebhooks: 2 }, { order, action: 'pay' }),
  },
  webhookLost: {
    needs: ['pay'],
    ends: 'paid',
    tell: (scene, order) => scene.visitUnder({ dropWebhooks: 1 }, { order, action: 'pay' }),
  },
  forged: {
    needs: ['pay'],
    ends: 'paid',
    async tell(scene, order) {
      await forgeWebhook(scene, order);
      await scene.pause(waiting);
      await scene.visit(order, 'pay');
    },
  },
} as const satisfies Readonly<Record<string, Story>>;

export type StoryName = keyof typeof stories;

/** Where it can happen. */
export function placesOf({ needs }: Story): ProviderName[] {
  return collectors(...needs);
}

/** A real webhook of the same provider, changed to speak of this order: its signature no longer fits. */
async function forgeWebhook({ world }: Scene, order: OrderInHand): Promise<void> {
  const real = world.providers.deliveries(order.provider).findLast(({ reference }) => reference !== order.reference);
  if (real?.url === undefined) return;
  const body = real.body.replaceAll(real.reference, order.reference);
  await fetch(real.url, { method: 'POST', headers: real.headers, body });
}
