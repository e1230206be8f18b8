import type { Actor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { EventLog } from '#kernel/events.ts';
import type { Ids, Random } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentStatus } from '../model/payment.ts';
import type { DecommissionedProviders } from '../ports/decommissioned-providers.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** What every verb of this room is given. */
export interface PaymentDeps {
  database: Database<PaymentStores>;
  providers: ProviderRegistry;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: EventLog;
  /** Whether money that goes back needs a second person's word first; without it none does. Must be quick and not throw. */
  needsApproval?: (asked: { money: Money; actor: Actor }) => boolean;
  /** Who is not asked any more, at hand for every call that would go out; without it everybody is asked. */
  decommissioned?: DecommissionedProviders;
  /** Whether anything beside the providers answers us: where nothing does, the network here is to blame. Must be quick. */
  isOnline?: () => boolean;
  /** Hears of every outage that begins, for metrics. Must not throw. */
  onOutage?: (provider: ProviderName) => void;
  /** Hears of every change of a payment's status after its commit, for metrics. Must not throw. */
  onTransition?: (change: { from: PaymentStatus; to: PaymentStatus }) => void;
}
