import type { JsonObject } from '#kernel/json.ts';
import type { EventLog } from '#kernel/process.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import type { AskEachPayment } from './ask-each-payment.ts';
import type { ReconcileProvider } from './reconcile-provider.ts';

const job = 'reconcile';

/** Compares with every provider, all at once: one that is slow or unavailable delays no other. Counts. */
export async function reconcileAll(
  deps: { providers: ProviderRegistry; log: EventLog; reconcile: ReconcileProvider; askEachPayment: AskEachPayment },
  signal: AbortSignal,
): Promise<JsonObject> {
  const cause = { kind: 'reconciliation', id: job, actor: { kind: 'job', id: job } } as const;
  const providers = deps.providers.list();
  const listing = providers.filter(({ capabilities }) => capabilities.canList);
  const asked = providers.filter(({ capabilities }) => !capabilities.canList && capabilities.canFetch);
  const counts = { finished: 0, failed: 0, compared: 0, healed: 0, open: 0 };
  const compare = async ({ name: provider }: PaymentProvider): Promise<void> => {
    try {
      // A run that was taken up knows nothing of what has come since it was begun.
      for (let isBehind = true; isBehind; ) {
        const result = await deps.reconcile({ provider, startedBy: job, cause, signal });
        if (result.kind === 'failed') counts.failed += 1;
        if (result.kind !== 'finished') return;
        counts.finished += 1;
        counts.compared += result.run.comparedCount;
        counts.healed += result.run.healedCount;
        counts.open += result.run.openCount;
        isBehind = result.run.takenUpAt !== null;
      }
    } catch (error) {
      counts.failed += 1;
      deps.log.error('reconciliation threw', { provider }, error);
    }
  };
  const ask = async ({ name: provider }: PaymentProvider): Promise<void> => {
    const { compared, healed } = await deps.askEachPayment({ provider, cause, signal });
    counts.compared += compared;
    counts.healed += healed;
  };
  await Promise.all([...listing.map(compare), ...asked.map(ask)]);
  return counts;
}
