import type { OverrideRefusal, WithdrawalRefusal } from '#payments/overrides/override.ts';

/** Why an admin's override is refused, in a sentence. */
export function overrideRefusalText(refusal: OverrideRefusal): string {
  switch (refusal.code) {
    case 'reason_missing':
      return 'A reason is needed.';
    case 'reason_too_long':
      return `A reason has at most ${refusal.unitsMax} characters.`;
    case 'order_is_already':
      return `The order is ${refusal.status.replaceAll('_', ' ')} already.${dismissText(refusal)}`;
    case 'link_being_made':
      return `Its link is being created right now: try again in a moment.${dismissText(refusal)}`;
    case 'money_is_there':
      return 'Money was received: accept it as paid, or refund it.';
    case 'nothing_to_write_off':
      return `The order is ${refusal.status.replaceAll('_', ' ')}: there is nothing to write off.`;
    default:
      return refusal satisfies never;
  }
}

function dismissText({ canDismiss = false }: { canDismiss?: boolean }): string {
  return canDismiss ? ' If our records are right, say so instead.' : '';
}

export const withdrawalRefusals: Readonly<Record<WithdrawalRefusal['code'], string>> = {
  not_accepted: 'It is not accepted any more.',
  money_refunded: 'Money of the order was refunded since, or a refund is pending.',
  acceptance_not_needed: 'All of the money was received since: the order is paid without the acceptance.',
  order_is_fulfilled: 'The order has changed since: it is fulfilled.',
  order_has_changed: 'The order has changed since.',
};
