import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { type FetchRefusal, refuseFetch } from '../ports/capability-refusal.ts';
import { failureWords } from '../ports/failure-words.ts';
import { refreshPayment } from './refresh-payment.ts';

export type OrderCheck = { kind: 'checked'; changed: number; failed: CheckFailure[] } | { kind: 'unknown' };

/** Why a payment could not be checked. The words for it are the surface's. */
export type CheckFailure =
  | FetchRefusal
  | { code: 'provider_failed'; provider: ProviderName; message: string }
  | { code: 'not_understood'; provider: ProviderName; what: string }
  | { code: 'provider_off' | 'busy'; provider: ProviderName };

/** Fetches every payment of an order from its provider, when an admin asks for it. */
export async function checkOrder(deps: SnapshotDeps, input: { orderId: OrderId; actor: Actor }): Promise<OrderCheck> {
  const { actor } = input;
  const cause = causeOf(actor);
  const payments = await inTransaction(deps, cause, async (tx) => {
    const order = await tx.stores.orders.findOrder(input.orderId);
    if (order === undefined) return undefined;
    await recordAudit(tx, { action: 'order.check', subject: `order:${order.id}` });
    await redrawOrderCards(tx, order.id);
    return tx.stores.payments.listPaymentsForOrder(order.id);
  });
  if (payments === undefined) return { kind: 'unknown' };
  let changed = 0;
  const failed: CheckFailure[] = [];
  for (const payment of payments) {
    if (payment.creation === 'refused') continue;
    const provider = deps.providers.find(payment.provider);
    const notAsked = provider && refuseFetch(provider);
    if (notAsked !== undefined) {
      failed.push(notAsked);
      continue;
    }
    const refresh = await refreshPayment(deps, { paymentId: payment.id, cause });
    if (refresh.kind === 'changed') changed += 1;
    const about = { provider: payment.provider };
    if (refresh.kind === 'provider_failed')
      failed.push({ code: refresh.kind, ...about, message: failureWords(refresh.error) });
    if (refresh.kind === 'not_understood') failed.push({ code: refresh.kind, ...about, what: refresh.error.what });
    if (refresh.kind === 'provider_off' || refresh.kind === 'busy') failed.push({ code: refresh.kind, ...about });
  }
  return { kind: 'checked', changed, failed };
}
