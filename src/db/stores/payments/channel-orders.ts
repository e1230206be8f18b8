import { asProviderReference } from '#kernel/ids.ts';
import type { ChannelOrderStore } from '#payments/ports/channel-order-store.ts';
import { deleteFirst, rowCount, rowsOf } from '../../query/rows.ts';
import { contains, searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, gt, isNull, lt, or, sql } from '../../schema/drizzle.ts';

export function createChannelOrderStore(session: Session): ChannelOrderStore {
  return { ...createMarks(session), ...createSubscriptions(session), ...createLicenses(session) };
}

function createMarks(
  session: Session,
): Pick<
  ChannelOrderStore,
  'markSold' | 'markReturned' | 'findMark' | 'listMarks' | 'countWaitingReturns' | 'pruneMarks'
> {
  const { db } = session;
  const { channelOrderMarks: marks } = session.tables;
  const target = [marks.reference, marks.provider];
  const { find, list } = rowsOf(db, marks);
  const isWaiting = and(isNull(marks.soldAt), gt(marks.returnedMinor, 0));
  return {
    async markSold({ provider, reference, at }) {
      const [mark] = await db
        .insert(marks)
        .values({ provider, reference, returnedMinor: 0, returnedAt: null, soldAt: at, updatedAt: at })
        .onConflictDoUpdate({
          target,
          set: { soldAt: sql`coalesce(${marks.soldAt}, ${at})`, updatedAt: at },
        })
        .returning();
      if (mark === undefined) throw new Error('an order was not marked');
      return mark;
    },
    async markReturned({ provider, reference, returnedMinor, returnedAt, at }) {
      const isMore = sql`excluded.returned_minor > ${marks.returnedMinor}`;
      const [mark] = await db
        .insert(marks)
        .values({ provider, reference, returnedMinor, returnedAt, soldAt: null, updatedAt: at })
        .onConflictDoUpdate({
          target,
          set: {
            returnedMinor: sql`case when ${isMore} then excluded.returned_minor else ${marks.returnedMinor} end`,
            returnedAt: sql`case when ${isMore} then excluded.returned_at else ${marks.returnedAt} end`,
            updatedAt: at,
          },
        })
        .returning();
      if (mark === undefined) throw new Error('a refund was not marked');
      return mark;
    },
    findMark: ({ provider, reference }) => find(and(eq(marks.reference, reference), eq(marks.provider, provider))),
    listMarks: ({ provider, after, limit }) =>
      list(and(eq(marks.provider, provider), gt(marks.reference, asProviderReference(after ?? ''))), {
        order: [asc(marks.reference)],
        limit,
      }),
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
  const { find, list } = rowsOf(db, subscriptions, columns);
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
