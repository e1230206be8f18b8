import type { FeeStore, KnownFees } from '#accounting/ledger/ledger-store.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepareReplace } from '../../query/prepared.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, inArray, isNotNull } from '../../schema/drizzle.ts';

export function createFeeStore(session: Session): FeeStore {
  const { providerFees: fees, settlements } = session.tables;
  const listFees = rowsOf(session, fees).list;
  const listSettlements = rowsOf(session, settlements).list;
  return {
    saveFee: prepareReplace(session, { name: 'save_fee', table: fees, key: ['provider', 'reference', 'asset'] }),
    listFees: ({ provider, standing, limit, ...period }) =>
      listFees(and(eq(fees.standing, standing), within(fees.at, period), eq(fees.provider, provider)), {
        order: [asc(fees.at), asc(fees.reference), asc(fees.asset)],
        limit,
      }),
    listKnownFees: (query) => listKnownFees(session, query),
    listFeesOfPayments: (paymentIds) =>
      listFees(inArray(fees.paymentId, [...paymentIds]), { order: [asc(fees.paymentId), asc(fees.asset)] }),
    saveSettlement: prepareReplace(session, { name: 'save_settlement', table: settlements, key: ['provider', 'id'] }),
    listSettlements: ({ provider, limit, ...period }) =>
      listSettlements(and(eq(settlements.provider, provider), within(settlements.settledAt, period)), {
        order: [asc(settlements.settledAt), asc(settlements.id)],
        limit,
      }),
  };
}

/** In one statement: of two, the second would see what was committed between them. */
async function listKnownFees(
  { db, tables: { payments, providerFees } }: Session,
  { provider, after, limit, ...made }: Parameters<FeeStore['listKnownFees']>[0],
): Promise<KnownFees[]> {
  const byCreation = keyset(payments, 'createdAt');
  const page = db
    .select({
      id: payments.id,
      createdAt: payments.createdAt,
      asset: payments.figuresAsset,
      fee: payments.feeAmount,
      net: payments.netAmount,
    })
    .from(payments)
    .where(
      and(
        eq(payments.provider, provider),
        within(payments.createdAt, made),
        isNotNull(payments.figuresAsset),
        byCreation.after(after),
      ),
    )
    .orderBy(...byCreation.oldestFirst)
    .limit(limit)
    .as('page');
  const further = { asset: providerFees.asset, fee: providerFees.fee, net: providerFees.net };
  const rows = await db
    .select({
      own: { id: page.id, createdAt: page.createdAt, asset: page.asset, fee: page.fee, net: page.net },
      further,
    })
    .from(page)
    .leftJoin(providerFees, and(eq(providerFees.paymentId, page.id), eq(providerFees.standing, 'further')))
    .orderBy(asc(page.createdAt), asc(page.id), asc(providerFees.asset));
  const known = new Map<PaymentId, KnownFees>();
  for (const { own, further: more } of rows) {
    const fees = known.get(own.id)?.fees ?? feesIn(own);
    known.set(own.id, {
      paymentId: own.id,
      createdAt: own.createdAt,
      fees: [...fees, ...(more === null ? [] : [more])],
    });
  }
  return [...known.values()];
}

function feesIn({ asset, fee, net }: Record<'asset' | 'fee' | 'net', string | null>): KnownFees['fees'] {
  return asset === null || fee === null || net === null ? [] : [{ asset, fee, net }];
}
