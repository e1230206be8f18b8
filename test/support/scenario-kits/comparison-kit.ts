// A provider's list beside our payments, and what a reconciliation of both finds.

import type { Case } from '#cases/case.ts';
import { hour } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { ProviderRejected } from '#payments/ports/provider-errors.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

export const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;

export interface Comparison {
  kit: CaseKit;
  /** What the provider lists. */
  listed: PaymentSnapshot[];
  /** What it does not know any more when it is asked. */
  gone: Set<string>;
  compare(): ReturnType<ReturnType<typeof createReconciler>>;
  findings(): Promise<Case[]>;
  /** Throws unless there is one. */
  only(): Promise<Case>;
  /** The one alert for all of them. */
  grouped(): ReturnType<CaseKit['alert']>;
  /** A payment that somebody made in BTCPay's own pages. */
  stray(differences?: Partial<PaymentSnapshot>): PaymentSnapshot;
}

export async function openComparison(): Promise<Comparison> {
  const kit = await openCaseKit();
  const { deps } = kit;
  const { providers } = deps;
  const books: Comparison = {
    kit,
    listed: [],
    gone: new Set(),
    compare: () => createReconciler(deps)({ provider: 'btcpay', startedBy: 'test', cause }),
    async findings() {
      const open = await kit.opened.database.read((stores) => listDecisions(stores));
      return open.filter(({ kind }) => kind.startsWith('finding_'));
    },
    async only() {
      const [finding, ...more] = await books.findings();
      if (finding === undefined || more.length > 0) throw new Error(`not one finding: ${more.length}`);
      return finding;
    },
    grouped: () => kit.alert('reconciliation:btcpay'),
    stray(differences = {}) {
      const snapshot = aSnapshot({
        reference: asProviderReference('stray'),
        state: 'confirmed',
        providerStatus: 'Settled',
        settlement: money('49.00'),
        label: 'Workshop for T-1001',
        createdAt: deps.clock.now() - hour,
        ...differences,
      });
      kit.providers.shows(snapshot.reference, snapshot);
      return snapshot;
    },
  };
  const listing = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    capabilities: { ...provider.capabilities, canList: true },
    async *listPayments() {
      yield [...books.listed];
    },
    async fetchPayment(reference, options) {
      if (!books.gone.has(reference)) return provider.fetchPayment(reference, options);
      const failure = { operation: 'fetch_payment', code: 'invoice-not-found', httpStatus: 404, message: 'not found' };
      throw new ProviderRejected({ ...failure, provider: provider.name });
    },
  });
  const find: typeof providers.find = (name) => {
    const provider = providers.find(name);
    return provider && listing(provider);
  };
  deps.providers = { ...providers, find };
  return books;
}
