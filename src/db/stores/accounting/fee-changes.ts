// The sums of days count the fees of payments, those on the payment and those that are stored beside it. Whoever changes either
// notes here what the days go on counting until they are counted anew.
import { type Fees, feesOf } from '#accounting/ledger/tally.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';
import { prepared } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, sql } from '../../schema/drizzle.ts';

export type FeeChanges = ReturnType<typeof createFeeChanges>;

type Figures = Pick<Payment, 'id' | 'createdAt' | 'feeAmount' | 'netAmount' | 'figuresAsset'>;

export function createFeeChanges(session: Session) {
  const { payments, providerFees, uncountedFees: uncounted } = session.tables;
  const listFurther = prepared(session, 'list_further_fees', () =>
    session.db
      .select({ asset: providerFees.asset, fee: providerFees.fee, net: providerFees.net })
      .from(providerFees)
      .where(and(eq(providerFees.paymentId, sql.placeholder('paymentId')), eq(providerFees.standing, 'further'))),
  );
  // Changes nothing: on PostgreSQL, whoever changes the payment at the same time waits, or is waited for.
  const lock = prepared(session, 'lock_payment_for_fees', () =>
    session.db
      .update(payments)
      .set({ updatedAt: sql`${payments.updatedAt}` })
      .where(eq(payments.id, sql.placeholder('id')))
      .returning({
        id: payments.id,
        createdAt: payments.createdAt,
        feeAmount: payments.feeAmount,
        netAmount: payments.netAmount,
        figuresAsset: payments.figuresAsset,
      }),
  );
  const insert = prepared<unknown>(session, 'note_uncounted_fees', () =>
    session.db
      .insert(uncounted)
      .values({
        paymentId: sql.placeholder('paymentId'),
        createdAt: sql.placeholder('createdAt'),
        counted: sql.placeholder('counted'),
        changes: 1,
      })
      // What the days count is what there was before the first change.
      .onConflictDoUpdate({ target: uncounted.paymentId, set: { changes: sql`${uncounted.changes} + 1` } }),
  );

  async function note({ id, createdAt }: Figures, counted: readonly Fees[]): Promise<void> {
    await insert({ paymentId: id, createdAt, counted });
  }

  return {
    /** After a payment was changed, and so is locked: its fees as they were before. */
    async notePayment(before: Figures, after: Figures): Promise<void> {
      const isSame =
        before.feeAmount === after.feeAmount &&
        before.netAmount === after.netAmount &&
        before.figuresAsset === after.figuresAsset;
      if (isSame) return;
      const further = before.figuresAsset === null ? [] : await listFurther({ paymentId: before.id });
      await note(before, [...feesOf(before), ...further]);
    },
    noteNewPayment: async (payment: Figures): Promise<void> => {
      if (payment.figuresAsset !== null) await note(payment, []);
    },
    /** Before what is stored beside the payment changes. */
    async noteFurther(paymentId: PaymentId): Promise<void> {
      const [payment] = await lock({ id: paymentId });
      if (payment === undefined || payment.figuresAsset === null) return;
      await note(payment, [...feesOf(payment), ...(await listFurther({ paymentId }))]);
    },
  };
}
