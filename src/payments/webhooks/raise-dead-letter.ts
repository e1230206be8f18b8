import { raiseCase } from '#cases/raise-case.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** A message was given up on: an admin has to look, redrive or discard it. Grouped by what it was about; `caseId` is the case whose card it was. */
export async function raiseDeadLetter(
  tx: PaymentTx,
  input: { what: string; reason: string; caseId?: string | undefined },
): Promise<void> {
  // A card that Telegram does not take raises a card of its own; that one must not raise another, for ever.
  const shown = input.caseId === undefined ? undefined : await tx.stores.cases.findCase(input.caseId);
  if (shown?.kind === 'dead_letter') return;
  await raiseCase(tx, {
    key: `dead_letter:${input.what}`,
    kind: 'dead_letter',
    severity: 'critical',
    facts: {
      headline: `Given up on: ${input.what}`,
      detail: 'See /deadletters to try again or to discard it.',
      why: input.reason,
    },
  });
}
