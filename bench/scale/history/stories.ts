// All orders, in the order in which they were placed. One in eight is a sale in Payhip's own shop, which comes as it is: paid.
import type { Milliseconds } from '#kernel/clock.ts';
import { createStream } from '#test/simulation/engine/random.ts';
import type { NewId } from './ids.ts';
import { drawOutcome, tellEnd } from './outcomes.ts';
import { drawBuyer } from './people.ts';
import { type HistoryPlan, momentOf } from './period.ts';
import { beginTelling, hear, moveOrder, openPayment, type Story, type Telling } from './telling.ts';

export const firstNumber = 1001;
const channelShare = 0.12;
const adminShare = 0.03;
/** A sale of the channel that its seller gave back later. */
const returnedShare = 0.02;

export interface ToldStory extends Story {
  /** What the channel reported of its own sale; null for an order of ours. */
  sale: { soldAt: Milliseconds; returnedMinor: number; returnedAt: Milliseconds | null } | null;
}

export function* tellStories(plan: HistoryPlan, newId: NewId): Generator<ToldStory> {
  const chance = createStream(`${plan.seed}/stories`);
  const buyers = Math.max(10, Math.round(plan.orders * 0.6));
  for (let index = 0; index < plan.orders; index += 1) {
    const at = momentOf((index + chance.next()) / plan.orders);
    const kind = chance.next();
    const isSale = kind < channelShare;
    const isOfAdmin = !isSale && kind < channelShare + adminShare;
    const telling = beginTelling(
      { chance, newId },
      {
        number: firstNumber + index,
        at,
        origin: originOf({ isSale, isOfAdmin }),
        buyer: isOfAdmin ? null : drawBuyer(chance, { buyers }),
      },
    );
    if (isSale) yield { ...telling.story, sale: tellSale(telling) };
    else {
      tellEnd(telling, drawOutcome(telling));
      yield { ...telling.story, sale: null };
    }
  }
}

function originOf({ isSale, isOfAdmin }: { isSale: boolean; isOfAdmin: boolean }): 'provider' | 'admin' | 'store' {
  if (isSale) return 'provider';
  return isOfAdmin ? 'admin' : 'store';
}

function tellSale(telling: Telling): NonNullable<ToldStory['sale']> {
  const { story, chance, now } = telling;
  const payment = openPayment(telling, 'payhip', story.order.amountMinor);
  payment.checkoutUrl = null;
  hear(telling, payment, 'paid', 1);
  moveOrder(telling, 'paid', 'Payhip says that it is paid.');
  moveOrder(telling, 'fulfilled', 'Payhip delivered.');
  const isReturned = chance.chance(returnedShare);
  return { soldAt: now, returnedMinor: isReturned ? payment.amountMinor : 0, returnedAt: isReturned ? now : null };
}
