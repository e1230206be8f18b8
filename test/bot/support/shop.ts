import { createOwnerDirectory } from '#access/owner-directory.ts';
import type { AccountingStores, DomainDeps } from '#accounting/ledger/deps.ts';
import { type AdminBot, createAdminBot } from '#bot/admin/admin-bot.ts';
import { createPager, type Pager } from '#bot/pager/pager.ts';
import type { UpdateMode } from '#bot/telegram/telegram.ts';
import { type RaisedCase, raiseCase } from '#cases/raise-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { minute, second, systemClock } from '#kernel/clock.ts';
import { createIds } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { createSecretSearch } from '#logging/redaction.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { readOwedMessages } from '#messaging/queues/owed-messages.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import { createWorker } from '#messaging/workers/worker.ts';
import { placeOrder } from '#payments/collect/place-order.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { createFakeDiagnostics, type FakeDiagnostics } from '#test/support/fakes/diagnostics.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createFakeRefundProvider, type FakeRefundProvider } from '#test/support/fakes/refund-provider.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';
import { createFakeProvider, type FakeProvider } from './fake-provider.ts';

export const ann = 101;
export const bob = 102;
export const eve = 999;
export const group = -1001234567890;
/** A group of the small kind, which can become a supergroup. */
export const smallGroup = -5005;
export const adminToken = '7000001:admin-token-that-no-log-may-show';
export const pagerToken = '7000002:pager-token-that-no-log-may-show';

