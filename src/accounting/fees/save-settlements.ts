import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderSettlement } from '#payments/ports/fees-provider.ts';
import type { PaymentTx } from '#payments/ports/payment-store.ts';
import type { AccountingDeps } from '../ledger/deps.ts';
import { changePayment } from './save-fees.ts';

/** Keeps one page of a provider's settlements, and says on the payments that they were paid out; how many settlements. */
export function saveSettlements(
  deps: AccountingDeps,
  input: { provider: ProviderName; page: readonly ProviderSettlement[]; cause: Cause },
): Promise<number> {
  const { provider, page } = input;
  return inTransaction(deps, input.cause, async (tx) => {
    for (const settlement of page) {
      const { id, currency, amount, status, from, to, at } = settlement;
      const references = settlement.references === null ? null : [...settlement.references];
      await tx.stores.fees.saveSettlement({
        provider,
        id,
        currency,
        amount,
        status,
        from,
        to,
        settledAt: at,
        references,
        readAt: deps.clock.now(),
      });
      if (at !== null) await settlePayments(tx, { provider, references: references ?? [], at });
    }
    return page.length;
  });
}

async function settlePayments(
  tx: PaymentTx,
  settled: { provider: ProviderName; references: readonly ProviderReference[]; at: Milliseconds },
): Promise<void> {
  const { provider, references, at } = settled;
  for (const reference of references) {
    const payment = await tx.stores.payments.findPaymentByReference({ provider, reference });
    if (payment !== undefined && payment.settledAt !== at) await changePayment(tx, payment, { settledAt: at });
  }
}
