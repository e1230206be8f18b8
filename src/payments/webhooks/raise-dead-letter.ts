import { raiseAlert } from '#cases/raise-case.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** A message was given up on: somebody has to look, redrive or discard it. Grouped by what it was about; `alertId` is the alert it showed. */
export async function raiseDeadLetter(
  tx: PaymentTx,
  input: { what: string; reason: string; alertId?: string | undefined },
): Promise<void> {
  // A card that Telegram does not take raises a card of its own; that one must not raise another, for ever.
  const shown = input.alertId === undefined ? undefined : await tx.stores.alerts.findAlert(input.alertId);
  if (shown?.kind === 'dead_letter') return;
  await raiseAlert(tx, {
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
  });
}
