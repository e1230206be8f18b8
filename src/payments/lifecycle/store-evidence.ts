import { compareDecimals } from '#kernel/money.ts';
import type { PaymentDecision } from '../model/decide-payment.ts';
import type { Payment } from '../model/payment.ts';
import { nextPollAt } from '../model/poll-schedule.ts';
import { capturedOf } from '../model/refundable.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import type { PaymentChange, PaymentTx } from '../ports/payment-store.ts';

/** What a snapshot says of a payment goes into its row, with the status that was decided. */
export function storeEvidence(
  tx: PaymentTx,
  input: {
    payment: Payment;
    snapshot: PaymentSnapshot;
    details: readonly string[] | undefined;
    decision: PaymentDecision;
    returnsOddPayments: boolean;
  },
): Promise<Payment> {
  const { payment, snapshot, decision } = input;
  const now = tx.clock.now();
  const status = decision.kind === 'changed' ? decision.to : payment.status;
  const expiresAt = snapshot.expiresAt ?? payment.expiresAt;
  const evidence = evidenceOf(payment, { snapshot, status });
  const change: PaymentChange = {
    ...evidence,
    capturedMinor: capturedOf({ ...payment, ...evidence, status }, input),
    status,
    creation: 'confirmed',
    reference: snapshot.reference,
    ...(input.details && { details: [...input.details] }),
    ...(snapshot.fees && {
      feeAmount: snapshot.fees.fee,
      netAmount: snapshot.fees.net,
      figuresAsset: snapshot.fees.asset,
    }),
    checkoutUrl: snapshot.checkoutUrl ?? payment.checkoutUrl,
    providerStatus: snapshot.providerStatus,
    transactionIds: [...new Set([...payment.transactionIds, ...snapshot.transactionIds])],
    trust: snapshot.trust,
    evidenceAt: snapshot.observedAt,
    mismatchedAt: decision.kind === 'mismatch' ? (payment.mismatchedAt ?? now) : null,
    paidAt: status === 'paid' || status === 'overpaid' ? (payment.paidAt ?? now) : payment.paidAt,
    expiresAt,
    updatedAt: now,
    lockedUntil: null,
    lockedBy: null,
    nextPollAt: nextPollAt({ status, createdAt: payment.createdAt, expiresAt }, now),
  };
  return tx.stores.payments.changePayment(payment, change);
}

/** What was seen before is gone. A payment that failed may have money all the same that its provider does not name. */
function showsNoMoney({ settlement, state, isLate }: PaymentSnapshot): boolean {
  if (settlement !== null) return compareDecimals(settlement.received, '0') === 0;
  return !isLate && (state === 'open' || state === 'expired' || state === 'cancelled');
}

const noMoney = {
  expectedAmount: null,
  receivedAmount: null,
  receivedAsset: null,
  coinExpected: null,
  coinReceived: null,
  coinAsset: null,
};

/** Amounts that this snapshot does not have stay as they were, and so does what was reversed. */
function evidenceOf(payment: Payment, about: { snapshot: PaymentSnapshot; status: Payment['status'] }) {
  if (showsNoMoney(about.snapshot)) return about.status === 'reversed' ? {} : noMoney;
  const { settlement, coin } = about.snapshot;
  return {
    expectedAmount: settlement?.expected ?? payment.expectedAmount,
    receivedAmount: settlement?.received ?? payment.receivedAmount,
    receivedAsset: settlement?.asset ?? payment.receivedAsset,
    coinExpected: coin?.expected ?? payment.coinExpected,
    coinReceived: coin?.received ?? payment.coinReceived,
    coinAsset: coin?.asset ?? payment.coinAsset,
  };
}
