// A fake provider for refunds: it carries a command out at once, never, or only later, and its answer
// may be lost either way. What it has paid out is counted, so that a test can say that the money moved once.
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import { asProviderReference, type ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentProvider, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { ProviderRateLimited, ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import type {
  ProviderRefund,
  ProviderRefundState,
  RefundCommand,
  RefundProvider,
} from '#payments/ports/refund-provider.ts';

/** What becomes of one command. Without an answer the caller learns nothing, whatever was done. */
export type Fate =
  | { does: 'at_once' | 'never'; answers: boolean }
  | { does: 'later'; afterMs: Milliseconds }
  | { does: 'reject' | 'limit' };

export interface FakeRefundProvider extends RefundProvider {
  /** The fates of the next commands; afterwards everything is carried out and answered. */
  fates: Fate[];
  /** Whether a command under a known id is the same command; without it a repeat is another refund. */
  honoursIds: boolean;
  /** Fetches fail while it is unavailable. */
  isUnavailable: boolean;
  /** Called before each command, for a process that dies there; a throw is not the provider's. */
  onCommand: () => void;
  commands: RefundCommand[];
  /** The payment that its refunds are of, as it lists them. */
  paymentReference: ProviderReference;
  /** What was paid out, or is on its way to be. */
  refunds: ProviderRefund[];
  /** The provider decides about a refund that is pending. */
  decide(refundId: string, state: ProviderRefundState): void;
  /** Somebody makes a refund at the provider, past us. */
  makeByHand(amount: string): ProviderRefund;
}

const failure = { provider: 'btcpay', operation: 'refund', code: '4200', httpStatus: null } as const;

export function createFakeRefundProvider(clock: Clock, options: { startsAs: ProviderRefundState }): FakeRefundProvider {
  const later: { at: Milliseconds; command: RefundCommand }[] = [];
  const refundProvider: FakeRefundProvider = {
    way: 'sent',
    fates: [],
    honoursIds: true,
    isUnavailable: false,
    onCommand: () => undefined,
    commands: [],
    paymentReference: asProviderReference('unknown'),
    refunds: [],
    async requestRefund(command) {
      refundProvider.onCommand();
      refundProvider.commands.push(command);
      const fate = refundProvider.fates.shift() ?? { does: 'at_once', answers: true };
      switch (fate.does) {
        case 'reject':
          throw new ProviderRejected({ ...failure, message: 'refund: not enough balance' });
        case 'limit':
          throw new ProviderRateLimited({ ...failure, message: 'refund: slow down', retryAfterMs: 1_000 });
        case 'later':
          later.push({ at: clock.now() + fate.afterMs, command });
          throw lost();
        case 'never':
          throw lost();
        case 'at_once': {
          const refund = carryOut(command);
          if (!fate.answers) throw lost();
          return { ...refund };
        }
        default:
          return fate satisfies never;
      }
    },
    async findRefunds() {
      if (refundProvider.isUnavailable) throw lost();
      const due = later.filter(({ at }) => at <= clock.now());
      for (const { command } of due) carryOut(command);
      for (const one of due) later.splice(later.indexOf(one), 1);
      return refundProvider.refunds.map((refund) => ({ ...refund }));
    },
    async listRefunds() {
      if (refundProvider.isUnavailable) throw lost();
      return refundProvider.refunds.map(({ reference }) => ({
        paymentReference: refundProvider.paymentReference,
        reference,
      }));
    },
    decide(refundId, state) {
      const refund = refundProvider.refunds.find((candidate) => candidate.refundId === refundId);
      if (refund === undefined) throw new Error(`no refund ${refundId}`);
      Object.assign(refund, { state, providerStatus: state.toUpperCase() });
    },
    makeByHand(amount) {
      const refund = newRefund({ refundId: null, amount: { amount, asset: 'USD' } });
      refundProvider.refunds.push(refund);
      return refund;
    },
  };

  function carryOut(command: RefundCommand): ProviderRefund {
    const known = refundProvider.refunds.find(({ refundId }) => refundId === command.refundId);
    if (known !== undefined && refundProvider.honoursIds) return known;
    const refund = newRefund(command);
    refundProvider.refunds.push(refund);
    return refund;
  }

  function newRefund(command: Pick<ProviderRefund, 'refundId' | 'amount'>): ProviderRefund {
    return {
      reference: `refund-${refundProvider.refunds.length + 1}`,
      refundId: command.refundId,
      amount: command.amount,
      state: options.startsAs,
      providerStatus: options.startsAs.toUpperCase(),
      claimUrl: null,
      transactionIds: [],
      createdAt: clock.now(),
    };
  }

  return refundProvider;
}

function lost(): ProviderUnreachable {
  return new ProviderUnreachable({ ...failure, message: 'refund: no answer (4200)' });
}

/** The same providers, of which one pays back through the fake. */
export function withFakeRefunds(
  providers: ProviderRegistry,
  name: ProviderName,
  refunds: RefundProvider,
): ProviderRegistry {
  const dress = (provider: PaymentProvider): PaymentProvider =>
    provider.name === name ? { ...provider, refunds } : provider;
  return {
    list: () => providers.list().map(dress),
    find: (wanted) => {
      const provider = providers.find(wanted);
      return provider && dress(provider);
    },
    health: (wanted) => providers.health(wanted),
  };
}
