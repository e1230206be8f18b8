// Watches whether the shop hears of its orders: a message that waits for its next attempt is not due, and a shop that
// refuses them one after the other would be noticed only after days, as dead letters.
import type { CaseFacts } from '#cases/case.ts';
import { keepCase } from '#cases/resolve-case.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { AwakeTime } from '#kernel/process.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { UntoldOrder } from '#messaging/queues/messaging-store.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import { listUntoldOrders, untoldAfterMs } from '#messaging/queues/untold-orders.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';

/** Orders whose open cards one run brings up to date. */
const cardsMax = 100;
/** Orders that the case names. */
const namedMax = 3;

const key = 'shop_untold';
const cause = causeOf({ kind: 'job', id: 'watch-shop' });

export type WatchShop = () => Promise<{ untold: number }>;

/** Keeps one case for as long as the shop does not take what it is told, and has open cards of its orders say so. */
export function createShopWatch(deps: TransactionDeps<PaymentStores> & { awake: AwakeTime }): WatchShop {
  /** What this process had the cards show; after a restart those that are told meanwhile show it until they change. */
  let shown: ReadonlySet<string> = new Set();

  return async () => {
    const known = await deps.database.read(async (stores) => ({
      waiting: await listUntoldOrders(stores, deps),
      live: await stores.cases.findLiveCase(key),
    }));
    // After a start, or where the process stood still, nobody has had the time to tell the shop: what is said of it stays.
    const judgedBefore = deps.awake.momentAgo(untoldAfterMs);
    const untold = known.waiting.filter(({ since }) => since <= judgedBefore);
    if (untold.length === 0 && known.waiting.length > 0) return { untold: 0 };
    const now = new Set(untold.map(({ orderId }) => orderId));
    const changed = new Set([...now.symmetricDifference(shown)].slice(0, cardsMax));
    if (known.live !== undefined || now.size > 0 || changed.size > 0) {
      await inTransaction(deps, cause, async (tx) => {
        await keepCase(tx, {
          key,
          kind: 'shop_untold',
          severity: 'critical',
          facts: factsOf(untold),
          over: 'Nothing waits for the shop any more.',
        });
        for (const id of changed) await refreshCards(tx, id);
      });
    }
    shown = shown.symmetricDifference(changed);
    return { untold: now.size };
  };
}

function factsOf(untold: readonly UntoldOrder[]): Pick<CaseFacts, 'headline' | 'detail' | 'why'> | null {
  const [oldest] = untold;
  if (oldest === undefined) return null;
  const named = untold.slice(0, namedMax).map(({ number }) => number);
  const dead = untold.filter(({ isGivenUp }) => isGivenUp).length;
  const others = untold.length > named.length ? ` and ${untold.length - named.length} more` : '';
  return {
    headline: `Shop not told of ${untold.length} ${untold.length === 1 ? 'order' : 'orders'}`,
    detail: `${named.join(', ')}${others}. ${whatGoesOn({ dead, all: untold.length })}`,
    why: oldest.reason ?? 'no answer yet',
  };
}

function whatGoesOn({ dead, all }: { dead: number; all: number }): string {
  if (dead === 0) return 'They are sent again until the shop answers with success.';
  const givenUp = 'given up on: see /deadletters to try again or to discard it.';
  return dead === all ? `What they tell was ${givenUp}` : `They are sent again, but for what was ${givenUp}`;
}

async function refreshCards(tx: PaymentTx, id: string): Promise<void> {
  const order = await tx.stores.orders.findOrder(asOrderId(id));
  if (order !== undefined) await redrawOrderCards(tx, order.id);
}
