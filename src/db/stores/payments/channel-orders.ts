import { asProviderReference } from '#kernel/ids.ts';
import type { ChannelOrderMark, ChannelOrderStore, ReportedRefund } from '#payments/ports/channel-order-store.ts';
import { deleteFirst, rowCount, rowsOf } from '../../query/rows.ts';
import { contains, searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, gt, isNull, lt, or, sql } from '../../schema/drizzle.ts';

export function createChannelOrderStore(session: Session): ChannelOrderStore {
  return { ...createMarks(session), ...createSubscriptions(session), ...createLicenses(session) };
}

/** Nobody but a forger names more prices of one order. */
const pricesMax = 5;

function createMarks(
  session: Session,
): Pick<
  ChannelOrderStore,
  | 'markSold'
  | 'markReturned'
  | 'markCounted'
  | 'sumCounted'
  | 'findMark'
  | 'listMarks'
  | 'countWaitingReturns'
  | 'pruneMarks'
> {
  const { db } = session;
  const { channelOrderMarks: marks } = session.tables;
  const target = [marks.reference, marks.provider];
  const { find, list } = rowsOf(session, marks);
  const isIt = ({ provider, reference }: Pick<ChannelOrderMark, 'provider' | 'reference'>) =>
    and(eq(marks.reference, reference), eq(marks.provider, provider));
  const isWaiting = and(isNull(marks.soldAt), gt(marks.returnedMinor, 0));
  return {
    async markSold({ provider, reference, at }) {
      const [mark] = await db
        .insert(marks)
        .values({ provider, reference, returnedMinor: 0, refunds: [], soldAt: at, updatedAt: at })
        .onConflictDoUpdate({
          target,
          set: { soldAt: sql`coalesce(${marks.soldAt}, ${at})`, updatedAt: at },
        })
        .returning();
      if (mark === undefined) throw new Error('an order was not marked');
      return toMark(mark);
    },
    async markReturned({ provider, reference, refund, at }) {
      const values = { provider, reference, returnedMinor: 0, refunds: [], soldAt: null, updatedAt: at };
      // Locks the row, so that what is added to it is added to its newest state.
      const [row] = await db
        .insert(marks)
        .values(values)
        .onConflictDoUpdate({ target, set: { updatedAt: at } })
        .returning();
      if (row === undefined) throw new Error('a refund was not marked');
      const refunds = withRefund(refundsOf(row), refund);
      const returnedMinor = Math.max(row.returnedMinor, ...refunds.map((known) => known.returnedMinor));
      await db.update(marks).set({ refunds, returnedMinor }).where(isIt({ provider, reference }));
      return toMark({ ...row, refunds });
    },
    async markCounted({ value, at, ...key }) {
      const counted = { countedMinor: value.amountMinor, countedCurrency: value.currency, countedAt: at };
      await db.update(marks).set(counted).where(isIt(key));
    },
    async sumCounted({ provider, currency, since }) {
      const [row] = await db
        .select({ sum: sql<number>`cast(coalesce(sum(${marks.countedMinor}), 0) as bigint)`.mapWith(Number) })
        .from(marks)
        .where(and(eq(marks.provider, provider), gt(marks.countedAt, since), eq(marks.countedCurrency, currency)));
      return row?.sum ?? 0;
    },
    async findMark(key) {
      const row = await find(isIt(key));
      return row && toMark(row);
    },
    async listMarks({ provider, after, limit }) {
      const rows = await list(
        and(eq(marks.provider, provider), gt(marks.reference, asProviderReference(after ?? ''))),
        {
          order: [asc(marks.reference)],
          limit,
        },
      );
      return rows.map(toMark);
    },
    async countWaitingReturns(provider) {
      const [row] = await db
        .select({ count: rowCount })
        .from(marks)
        .where(and(isWaiting, eq(marks.provider, provider)));
      return row?.count ?? 0;
    },
    async pruneMarks({ before, limit }) {
      const where = and(isNull(marks.soldAt), lt(marks.updatedAt, before));
      const order = [asc(marks.updatedAt)];
      return (await deleteFirst(db, { table: marks, key: marks.reference, where, order, limit })).length;
    },
  };
}

