import type { Actor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { EventLog } from '#kernel/events.ts';
import type { Ids, Random } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';
import type { PaymentStatus } from './payment.ts';
import type { ProviderRegistry } from './payment-provider.ts';
import type { PaymentStores } from './payment-store.ts';

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
  /** Hears of every change of a payment's status after its commit, for metrics. Must not throw. */
  onTransition?: (change: { from: PaymentStatus; to: PaymentStatus }) => void;
}
