import { raiseCase } from '#cases/raise-case.ts';
import { systemActor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Ids } from '#kernel/ids.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** A message was given up on: somebody has to look, redrive or discard it. Grouped by what it was about; `caseId` is the case whose card it was. */
export async function raiseDeadLetter(
  deps: { clock: Clock; ids: Ids },
  input: { stores: PaymentStores; what: string; reason: string; caseId?: string | undefined },
): Promise<void> {
  // A card that Telegram does not take is rung for by a card; that one must not ring for itself, for ever.
  const shown = input.caseId === undefined ? undefined : await input.stores.cases.findCase(input.caseId);
  if (shown?.kind === 'dead_letter') return;
  await raiseCase(
    { stores: input.stores, clock: deps.clock, ids: deps.ids, cause: causeOf(systemActor) },
    {
      key: `dead_letter:${input.what}`,
      kind: 'dead_letter',
      severity: 'critical',
      facts: {
        headline: `Given up on: ${input.what}`,
        detail: 'See /deadletters to try again or to discard it.',
        why: input.reason,
      },
    },
  );
}