type MarkRow = Omit<ChannelOrderMark, 'refunds'> & {
  returnedMinor: number;
  returnedAt: number | null;
  refunds: ReportedRefund[] | null;
};

function toMark(row: MarkRow): ChannelOrderMark {
  const { provider, reference, soldAt, updatedAt } = row;
  return { provider, reference, refunds: refundsOf(row), soldAt, updatedAt };
}

/** A row of an earlier version has one sum, and not which price it was named with. */
function refundsOf({ refunds, returnedMinor, returnedAt }: MarkRow): ReportedRefund[] {
  if (refunds !== null) return refunds;
  return returnedMinor === 0 ? [] : [{ returnedMinor, returnedAt, of: null }];
}

function withRefund(known: readonly ReportedRefund[], refund: ReportedRefund): ReportedRefund[] {
  const isSame = ({ of }: ReportedRefund): boolean =>
    of?.amountMinor === refund.of?.amountMinor && of?.currency === refund.of?.currency;
  const before = known.find(isSame);
  if (before === undefined) return known.length < pricesMax ? [...known, refund] : [...known];
  return refund.returnedMinor > before.returnedMinor ? known.map((one) => (one === before ? refund : one)) : [...known];
}

function createLicenses(session: Session): Pick<ChannelOrderStore, 'claimLicense'> {
  const { db } = session;
  const { channelLicenses: licenses } = session.tables;
  return {
    async claimLicense({ licenseHash, provider, reference, at }) {
      await db.insert(licenses).values({ licenseHash, provider, reference, createdAt: at }).onConflictDoNothing();
      const [owner] = await db
        .select({ provider: licenses.provider, reference: licenses.reference })
        .from(licenses)
        .where(eq(licenses.licenseHash, licenseHash));
      return owner ?? { provider, reference };
    },
  };
}

function createSubscriptions(
  session: Session,
): Pick<ChannelOrderStore, 'saveSubscription' | 'findSubscription' | 'listSubscriptions' | 'searchSubscriptions'> {
  const { db } = session;
  const { channelSubscriptions: subscriptions } = session.tables;
  const { searchText, ...columns } = getTableColumns(subscriptions);
  const { find, list } = rowsOf(session, subscriptions, columns);
  return {
    async saveSubscription(subscription) {
      const { customerEmail, customerName } = subscription;
      const isOver = sql`(excluded.status = 'canceled' or ${subscriptions.status} = 'canceled')`;
      await db
        .insert(subscriptions)
        .values({ ...subscription, searchText: searchable([customerEmail, customerName]) })
        .onConflictDoUpdate({
          target: [subscriptions.reference, subscriptions.provider],
          set: {
            status: sql`case when ${isOver} then 'canceled' else 'active' end`,
            customerEmail: sql`coalesce(excluded.customer_email, ${subscriptions.customerEmail})`,
            customerName: sql`coalesce(excluded.customer_name, ${subscriptions.customerName})`,
            planName: sql`excluded.plan_name`,
            productName: sql`excluded.product_name`,
            startedAt: sql`coalesce(excluded.started_at, ${subscriptions.startedAt})`,
            endedAt: sql`coalesce(excluded.ended_at, ${subscriptions.endedAt})`,
            updatedAt: sql`excluded.updated_at`,
            searchText: sql`excluded.search_text`,
          },
        });
    },
    findSubscription: ({ provider, reference }) =>
      find(and(eq(subscriptions.reference, reference), eq(subscriptions.provider, provider))),
    listSubscriptions: ({ provider, after, limit }) =>
      list(and(eq(subscriptions.provider, provider), gt(subscriptions.reference, after ?? '')), {
        order: [asc(subscriptions.reference)],
        limit,
      }),
    async searchSubscriptions({ text, limit }) {
      if (text.trim() === '') return [];
      return list(or(eq(subscriptions.reference, text), contains(subscriptions.searchText, text)), {
        order: [desc(subscriptions.updatedAt), asc(subscriptions.reference)],
        limit,
      });
    },
  };
}
