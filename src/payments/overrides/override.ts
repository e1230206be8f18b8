import type { ReasonRefusal } from '#access/reason.ts';
import type { OrderStatus } from '#orders/order.ts';

/** The result of an admin's override of a status. */
export type Override =
  | { kind: 'decided'; code: 'marked_paid' | 'written_off' }
  | ({ kind: 'refused' } & OverrideRefusal)
  | { kind: 'unknown' };

/** Why an override is refused. The words for it are the surface's. */
export type OverrideRefusal = ReasonRefusal | AcceptanceRefusal | WriteOffRefusal;

/** `canDismiss`: the admin may say instead that the records are right. */
export type AcceptanceRefusal = ({ code: 'order_is_already'; status: OrderStatus } | { code: 'link_being_made' }) & {
  canDismiss?: boolean;
};

export type WriteOffRefusal = { code: 'money_is_there' } | { code: 'nothing_to_write_off'; status: OrderStatus };

/** Why an override is not withdrawn; nothing was changed then. */
export interface WithdrawalRefusal {
  code: 'not_accepted' | 'money_refunded' | 'acceptance_not_needed' | 'order_is_fulfilled' | 'order_has_changed';
}
