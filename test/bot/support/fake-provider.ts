import { asProviderReference } from '#kernel/ids.ts';
import { toDecimal } from '#kernel/money.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { CreatePaymentRequest, PaymentProvider, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import type { RefundProvider } from '#payments/ports/refund-provider.ts';
import { capabilities } from '#test/support/providers/capabilities.ts';

export interface FakeProvider extends ProviderRegistry {
  /** How often a payment was created. */
  created(): number;
  /** What every payment shows from here on. */
  shows(differences: Partial<PaymentSnapshot>): void;
  goesAway(): void;
  /** Whoever fetches a payment from here on waits until `goOn`; `asked` resolves with the first who does. */
  holds(): { asked: Promise<void>; goOn(): void };
  /** How often it was asked whether it is there. */
  probes(): number;
  /** Its list shows this payment too, which nobody here has made. */
  lists(stranger: PaymentSnapshot): void;
}

/** A fake provider, for tests of the chat: payments are what the test says they are. */
export function createFakeProvider(now: () => number, refunds: RefundProvider): FakeProvider {
  const payments = new Map<string, CreatePaymentRequest>();
  let shown: Partial<PaymentSnapshot> = {};
  let isAway = false;
  let probes = 0;
  let beforeFetch = async (): Promise<void> => undefined;
  const strangers: PaymentSnapshot[] = [];

  function look(reference: string): PaymentSnapshot {
    const request = payments.get(reference);
    if (isAway || request === undefined) {
      throw new ProviderUnreachable({
        provider: 'btcpay',
        operation: 'fetch',
        code: '4200',
        httpStatus: null,
        message: 'timeout (4200)',
      });
    }
    return {
      provider: 'btcpay',
      reference: asProviderReference(reference),
      paymentId: request.paymentId,
      trust: 'fetched',
      observedAt: now(),
      state: 'open',
      providerStatus: 'New',
      requested: { amount: toDecimal(request.money), asset: request.money.currency },
      settlement: null,
      coin: null,
      label: null,
      fees: null,
      isLate: false,
      isMarkedSettled: false,
      transactionIds: [],
      checkoutUrl: `https://pay.example.org/i/${reference}`,
      createdAt: now(),
      expiresAt: request.expiresAt,
      ...shown,
    };
  }

  const provider: PaymentProvider = {
    name: 'btcpay',
    capabilities: capabilities({ canList: true, gaps: ['It is made of paper.'] }),
    refunds,
    fees: null,
    quote: (money) => ({ amount: toDecimal(money), asset: money.currency }),
    async createPayment(request) {
      const reference = `paper-${payments.size + 1}`;
      payments.set(reference, request);
      return look(reference);
    },
    findCreatedPayment: async () => undefined,
    async fetchPayment(reference) {
      await beforeFetch();
      return look(reference);
    },
    async *listPayments() {
      yield [...[...payments.keys()].map(look), ...strangers];
    },
    cancelPayment: async () => undefined,
    verifyWebhook: () => ({ kind: 'refused', reason: 'not_ours' }),
    async probe() {
      probes += 1;
    },
    checkSetUp: async () => [],
  };
  return {
    list: () => [provider],
    find: (name) => (name === 'btcpay' ? provider : undefined),
    health: () => ({
      provider: 'btcpay',
      breaker: 'closed',
      openedAt: null,
      lastError: null,
      lastSuccessAt: now(),
      failingSince: null,
      retiredAt: null,
      dashboardUrl: 'https://btcpay.example.org/invoices/',
    }),
    created: () => payments.size,
    shows: (differences) => {
      shown = differences;
    },
    lists: (stranger) => void strangers.push(stranger),
    goesAway: () => {
      isAway = true;
    },
    holds() {
      const asked = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      beforeFetch = () => {
        asked.resolve();
        return held.promise;
      };
      return { asked: asked.promise, goOn: held.resolve };
    },
    probes: () => probes,
  };
}
