import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import { compareDecimals } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentFees, ProviderSettlement } from '#payments/ports/fees-provider.ts';
import type { PaymentChange, PaymentTx } from '#payments/ports/payment-store.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { FeeStanding } from '../ledger/ledger-store.ts';

/** Stores one page of a provider's fees, and writes new ones to the payments. */
export function saveFees(
  deps: TransactionDeps<AccountingStores>,
  input: { provider: ProviderName; page: readonly PaymentFees[]; cause: Cause },
): Promise<{ booked: number; unmatched: number }> {
  const { provider } = input;
  return inTransaction(deps, input.cause, async (tx) => {
    const saved = { booked: 0, unmatched: 0 };
    for (const fees of input.page) {
      const { reference, asset, fee, net, at } = fees;
      // Loaded again for each, because one payment may have fees in several units.
      const payment = await tx.stores.payments.findPaymentByReference({ provider, reference });
      const standing = balanceOf(payment, fees);
      if (standing === 'unmatched') saved.unmatched += 1;
      if (payment !== undefined && standing === 'booked' && !isKnown(payment, fees)) {
        await changePayment(tx, payment, { feeAmount: fee, netAmount: net, figuresAsset: asset });
        saved.booked += 1;
      }
      const paymentId = payment?.id ?? null;
      const readAt = deps.clock.now();
      await tx.stores.fees.saveFee({ provider, reference, asset, fee, net, standing, paymentId, at, readAt });
    }
    return saved;
  });
}

/** A payment has the fees of one unit, the first that was read; the others are stored beside it. */
function balanceOf(payment: Payment | undefined, { asset }: PaymentFees): FeeStanding {
  if (payment === undefined) return 'unmatched';
  return payment.figuresAsset === null || payment.figuresAsset === asset ? 'booked' : 'further';
}

function isKnown({ feeAmount, netAmount, figuresAsset }: Payment, { fee, net, asset }: PaymentFees): boolean {
  if (feeAmount === null || netAmount === null || figuresAsset !== asset) return false;
  return compareDecimals(feeAmount, fee) === 0 && compareDecimals(netAmount, net) === 0;
}

/** Compare-and-set on the payment as it was just loaded; throws ConcurrentChange when it was changed. */
async function changePayment(
  tx: PaymentTx,
  payment: Payment,
  change: Omit<PaymentChange, 'updatedAt' | 'status'>,
): Promise<void> {
  await tx.stores.payments.changePayment(payment, { ...change, updatedAt: tx.clock.now() });
  const order = await tx.stores.orders.findOrder(payment.orderId);
  if (order !== undefined) await redrawOrderCards(tx, order.id);
}

/**
 * Stores one page of a provider's settlements, and marks their payments as paid out. Returns the number of settlements.
 */
export function saveSettlements(
  deps: TransactionDeps<AccountingStores>,
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
