import type { Actor } from '#kernel/actor.ts';
import type { Random } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';
import type { EventLog } from '#kernel/process.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentStatus } from '../model/payment.ts';
import type { DecommissionedProviders } from '../ports/decommissioned-providers.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** For a verb that calls a provider, or reads its capabilities. */
export interface ProviderDeps extends TransactionDeps<PaymentStores> {
  providers: ProviderRegistry;
}

/** For a verb that ends in applying a snapshot. */
export interface SnapshotDeps extends ProviderDeps {
  log: EventLog;
  /** How many times the review threshold channel orders may add up to within a day before the rest is held. */
  unreviewedTimes?: number;
  /** Called after the commit of every change of a payment's status, for metrics. Must not throw. */
  onTransition?: (change: { from: PaymentStatus; to: PaymentStatus }) => void;
}

/** For a verb that requests a refund. */
export interface RefundDeps extends ProviderDeps {
  /** Whether a refund needs the approval of a second admin first; without it none does. Must be quick and not throw. */
  needsApproval?: (asked: { money: Money; actor: Actor }) => boolean;
}

/** For a verb that may begin or end an outage. */
export interface OutageDeps extends ProviderDeps {
  log: EventLog;
  /** Which providers are decommissioned, checked by every outgoing call; without it none is. */
  decommissioned?: DecommissionedProviders;
  /**
   * Whether anything other than the providers answers us: if nothing does, our own network is to blame. Must be quick.
   */
  isOnline?: () => boolean;
  /** Called for every outage that begins, for metrics. Must not throw. */
  onOutage?: (provider: ProviderName) => void;
}

/** All of it, as the composition root puts it together; a verb names less. */
export interface PaymentDeps extends SnapshotDeps, RefundDeps, OutageDeps {
  random: Random;
}
