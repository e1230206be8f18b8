// A shop whose days are closed, before fake providers that list what the test says: real verbs, a real database, and
// a clock that the test moves.
import { closeDueDays, type DueDaysClosed } from '#accounting/daily-close/close-due-days.ts';
import { readContent } from '#accounting/ledger/chain.ts';
import type { Closing, ClosingContent } from '#accounting/ledger/closing.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { FeesProvider } from '#payments/ports/fees-provider.ts';
import type { PaymentProvider, ProviderCapabilities } from '#payments/ports/payment-provider.ts';
import { ProviderRejected } from '#payments/ports/provider-errors.ts';
import type { RefundProvider } from '#payments/ports/refund-provider.ts';
import { aSnapshot } from '../builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '../database/test-database.ts';
import { unreachable } from '../fakes/scripted-providers.ts';
import { capabilities } from '../providers/capabilities.ts';
import { createTestClock } from '../time/test-clock.ts';
import { createTestDeps, placeTestOrder, showSnapshot, type TestDeps } from './payment-kit.ts';

/** A fake provider. Tests change it while it is in use. */
export interface FakeListedProvider {
  name: ProviderName;
  /** What its list shows; also what it shows of each when it is asked alone. */
  shows: PaymentSnapshot[];
  /** Shown when asked for alone, and not in the list. */
  hides: PaymentSnapshot[];
  isUnavailable: boolean;
  /** Decommissioned; it must not be called. */
  isRetired: boolean;
  capabilities: ProviderCapabilities;
  refunds: RefundProvider | null;
  fees: FeesProvider | null;
}

export interface AccountingKit {
  deps: TestDeps;
  opened: TestDatabase;
  /** The provider of this name; it is configured from its first mention on. */
  book(name: ProviderName): FakeListedProvider;
  /** Takes the provider out of the configuration. */
  drop(name: ProviderName): void;
  setClock(text: string): void;
  /** An order at that moment; its payment has a reference of its own, and nothing is known of it there. */
  order(at: string, about?: { provider?: ProviderName; amount?: string; asset?: string }): Promise<PaymentId>;
  /** The provider shows the payment so from here on, and we know of it unless the webhook is lost. */
  shows(paymentId: PaymentId, look: Partial<PaymentSnapshot>, about?: { isLost?: boolean }): Promise<void>;
  close(daysMax?: number): Promise<DueDaysClosed>;
  closings(): Promise<{ closing: Closing; content: ClosingContent }[]>;
  contentOf(day: string): Promise<ClosingContent>;
}

export const paid: Partial<PaymentSnapshot> = {
  state: 'confirmed',
  providerStatus: 'Settled',
  settlement: { expected: '49.00', received: '49.00', asset: 'USD' },
};
export const short: Partial<PaymentSnapshot> = {
  state: 'expired',
  providerStatus: 'Expired / PaidPartial',
  settlement: { expected: '49.00', received: '20.00', asset: 'USD' },
};
export const expired: Partial<PaymentSnapshot> = { state: 'expired', providerStatus: 'Expired' };

export async function openAccountingKit(options: { timeZone?: string; startAt?: string } = {}): Promise<AccountingKit> {
  const timeZone = options.timeZone ?? 'UTC';
  const opened = await openTestDatabase();
  const clock = createTestClock(Date.parse(options.startAt ?? '2026-11-20T08:00:00Z'));
  const books = new Map<ProviderName, FakeListedProvider>();
  const made = createTestDeps(opened.database);
  const on = (name: ProviderName) => {
    const book = books.get(name);
    return book && providerOf(book);
  };
  const deps: TestDeps = {
    ...made,
    clock,
    providers: {
      list: () => [...books.values()].map(providerOf),
      find: on,
      health: (name) => ({
        provider: name,
        breaker: 'closed',
        openedAt: null,
        lastError: null,
        lastSuccessAt: null,
        dashboardUrl: null,
        failingSince: null,
        retiredAt: books.get(name)?.isRetired ? clock.now() : null,
      }),
    },
  };
  const book = (name: ProviderName): FakeListedProvider => {
    const known = books.get(name);
    if (known !== undefined) return known;
    const provider: FakeListedProvider = {
      name,
      shows: [],
      hides: [],
      isUnavailable: false,
      isRetired: false,
      refunds: null,
      fees: null,
      capabilities: capabilities({ canList: true }),
    };
    books.set(name, provider);
    return provider;
  };
  const payments = new Map<PaymentId, PaymentSnapshot>();
  const kit: AccountingKit = {
    deps,
    opened,
    book,
    drop: (name) => void books.delete(name),
    setClock(text) {
      clock.advance(Date.parse(text) - clock.now());
    },
    async order(at, about = {}) {
      kit.setClock(at);
      const provider = about.provider ?? 'btcpay';
      const requested = { amount: about.amount ?? '49.00', asset: about.asset ?? 'USD' };
      const reference = asProviderReference(`${provider}-${payments.size + 1}`);
      const asked = { requestedAmount: requested.amount, requestedAsset: requested.asset };
      const paymentId = await placeTestOrder(deps, { provider, reference, ...asked });
      const snapshot = aSnapshot({ provider, reference, paymentId, requested, createdAt: clock.now() + 40 });
      payments.set(paymentId, snapshot);
      book(provider).shows.push(snapshot);
      return paymentId;
    },
    async shows(paymentId, look, { isLost = false } = {}) {
      const snapshot = payments.get(paymentId);
      if (snapshot === undefined) throw new Error('there is no such payment');
      Object.assign(snapshot, look);
      if (!isLost) await showSnapshot(deps, { paymentId, shows: { ...snapshot, observedAt: clock.now() } });
    },
    close: (daysMax = 40) => closeDueDays(deps, { timeZone, daysMax }),
    async closings() {
      const all = await opened.database.read((stores) => stores.ledger.walkClosings({ after: 0, limit: 100 }));
      return all.map((closing) => {
        const content = readContent(closing);
        if (content === undefined) throw new Error(`closing ${closing.number} cannot be read`);
        return { closing, content };
      });
    },
    async contentOf(day) {
      const found = (await kit.closings()).find(({ content }) => content.day === day);
      if (found === undefined) throw new Error(`${day} is not closed`);
      return found.content;
    },
  };
  return kit;
}

function providerOf(book: FakeListedProvider): PaymentProvider {
  const { name } = book;
  const answer = <Value>(value: () => Value): Promise<Value> =>
    book.isUnavailable || book.isRetired ? Promise.reject(unreachable(name)) : Promise.resolve(value());
  const never = (): never => {
    throw new Error('this is not asked for');
  };
  return {
    name,
    capabilities: book.capabilities,
    refunds: book.refunds,
    fees: book.fees,
    quote: never,
    createPayment: never,
    findCreatedPayment: never,
    fetchPayment: (reference) =>
      answer(() => {
        const found = [...book.shows, ...book.hides].find((one) => one.reference === reference);
        if (found !== undefined) return { ...found };
        throw new ProviderRejected({
          provider: name,
          operation: 'fetch',
          code: null,
          httpStatus: 404,
          message: 'not found',
        });
      }),
    async *listPayments({ from, to }) {
      yield await answer(() =>
        book.shows
          .filter(({ createdAt }) => createdAt === null || (createdAt >= from && createdAt < to))
          .map((one) => ({ ...one })),
      );
    },
    cancelPayment: never,
    verifyWebhook: never,
    probe: never,
    checkSetUp: never,
  };
}
