// Providers that do what the test says at this moment, for races and refusals that the sandbox cannot time exactly.
import type { Clock } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { ListedPayment, PaymentSnapshot } from '#payments/model/snapshot.ts';
import type {
  CreatePaymentRequest,
  PaymentProvider,
  ProviderHealth,
  ProviderRegistry,
} from '#payments/ports/payment-provider.ts';
import { ProviderNotUnderstood, ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { capabilities } from '../providers/capabilities.ts';

type Create = (request: CreatePaymentRequest) => Promise<void> | void;

export interface ScriptedProviders extends ProviderRegistry {
  /** What happens before a create of this provider is answered; a throw is its answer. */
  onCreate(name: ProviderName, create: Create): void;
  /** What the provider shows of a reference from here on. */
  shows(reference: string, look: Partial<PaymentSnapshot>): void;
  /** What it says of a reference, or of the payment with our id, is not understood from here on; undefined: it is again. */
  saysOddly(reference: string, what: string | undefined): void;
  /** It does not answer when it is asked for this reference; or does again. */
  isSilentAbout(reference: string, isSilent: boolean): void;
  switchOff(name: ProviderName): void;
  /** What happens when the provider is asked whether it is there; a throw is its answer. */
  onProbe(name: ProviderName, probe: () => void): void;
  /** What the calls so far have shown of its health. */
  feels(name: ProviderName, health: Partial<ProviderHealth>): void;
  /** Its own list of payments from here on; without one it cannot be listed. */
  lists(name: ProviderName, references: readonly string[]): void;
  /** References that were created, in their order: `btcpay-1`, `btcpay-2` … */
  created: string[];
}

export function createScriptedProviders(names: readonly ProviderName[], clock: Clock): ScriptedProviders {
  const creates = new Map<ProviderName, Create>();
  const looks = new Map<string, Partial<PaymentSnapshot>>();
  const odd = new Map<string, string>();
  const silent = new Set<string>();
  const created: string[] = [];
  const probes = new Map<ProviderName, () => void>();
  const healths = new Map<ProviderName, Partial<ProviderHealth>>();
  const lists = new Map<ProviderName, readonly string[]>();
  const never = (): never => {
    throw new Error('this is not asked for');
  };

  function look(provider: ProviderName, reference: string): PaymentSnapshot {
    return {
      provider,
      reference: asProviderReference(reference),
      paymentId: null,
      trust: 'fetched',
      observedAt: clock.now(),
      state: 'open',
      providerStatus: 'New',
      settlement: null,
      coin: null,
      label: null,
      fees: null,
      requested: { amount: '49.00', asset: 'USD' },
      isLate: false,
      isMarkedSettled: false,
      transactionIds: [],
      checkoutUrl: `https://pay.example.org/i/${reference}`,
      createdAt: null,
      expiresAt: null,
      ...looks.get(reference),
    };
  }

  function understood(provider: ProviderName, reference: string): PaymentSnapshot {
    const shown = look(provider, reference);
    const what = odd.get(reference);
    const operation = 'fetch_payment';
    if (silent.has(reference)) {
      const message = `${operation}: no answer within 15000 ms`;
      throw new ProviderUnreachable({ provider, operation, code: null, httpStatus: null, message });
    }
    if (what === undefined) return shown;
    const facts = { provider, operation, code: null, httpStatus: 200, message: `${operation}: ${what}`, what };
    throw new ProviderNotUnderstood({ ...facts, paymentId: shown.paymentId });
  }

  function entry(provider: ProviderName, reference: string): ListedPayment {
    const shown = look(provider, reference);
    const unread = odd.get(reference);
    if (unread === undefined) return shown;
    const { paymentId, createdAt } = shown;
    return { provider, reference: shown.reference, paymentId, createdAt, unread };
  }

  function provider(name: ProviderName): PaymentProvider {
    return {
      name,
      refunds: null,
      fees: null,
      get capabilities() {
        return capabilities({ canList: lists.has(name) });
      },
      quote: (money) => ({ amount: toDecimal(money), asset: money.currency }),
      async createPayment(request) {
        await creates.get(name)?.(request);
        const reference = `${name}-${created.length + 1}`;
        created.push(reference);
        const requested = { amount: toDecimal(request.money), asset: request.money.currency };
        looks.set(reference, { paymentId: request.paymentId, requested });
        return look(name, reference);
      },
      findCreatedPayment: () => Promise.resolve(undefined),
      fetchPayment: async (reference) => understood(name, reference),
      cancelPayment: async (reference) => void understood(name, reference),
      verifyWebhook: never,
      async *listPayments() {
        yield (lists.get(name) ?? never()).map((reference) => entry(name, reference));
      },
      checkSetUp: async () => [],
      async probe() {
        probes.get(name)?.();
      },
    };
  }

  const on = new Map(names.map((name) => [name, provider(name)]));
  return {
    created,
    onCreate: (name, create) => void creates.set(name, create),
    shows: (reference, shown) => void looks.set(reference, { ...looks.get(reference), ...shown }),
    saysOddly: (reference, what) => void (what === undefined ? odd.delete(reference) : odd.set(reference, what)),
    isSilentAbout: (reference, isSilent) => void (isSilent ? silent.add(reference) : silent.delete(reference)),
    switchOff: (name) => void on.delete(name),
    onProbe: (name, probe) => void probes.set(name, probe),
    feels: (name, health) => void healths.set(name, { ...healths.get(name), ...health }),
    lists: (name, references) => void lists.set(name, references),
    list: () => [...on.values()],
    find: (name) => on.get(name),
    health: (name) => ({
      provider: name,
      breaker: 'closed',
      openedAt: null,
      lastError: null,
      lastSuccessAt: null,
      failingSince: null,
      retiredAt: null,
      dashboardUrl: null,
      ...healths.get(name),
    }),
  };
}

const failure = { operation: 'create_payment', code: '4200', httpStatus: null };

export function unreachable(provider: ProviderName): ProviderUnreachable {
  return new ProviderUnreachable({ ...failure, provider, message: 'create_payment: timeout' });
}

export function rejected(provider: ProviderName): ProviderRejected {
  return new ProviderRejected({ ...failure, provider, message: 'create_payment: amount too small' });
}
