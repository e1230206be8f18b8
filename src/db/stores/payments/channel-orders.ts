import type { ProviderName } from '#kernel/provider-name.ts';
import type { ChannelOrderMark, ChannelOrderStore, ReportedRefund } from '#payments/ports/channel-order-store.ts';
import { prepared, prepareInsert, prepareReplace, settingsOf } from '../../query/prepared.ts';
import { limit, prepareDeleteFirst, rowCount, rowsOf } from '../../query/rows.ts';
import { contains, patternOf, searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, gt, gte, isNull, lt, sql } from '../../schema/drizzle.ts';
import { searchKey } from '../../schema/kit.ts';

export function createChannelOrderStore(session: Session): ChannelOrderStore {
  return { ...createMarks(session), ...createSubscriptions(session), ...createLicenses(session) };
}

/** Nobody but a forger names more prices of one order. */
const pricesMax = 5;
/** Subscriptions whose names are searched. */
const searchedMax = 5_000;

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
  const { prepare, prepareList } = rowsOf(session, marks);
  const isOfProvider = eq(marks.provider, sql.placeholder('provider'));
  const isIt = and(eq(marks.reference, sql.placeholder('reference')), isOfProvider);
  const insert = {
    provider: sql.placeholder('provider'),
    reference: sql.placeholder('reference'),
    returnedMinor: 0,
    refunds: [],
    updatedAt: sql.placeholder('at'),
  };
  const markSold = prepared(session, 'mark_sold', () =>
    db
      .insert(marks)
      .values({ ...insert, soldAt: sql.placeholder('at') })
      .onConflictDoUpdate({
        target,
        set: { soldAt: sql`coalesce(${marks.soldAt}, excluded.sold_at)`, updatedAt: sql`excluded.updated_at` },
      })
      .returning(),
  );
  // Locks the row, so that what is added to it is added to its newest state.
  const lock = prepared(session, 'lock_mark', () =>
    db
      .insert(marks)
      .values({ ...insert, soldAt: null })
      .onConflictDoUpdate({ target, set: { updatedAt: sql`excluded.updated_at` } })
      .returning(),
  );
  const update = (keys: readonly string[]) => () => db.update(marks).set(settingsOf(marks, keys)).where(isIt);
  const setReturned = prepared<unknown>(session, 'mark_returned', update(['refunds', 'returnedMinor']));
  const setCounted = prepared<unknown>(
    session,
    'mark_counted',
    update(['countedMinor', 'countedCurrency', 'countedAt']),
  );
  const sumCounted = prepared(session, 'sum_counted_marks', () =>
    db
      .select({ sum: sql<number>`cast(coalesce(sum(${marks.countedMinor}), 0) as bigint)`.mapWith(Number) })
      .from(marks)
      .where(
        and(
          isOfProvider,
          gt(marks.countedAt, sql.placeholder('since')),
          eq(marks.countedCurrency, sql.placeholder('currency')),
        ),
      ),
  );
  const countWaiting = prepared(session, 'count_waiting_returns', () =>
    db
      .select({ count: rowCount })
      .from(marks)
      .where(and(isNull(marks.soldAt), gt(marks.returnedMinor, 0), isOfProvider)),
  );
  const find = prepare('find_mark', ['reference', 'provider']);
  const list = prepareList<{ provider: ProviderName; after: string; limit: number }>('list_marks', () => ({
    where: and(isOfProvider, gt(marks.reference, sql.placeholder('after'))),
    order: [asc(marks.reference)],
    limit,
  }));
  const deleteOld = prepareDeleteFirst(session, 'delete_old_marks', () => ({
    table: marks,
    key: marks.reference,
    where: and(isNull(marks.soldAt), lt(marks.updatedAt, sql.placeholder('before'))),
    order: [asc(marks.updatedAt)],
  }));
  return {
    async markSold(input) {
      const [mark] = await markSold(input);
      if (mark === undefined) throw new Error('an order was not marked');
      return toMark(mark);
    },
    async markReturned({ provider, reference, refund, at }) {
      const [row] = await lock({ provider, reference, at });
      if (row === undefined) throw new Error('a refund was not marked');
      const refunds = withRefund(refundsOf(row), refund);
      const returnedMinor = Math.max(row.returnedMinor, ...refunds.map((known) => known.returnedMinor));
      await setReturned({ provider, reference, refunds, returnedMinor });
      return toMark({ ...row, refunds });
    },
    async markCounted({ value, at, ...key }) {
      await setCounted({
        ...key,
        countedMinor: value.amountMinor,
        countedCurrency: value.currency,
        countedAt: at,
      });
    },
    sumCounted: async (query) => (await sumCounted(query))[0]?.sum ?? 0,
    findMark: async ({ reference, provider }) => (await find({ reference, provider })).map(toMark)[0],
    listMarks: async (query) => (await list({ ...query, after: query.after ?? '' })).map(toMark),
    countWaitingReturns: async (provider) => (await countWaiting({ provider }))[0]?.count ?? 0,
    pruneMarks: async (query) => (await deleteOld(query)).length,
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
  const { channelLicenses: licenses } = session.tables;
  const { licenseHash, provider, reference } = licenses;
  const insert = prepareInsert(session, { name: 'claim_license', table: licenses, unless: [licenseHash] });
  const find = rowsOf(session, licenses, { provider, reference }).prepare('find_owner_of_license', ['licenseHash']);
  return {
    async claimLicense({ at, ...claim }) {
      await insert({ ...claim, createdAt: at });
      const [owner] = await find({ licenseHash: claim.licenseHash });
      return owner ?? { provider: claim.provider, reference: claim.reference };
    },
  };
}

