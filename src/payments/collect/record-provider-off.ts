import { raiseCase } from '#cases/raise-case.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Payment } from '../model/payment.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/**
 * Raises an alert, once for each provider, when a payment is open at a provider that is not configured any more: its
 * money would be received unnoticed. The alert ends when the provider is configured again and answers.
 */
export async function recordProviderOff(
  deps: TransactionDeps<PaymentStores>,
  input: { payment: Payment; cause: Cause },
): Promise<void> {
  const { payment, cause } = input;
  const { provider } = payment;
  const key = `provider_down:${provider}`;
  await inTransaction(deps, cause, async (tx) => {
    const live = await tx.stores.cases.findLiveCase(key);
    if (live !== undefined) return;
    await raiseCase(tx, {
      key,
      kind: 'provider_down',
      severity: 'critical',
      provider,
      paymentId: payment.id,
      facts: {
        headline: 'Payments are open at a provider that is not configured',
        detail: 'Configure it again, or follow its open orders at the provider itself.',
        why: 'Money received there is not noticed here.',
      },
    });
  });
}
