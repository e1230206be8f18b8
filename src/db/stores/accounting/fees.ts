import type { FeeStore } from '#accounting/ledger/ledger-store.ts';
import { within } from '../../query/keyset.ts';
import { replacing, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, inArray } from '../../schema/drizzle.ts';

export function createFeeStore(session: Session): FeeStore {
  const { db } = session;
  const { providerFees: fees, settlements } = session.tables;
  const listFees = rowsOf(db, fees).list;
  const listSettlements = rowsOf(db, settlements).list;
  return {
    async saveFee(fee) {
      await db
        .insert(fees)
        .values(fee)
        .onConflictDoUpdate(replacing(fees, ['provider', 'reference', 'asset']));
    },
    listFees: ({ provider, standing, limit, ...period }) =>
      listFees(and(eq(fees.standing, standing), within(fees.at, period), eq(fees.provider, provider)), {
        order: [asc(fees.at), asc(fees.reference), asc(fees.asset)],
        limit,
      }),
    listFeesOfPayments: (paymentIds) =>
      listFees(inArray(fees.paymentId, [...paymentIds]), { order: [asc(fees.paymentId), asc(fees.asset)] }),
    async saveSettlement(settlement) {
      await db
        .insert(settlements)
        .values(settlement)
        .onConflictDoUpdate(replacing(settlements, ['provider', 'id']));
    },
    listSettlements: ({ provider, limit, ...period }) =>
      listSettlements(and(eq(settlements.provider, provider), within(settlements.settledAt, period)), {
        order: [asc(settlements.settledAt), asc(settlements.id)],
        limit,
      }),
  };
}