function createSubscriptions(
  session: Session,
): Pick<
  ChannelOrderStore,
  'saveSubscription' | 'findSubscription' | 'listSubscriptions' | 'listSubscriptionsCalled' | 'searchSubscriptions'
> {
  const { channelSubscriptions: subscriptions } = session.tables;
  const { searchText, ...columns } = getTableColumns(subscriptions);
  const { prepare, prepareList } = rowsOf(session, subscriptions, columns);
  const find = prepare('find_subscription', ['reference', 'provider']);
  type Page = Parameters<ChannelOrderStore['listSubscriptions']>[0];
  const list = prepareList<Page & { after: string }>('list_subscriptions', () => ({
    where: and(
      eq(subscriptions.provider, sql.placeholder('provider')),
      gt(subscriptions.reference, sql.placeholder('after')),
    ),
    order: [asc(subscriptions.reference)],
    limit,
  }));
  const newestFirst = [desc(subscriptions.updatedAt), desc(subscriptions.reference)];
  const text = sql.placeholder('text');
  type Called = { text: string; limit: number };
  const byReference = prepareList<Called>('list_subscriptions_by_reference', () => ({
    where: eq(subscriptions.reference, text),
    order: newestFirst,
    limit,
  }));
  const byEmail = prepareList<Called>('list_subscriptions_by_email', () => ({
    where: eq(searchKey(subscriptions.customerEmail), searchKey(text)),
    order: newestFirst,
    limit,
  }));
  const oldestSearched = prepared(session, 'oldest_searched_subscription', () =>
    session.db
      .select({ updatedAt: subscriptions.updatedAt })
      .from(subscriptions)
      .orderBy(...newestFirst)
      .limit(1)
      .offset(searchedMax),
  );
  type Search = { pattern: string; since: number; limit: number };
  const search = prepareList<Search>('search_subscriptions', () => ({
    where: and(
      gte(subscriptions.updatedAt, sql.placeholder('since')),
      contains(searchText, sql.placeholder('pattern')),
    ),
    order: newestFirst,
    limit,
  }));
  const isOver = sql`(excluded.status = 'canceled' or ${subscriptions.status} = 'canceled')`;
  const save = prepareReplace(session, {
    name: 'save_subscription',
    table: subscriptions,
    key: ['reference', 'provider'],
    otherwise: {
      status: sql`case when ${isOver} then 'canceled' else 'active' end`,
      customerEmail: sql`coalesce(excluded.customer_email, ${subscriptions.customerEmail})`,
      customerName: sql`coalesce(excluded.customer_name, ${subscriptions.customerName})`,
      startedAt: sql`coalesce(excluded.started_at, ${subscriptions.startedAt})`,
      endedAt: sql`coalesce(excluded.ended_at, ${subscriptions.endedAt})`,
    },
  });
  return {
    saveSubscription(subscription) {
      const { customerEmail, customerName } = subscription;
      return save({ ...subscription, searchText: searchable([customerEmail, customerName]) });
    },
    findSubscription: async ({ provider, reference }) => (await find({ provider, reference }))[0],
    listSubscriptions: (query) => list({ ...query, after: query.after ?? '' }),
    listSubscriptionsCalled: async (query) => [
      ...(await byReference(query)),
      ...(await byEmail({ ...query, text: searchable([query.text]) })),
    ],
    async searchSubscriptions(query) {
      if (query.text.trim() === '') return [];
      const since = (await oldestSearched())[0]?.updatedAt ?? 0;
      return search({ pattern: patternOf(query.text), since, limit: query.limit });
    },
  };
}
