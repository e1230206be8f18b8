import type { FeeStore } from '#accounting/ledger/ledger-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gte, inArray, lt, sql } from '../../schema/drizzle.ts';

export function createFeeStore(session: Session): FeeStore {
  const { db } = session;
  const { providerFigures: figures, settlements } = session.tables;
  return {
    async saveFee(figure) {
      await db
        .insert(figures)
        .values(figure)
        .onConflictDoUpdate({
          target: [figures.provider, figures.reference, figures.asset],
          set: {
            fee: sql`excluded.fee`,
            net: sql`excluded.net`,
            standing: sql`excluded.standing`,
            paymentId: sql`excluded.payment_id`,
            at: sql`excluded.at`,
            readAt: sql`excluded.read_at`,
          },
        });
    },
    listFees: async (query) =>
      db
        .select()
        .from(figures)
        .where(
          and(
            eq(figures.standing, query.standing),
            gte(figures.at, query.from),
            lt(figures.at, query.to),
            eq(figures.provider, query.provider),
          ),
        )
        .orderBy(asc(figures.at), asc(figures.reference), asc(figures.asset))
        .limit(query.limit),
    async listFeesOfPayments(paymentIds) {
      if (paymentIds.length === 0) return [];
      return db
        .select()
        .from(figures)
        .where(inArray(figures.paymentId, [...paymentIds]))
        .orderBy(asc(figures.paymentId), asc(figures.asset));
    },
    async saveSettlement(settlement) {
      await db
        .insert(settlements)
        .values(settlement)
        .onConflictDoUpdate({
          target: [settlements.provider, settlements.id],
          set: {
            currency: sql`excluded.currency`,
            amount: sql`excluded.amount`,
            status: sql`excluded.status`,
            from: sql`excluded.period_from`,
            to: sql`excluded.period_to`,
            settledAt: sql`excluded.settled_at`,
            references: sql`excluded.payment_references`,
            readAt: sql`excluded.read_at`,
          },
        });
    },
    listSettlements: async (query) =>
      db
        .select()
        .from(settlements)
        .where(
          and(
            eq(settlements.provider, query.provider),
            gte(settlements.settledAt, query.from),
            lt(settlements.settledAt, query.to),
          ),
        )
        .orderBy(asc(settlements.settledAt), asc(settlements.id))
        .limit(query.limit),
  };
}
