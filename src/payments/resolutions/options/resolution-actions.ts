import { type Case, type DecisionKind, isAboutSurplus } from '#cases/case.ts';

/** What an admin may decide about a case. `check` decides nothing: it asks the provider again. */
export const resolutionActions = [
  'accept',
  'ask_rest',
  'new_link',
  'refund',
  'refund_surplus',
  'wait',
  'keep',
  'check',
  'mark_paid',
  'write_off',
  'cancel',
  'reject',
  'link_order',
  'dismiss',
  'correct',
  'confirm_refunded',
  'confirm_not_refunded',
] as const;
export type ResolutionAction = (typeof resolutionActions)[number];
export type ResolvingAction = Exclude<ResolutionAction, 'check'>;
export const resolvingActions = resolutionActions.filter((action) => action !== 'check');

const withoutMoney = ['new_link', 'check', 'mark_paid', 'cancel'] as const;
const bothSides = ['dismiss', 'correct', 'mark_paid', 'write_off'] as const;

/** What may be decided about which kind, the most likely first. Which of it fits right now, the situation says. */
export const allowedActions: Readonly<Record<DecisionKind, readonly ResolutionAction[]>> = {
  payment_underpaid: ['ask_rest', 'accept', 'refund', 'wait', 'new_link', 'cancel'],
  payment_overpaid: ['keep', 'refund_surplus'],
  payment_paid_twice: ['refund_surplus', 'keep'],
  payment_paid_late: ['accept', 'refund'],
  payment_failed: withoutMoney,
  // The money is there, whatever the provider calls the payment: to ask for it once more comes last.
  payment_unconfirmed: ['refund', 'accept', 'check', 'cancel', 'new_link', 'dismiss'],
  payment_double_spent: ['check', 'wait', 'new_link', 'mark_paid', 'cancel'],
  payment_expired: withoutMoney,
  payment_not_created: withoutMoney,
  payment_stuck: withoutMoney,
  // A new link would let the customer pay twice: nobody knows what the provider has already.
  payment_unread: ['check', 'mark_paid', 'dismiss'],
  // It may be found out when the order is paid already: then only our records have to follow, or not.
  payment_mismatch: ['new_link', 'check', 'correct', 'dismiss', 'mark_paid', 'cancel'],
  payment_reversed: ['check', 'new_link', 'write_off', 'cancel'],
  payment_duplicate: ['keep', 'refund'],
  payment_unexpected: ['accept', 'keep', 'refund'],
  payment_unknown: ['link_order', 'dismiss'],
  payment_held: ['accept', 'reject'],
  refund_failed: ['check', 'dismiss'],
  refund_held: ['dismiss'],
  refund_unknown: ['check', 'confirm_refunded', 'confirm_not_refunded'],
  finding_missing_here: ['link_order', 'dismiss'],
  finding_missing_there: bothSides,
  finding_status: bothSides,
  finding_amount: bothSides,
  // What was collected in another currency cannot be taken into records that know only one.
  finding_currency: ['dismiss', 'mark_paid', 'write_off'],
};

/** What was decided, as the history tells it. */
const decided: Readonly<Record<ResolvingAction, string>> = {
  accept: 'accepted as paid',
  ask_rest: 'asked for the rest',
  new_link: 'made a new payment link',
  refund: 'gave the money back',
  refund_surplus: 'gave the surplus back',
  wait: 'waits for it',
  keep: 'kept the money with the order',
  mark_paid: 'marked as paid',
  write_off: 'wrote it off',
  cancel: 'cancelled the order',
  reject: 'rejected the sale',
  link_order: 'linked it to an order',
  dismiss: 'ignored it',
  correct: 'corrected it to the provider’s record',
  confirm_refunded: 'confirmed that it was refunded',
  confirm_not_refunded: 'confirmed that it was not refunded',
};

export function decidedWords(kind: Case['kind'], action: ResolvingAction): string {
  if (action === 'keep' && isAboutSurplus(kind)) return 'kept the surplus';
  if (!isTwoSided(kind)) return decided[action];
  if (action === 'dismiss') return 'found our records right';
  return action === 'mark_paid' ? 'marked the money as received' : decided[action];
}

/** The payment is in our records and with the provider, and the two differ: whoever dismisses it finds ours right. */
export function isTwoSided(kind: Case['kind']): boolean {
  return kind.startsWith('finding_') && kind !== 'finding_missing_here';
}
