import type { FeeStore, KnownFees } from '#accounting/ledger/ledger-store.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepareReplace } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, asc, eq, inArray, isNotNull, sql } from '../../schema/drizzle.ts';
import type { FeeChanges } from './fee-changes.ts';

export function createFeeStore(session: Session, feeChanges: FeeChanges): FeeStore {
  const { providerFees: fees, settlements } = session.tables;
  const { prepare, prepareList } = rowsOf(session, fees);
  const listOfPayments = prepareList<{ ids: readonly PaymentId[] }>('list_fees_of_payments', ({ among }) => ({
    where: inArray(fees.paymentId, among('ids')),
    order: [asc(fees.paymentId), asc(fees.asset)],
  }));
  const find = prepare('find_fee', ['provider', 'reference', 'asset']);
  const save = prepareReplace(session, { name: 'save_fee', table: fees, key: ['provider', 'reference', 'asset'] });
  return {
    async saveFee(fee) {
      const [former] = await find(fee);
      const further = [former, fee].filter((one) => one?.standing === 'further');
      const isSame = former?.standing === fee.standing && former.fee === fee.fee && former.net === fee.net;
      const paymentIds = isSame ? [] : further.flatMap((one) => one?.paymentId ?? []);
      for (const paymentId of new Set(paymentIds)) await feeChanges.noteFurther(paymentId);
      await save(fee);
    },
    listFees: prepareList('list_fees', () => ({
      where: and(
        eq(fees.standing, sql.placeholder('standing')),
        within(fees.at),
        eq(fees.provider, sql.placeholder('provider')),
      ),
      order: [asc(fees.at), asc(fees.reference), asc(fees.asset)],
      limit,
    })),
    listKnownFees: prepareKnownFees(session),
    listFeesOfPayments: (ids) => listOfPayments({ ids }),
    saveSettlement: prepareReplace(session, { name: 'save_settlement', table: settlements, key: ['provider', 'id'] }),
    listSettlements: rowsOf(session, settlements).prepareList('list_settlements', () => ({
      where: and(eq(settlements.provider, sql.placeholder('provider')), within(settlements.settledAt)),
      order: [asc(settlements.settledAt), asc(settlements.id)],
      limit,
    })),
  };
}

/** In one statement: of two, the second would see what was committed between them. */
function prepareKnownFees(session: Session): FeeStore['listKnownFees'] {
  const { db } = session;
  const { payments, providerFees } = session.tables;
  const byCreation = keyset(payments, 'createdAt');
  const list = preparedByQuery(
    session,
    'list_known_fees',
    (shape: ShapeOf<Parameters<FeeStore['listKnownFees']>[0]>) => {
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
            eq(payments.provider, sql.placeholder('provider')),
            within(payments.createdAt),
            isNotNull(payments.figuresAsset),
            byCreation.after(shape, 'after'),
          ),
        )
        .orderBy(...byCreation.oldestFirst)
        .limit(limit)
        .as('page');
      const further = { asset: providerFees.asset, fee: providerFees.fee, net: providerFees.net };
      return db
        .select({
          own: { id: page.id, createdAt: page.createdAt, asset: page.asset, fee: page.fee, net: page.net },
          further,
        })
        .from(page)
        .leftJoin(providerFees, and(eq(providerFees.paymentId, page.id), eq(providerFees.standing, 'further')))
        .orderBy(asc(page.createdAt), asc(page.id), asc(providerFees.asset));
    },
  );
  return async (query) => {
    const known = new Map<PaymentId, KnownFees>();
    for (const { own, further: more } of await list(query)) {
      const fees = known.get(own.id)?.fees ?? feesIn(own);
      known.set(own.id, {
        paymentId: own.id,
        createdAt: own.createdAt,
        fees: [...fees, ...(more === null ? [] : [more])],
      });
    }
    return [...known.values()];
  };
}

function feesIn({ asset, fee, net }: Record<'asset' | 'fee' | 'net', string | null>): KnownFees['fees'] {
  return asset === null || fee === null || net === null ? [] : [{ asset, fee, net }];
}
