import { raiseAlert } from '#cases/raise-case.ts';
import { systemActor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Ids } from '#kernel/ids.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** A message was given up on: somebody has to look, redrive or discard it. Grouped by what it was about; `alertId` is the alert it showed. */
export async function raiseDeadLetter(
  deps: { clock: Clock; ids: Ids },
  input: { stores: PaymentStores; what: string; reason: string; alertId?: string | undefined },
): Promise<void> {
  // A card that Telegram does not take is rung for by a card; that one must not ring for itself, for ever.
  const shown = input.alertId === undefined ? undefined : await input.stores.alerts.findAlert(input.alertId);
  if (shown?.kind === 'dead_letter') return;
  await raiseAlert(
    { stores: input.stores, clock: deps.clock, ids: deps.ids, cause: causeOf(systemActor) },
    {
      key: `dead_letter:${input.what}`,
      kind: 'dead_letter',
      severity: 'critical',
      orderId: null,
      paymentId: null,
      facts: {
        headline: `Given up on: ${input.what}`,
        orderNumber: null,
        amount: null,
        detail: 'See /deadletters to try again or to discard it.',
        provider: null,
        why: input.reason,
        trust: null,
      },
      actions: [],
    },
  );
}
