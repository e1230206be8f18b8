import type { AssetAmount, Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { NoProvider } from '../../collect/choose-provider.ts';
import type { LinkRefusal } from '../../collect/create-payment-link.ts';
import type { OverrideRefusal, WithdrawalRefusal } from '../../overrides/override.ts';
import type { FetchRefusal } from '../../ports/capability-refusal.ts';
import type { RefundRefusal } from '../../refunds/request-refund.ts';

/** Why a case is not decided, or a decision not undone. The words for it are the surface's. */
export type ResolutionRefusal =
  | OwnRefusal
  | OverrideRefusal
  | WithdrawalRefusal
  | FetchRefusal
  | RefundRefusal
  | LinkRefusal
  | NoProvider;

type OwnRefusal =
  | { code: PlainCode }
  | { code: 'no_order'; action: 'mark_paid' | 'cancel' | 'write_off' | 'new_link' }
  | { code: 'no_payment'; action: 'accept' | 'correct' | 'refund' }
  | { code: 'cannot_cancel'; status: OrderStatus }
  | { code: 'provider_failed'; provider: ProviderName; message: string }
  | { code: 'other_asset'; requested: AssetAmount }
  | { code: 'other_currency'; requested: AssetAmount; currency: string }
  | { code: 'amount_changed'; amount: Money };

type PlainCode =
  | 'not_allowed'
  | 'wait_time_missing'
  | 'not_held'
  | 'no_surplus'
  | 'refund_requested_already'
  | 'no_refund'
  | 'refund_busy'
  | 'refund_just_sent'
  | 'nobody_to_ask'
  | 'provider_missing'
  | 'payment_busy'
  | 'no_reference'
  | 'amount_does_not_fit'
  | 'belongs_to_order'
  | 'payment_vanished'
  | 'cannot_undo'
  | 'came_up_again';

export type ResolutionRefused = { kind: 'refused' } & ResolutionRefusal;

export function refused(refusal: ResolutionRefusal): ResolutionRefused {
  return { kind: 'refused', ...refusal };
}
