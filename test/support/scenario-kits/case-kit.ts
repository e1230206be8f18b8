// Orders over 49.00 USD whose payments have the snapshots that the test gives, and an admin who resolves their cases.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { type Case, needsDecision } from '#cases/case.ts';
import { minute } from '#kernel/clock.ts';
import { asProviderReference, type OrderId, type PaymentId } from '#kernel/ids.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import type { Resolution } from '#payments/resolutions/actions/resolution.ts';
import { undoResolution } from '#payments/resolutions/actions/undo-resolution.ts';
import { getCase } from '#payments/resolutions/options/get-case.ts';
import type { ResolvingAction } from '#payments/resolutions/options/resolution-actions.ts';
import { listAlerts } from '../builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '../database/test-database.ts';
import { createFakeRefundProvider, type FakeRefundProvider, withFakeRefunds } from '../fakes/refund-provider.ts';
import { createScriptedProviders, type ScriptedProviders } from '../fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, placeTestOrder, showSnapshot, type TestDeps } from './payment-kit.ts';

export const ada: ActingAdmin = { actor: { kind: 'admin', id: '42' }, name: 'Ada' };
export const bob: ActingAdmin = { actor: { kind: 'admin', id: '43' }, name: 'Bob' };

export const money = (received: string, expected = '49.00') => ({ expected, received, asset: 'USD' });

export interface CaseKit {
  opened: TestDatabase;
  deps: TestDeps;
  providers: ScriptedProviders;
  refunds: FakeRefundProvider;
  /** An order whose first payment shows this; a minute passes. */
  order(shows: Partial<PaymentSnapshot>): Promise<{ orderId: OrderId; paymentId: PaymentId }>;
  look(paymentId: PaymentId, shows: Partial<PaymentSnapshot>): Promise<void>;
  details(paymentId: PaymentId): ReturnType<typeof detailsOf>;
  /** The one open exception of the order. */
  open(orderId: OrderId): Promise<Case>;
  allOpen(orderId: OrderId): Promise<string[]>;
  find(id: string): Promise<Case>;
  decide(
    exception: Pick<Case, 'id'>,
    action: ResolvingAction,
    more?: { option?: string; reason?: string; by?: ActingAdmin },
  ): Promise<Resolution>;
  undo(exception: Pick<Case, 'id'>): Promise<Resolution>;
  offered(exception: Pick<Case, 'id'>): Promise<string[]>;
  /** Types of the events for the shop, oldest first; each is returned once. */
  shopHears(): Promise<string[]>;
  /** `case.accept: why`, oldest first. */
  audit(): Promise<string[]>;
  alert(key: string): Promise<{ status: string; resolvedBy: string | null } | undefined>;
  remove(): Promise<void>;
}

/** BTCPay keeps an underpayment, BitPay returns it. `list` is what BTCPay's own list shows. */
export async function openCaseKit(): Promise<CaseKit> {
  const opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  const scripted = createScriptedProviders(['btcpay', 'bitpay'], made.clock);
  const refunds = createFakeRefundProvider(made.clock, { startsAs: 'pending' });
  const providers = withFakeRefunds(returningOdd(scripted), 'btcpay', refunds);
  const deps: TestDeps = { ...made, providers };

  const read = <Result>(work: Parameters<typeof opened.database.read<Result>>[0]) => opened.database.read(work);
  const allOpen = async (orderId: OrderId) =>
    (await read((stores) => stores.cases.listLiveCasesForOrder(orderId))).filter(needsDecision);

  async function find(id: string): Promise<Case> {
    const exception = await read((stores) => stores.cases.findCase(id));
    if (exception === undefined) throw new Error(`no exception ${id}`);
    return exception;
  }

  return {
    opened,
    deps,
    refunds,
    find,
    providers: scripted,
    async order(shows) {
      const reference = asProviderReference(`first-${deps.ids.newId()}`);
      const paymentId = await placeTestOrder(deps, { reference });
      scripted.shows(reference, shows);
      await showSnapshot(deps, { paymentId, shows: { reference, ...shows } });
      deps.clock.advance(minute);
      return { paymentId, orderId: (await detailsOf(deps, paymentId)).order.id };
    },
    async look(paymentId, shows) {
      const { payment } = await detailsOf(deps, paymentId);
      const reference = payment.reference ?? asProviderReference(paymentId);
      const requested = { amount: payment.requestedAmount, asset: payment.requestedAsset };
      scripted.shows(reference, { requested, ...shows });
      await showSnapshot(deps, { paymentId, shows: { reference, requested, provider: payment.provider, ...shows } });
      deps.clock.advance(minute);
    },
    details: (paymentId) => detailsOf(deps, paymentId),
    async open(orderId) {
      const [only, ...more] = await allOpen(orderId);
      if (only === undefined || more.length > 0)
        throw new Error(`not one exception: ${[only, ...more].map((e) => e?.kind)}`);
      return only;
    },
    allOpen: async (orderId) => (await allOpen(orderId)).map(({ kind }) => kind),
    decide: (
      { id },
      action,
      {
        option = null,
        reason = 'Agreed by phone',
        by = ada,
      }: { option?: string | null; reason?: string; by?: ActingAdmin } = {},
    ) => decideCase(deps, { caseId: id, action, option, reason, by }),
    undo: ({ id }) => undoResolution(deps, { caseId: id, by: ada }),
    offered: async ({ id }) => (await getCase(deps, { id }))?.actions ?? [],
    async shopHears() {
      const request = {
        lane: 'shop',
        now: deps.clock.now(),
        lockedUntil: deps.clock.now() + 30 * minute,
        lockedBy: 'test',
        limit: 50,
      };
      const messages = await opened.database.transaction(({ outbox }) =>
        outbox.claimDue({ ...request, suspectedPoison: false }),
      );
      return messages.map(({ payload }) => String(payload['type']));
    },
    async audit() {
      const rows = await read((stores) => stores.audit.listAudit({ subject: null, limit: 50 }));
      return rows.map(({ action, reason }) => `${action}${reason === null ? '' : `: ${reason}`}`).reverse();
    },
    async alert(key) {
      const all = await read((stores) => listAlerts(stores));
      return all.find((alert) => alert.key === key);
    },
    remove: () => opened.remove(),
  };
}

/** An underpayment at BitPay never reaches the shop. */
function returningOdd(registry: ProviderRegistry): ProviderRegistry {
  const dress = (provider: PaymentProvider): PaymentProvider =>
    provider.name === 'bitpay'
      ? { ...provider, capabilities: { ...provider.capabilities, returnsOddPayments: true } }
      : provider;
  return {
    list: () => registry.list().map(dress),
    find(name) {
      const provider = registry.find(name);
      return provider && dress(provider);
    },
    health: (name) => registry.health(name),
  };
}