export interface BotShop {
  telegram: TelegramSandbox;
  deps: DomainDeps & { clock: TestClock; log: ReturnType<typeof createRecordingLog> };
  provider: FakeProvider;
  /** Where that provider gives money back. */
  refundProvider: FakeRefundProvider;
  /** What he finds wrong with the set-up is what the test says. */
  doctor: FakeDiagnostics;
  /** The SQLite file. */
  file: string;
  adminBot: AdminBot;
  pager: Pager;
  /** The admin bot of a process that is started anew; it is stopped with the shop. */
  restartAdminBot(): AdminBot;
  /** The pager of a process that is started anew; it is stopped with the shop. */
  restartPager(): Pager;
  /** What the outbox owes to Telegram is carried out; how many messages were settled. */
  deliver(): Promise<number>;
  /** How many messages are owed to chats that cannot be reached. */
  owed(): Promise<number>;
  order(): Promise<OrderView>;
  raise(differences?: Partial<RaisedCase>): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface ShopOptions {
  /** With one token both roles share a bot, and the pager only sends. */
  sharesToken?: boolean;
  alertChatId?: number;
  adminMode?: UpdateMode;
  startedChats?: 'none';
  apiRoot?: string;
  /** Told by the admin bot. */
  onTokenRefused?: (reason: string) => void;
}

/** Two bots before a local Telegram, with the real verbs, a real database and a fake provider. */
export async function openBotShop(options: ShopOptions = {}): Promise<BotShop> {
  const opened = await openTestDatabase();
  const telegram = await startTelegramSandbox({
    bots: [
      { token: adminToken, username: 'till_bot', name: 'Till' },
      { token: pagerToken, username: 'pager_bot', name: 'Pager' },
    ],
    users: [
      { id: ann, firstName: 'Ann' },
      { id: bob, firstName: 'Bob' },
      { id: eve, firstName: 'Eve <b>' },
    ],
    groups: [group, smallGroup].map((id) => ({
      id,
      title: 'Alerts',
      users: [ann, bob, eve],
      bots: ['till_bot', 'pager_bot'],
    })),
    startedChats: options.startedChats === 'none' ? [] : 'all',
  });
  // Telegram really answers here: a call in hand does not end because a test moves the clock.
  const clock: TestClock = { ...createTestClock(), deadline: systemClock.deadline };
  const random = createSeededRandom(7);
  const refundProvider = createFakeRefundProvider(clock, { startsAs: 'pending' });
  const provider = createFakeProvider(() => clock.now(), refundProvider);
  const deps = {
    database: opened.database,
    providers: provider,
    clock,
    random,
    ids: createIds({ clock, random }),
    log: createRecordingLog(),
  };
  const admins = createOwnerDirectory([ann, bob]);
  const doctor = createFakeDiagnostics(() => clock.now());
  const shared = {
    apiRoot: options.apiRoot ?? telegram.url,
    alertChatId: options.alertChatId ?? null,
    timeZone: 'Europe/Berlin',
  };
  const adminBots: AdminBot[] = [];
  const openAdminBot = (): AdminBot => {
    const created = createAdminBot(
      {
        ...deps,
        admins,
        reconcile: createReconciler(deps),
        redact: (text) => text,
        holdsSecret: createSecretSearch([adminToken]),
        doctor,
        readHealth: async () => ({ checks: [{ name: 'database', ok: true, detail: '' }], jobs: [], queues: [] }),
      },
      {
        ...shared,
        token: adminToken,
        mode: options.adminMode ?? { kind: 'polling' },
        onTokenRefused: options.onTokenRefused,
      },
    );
    adminBots.push(created);
    return created;
  };
  const adminBot = openAdminBot();
  const pagerMode: UpdateMode = options.sharesToken ? { kind: 'send_only' } : { kind: 'polling' };
  const pagers: Pager[] = [];
  const startPager = (): Pager => {
    const started = createPager(
      {
        ...deps,
        admins,
        commandBot: () => adminBot.username(),
        otherBot: options.sharesToken ? null : adminBot.sender,
      },
      { ...shared, token: options.sharesToken ? adminToken : pagerToken, mode: pagerMode },
    );
    pagers.push(started);
    return started;
  };
  const pager = startPager();
  const worker = createWorker<OutboxMessage, AccountingStores>(
    { ...deps, instanceId: 'test' },
    {
      name: 'telegram',
      lane: null,
      concurrency: 4,
      attemptTimeoutMs: 20 * second,
      sweepMs: second,
      queueOf: (stores) => stores.outbox,
      async handle(message, signal): Promise<DeliveryResult> {
        const handlers = [...adminBot.outboxHandlers, ...(pagers.at(-1)?.outboxHandlers ?? [])];
        const handler = handlers.find(({ topic }) => topic === message.topic);
        return handler === undefined ? { kind: 'done', outcome: 'not for Telegram' } : handler.deliver(message, signal);
      },
      onAbandoned: async () => undefined,
      policy: { firstDelayMs: second, delayMaxMs: minute, attemptsMax: 5 },
    },
  );
  return {
    telegram,
    deps,
    provider,
    refundProvider,
    doctor,
    file: opened.file,
    adminBot,
    pager,
    restartAdminBot: openAdminBot,
    restartPager: startPager,
    deliver: () => worker.drain(),
    owed: async () => (await readOwedMessages(deps)).count,
    async order() {
      const placed = await placeOrder(deps, {
        idempotencyKey: null,
        bodyHash: null,
        origin: 'store',
        actor: { kind: 'store', id: 'store' },
        items: [{ sku: 'LIC', name: 'License key', quantity: 1, unitAmountMinor: 4900 }],
        currency: 'USD',
        customerEmail: 'ann@example.org',
        customerName: '<i>Ann</i>',
        provider: 'auto',
        redirectUrl: null,
        metadata: {},
        reference: null,
        note: null,
      });
      if (placed.kind !== 'placed') throw new Error(`the order was not placed: ${placed.kind}`);
      return placed.order;
    },
    async raise(differences = {}) {
      const raised = aRaisedCase(differences);
      return inTransaction(deps, causeOf(systemActor), async (tx) => {
        await raiseCase(tx, raised);
        return (await tx.stores.cases.findLiveCase(raised.key))?.id ?? '';
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...adminBots, ...pagers].map((bot) => bot.stop()));
      await telegram.stop();
      await opened.remove();
    },
  };
}

function aRaisedCase(differences: Partial<RaisedCase>): RaisedCase {
  return {
    key: 'payment_underpaid:x',
    kind: 'payment_underpaid',
    severity: 'critical',
    provider: 'btcpay',
    facts: {
      headline: 'Payment underpaid',
      orderNumber: 'T-1',
      amount: '49.00 USD',
      detail: '20.00 of 49.00 USD received',
      why: 'Expired / PaidPartial',
      trust: 'fetched',
    },
    actions: ['new_payment_link', 'open_order'],
    ...differences,
  };
}
