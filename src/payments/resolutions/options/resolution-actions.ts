import type { ExceptionKind } from '../../exceptions/exception.ts';

/** What a person may decide about an exception. `check` decides nothing: it asks the provider again. */
export const exceptionActions = [
  'accept',
  'ask_rest',
  'new_link',
  'refund',
  'refund_surplus',
  'wait',
  'keep',
  'link',
  'check',
  'mark_paid',
  'write_off',
  'cancel',
  'reject',
  'link_order',
  'ignore',
  'force_match',
  'correct',
  'mark_received',
  'went_back',
  'did_not_go',
] as const;
export type ExceptionAction = (typeof exceptionActions)[number];
export type ResolvingAction = Exclude<ExceptionAction, 'check'>;
export const resolvingActions = exceptionActions.filter((action) => action !== 'check');

const withoutMoney = ['new_link', 'check', 'mark_paid', 'cancel'] as const;
const bothSides = ['force_match', 'correct', 'mark_received', 'write_off'] as const;

/** What may be decided about which kind, the most likely first. Which of it fits right now, the situation says. */
export const allowedActions: Readonly<Record<ExceptionKind, readonly ExceptionAction[]>> = {
  payment_underpaid: ['ask_rest', 'accept', 'refund', 'wait', 'new_link', 'cancel'],
  payment_overpaid: ['keep', 'refund_surplus'],
  payment_paid_late: ['accept', 'refund'],
  payment_failed: withoutMoney,
  payment_expired: withoutMoney,
  payment_not_created: withoutMoney,
  payment_stuck: withoutMoney,
  // It may be found out when the order is paid already: then it is only our books that have to follow, or not.
  payment_mismatch: ['new_link', 'check', 'correct', 'ignore', 'mark_paid', 'cancel'],
  payment_reversed: ['check', 'new_link', 'write_off', 'cancel'],
  payment_duplicate: ['link', 'refund'],
  payment_unexpected: ['accept', 'link', 'refund'],
  payment_unknown: ['link_order', 'ignore'],
  payment_held: ['accept', 'reject'],
  refund_failed: ['check', 'ignore'],
  refund_unknown: ['check', 'went_back', 'did_not_go'],
  finding_missing_here: ['link_order', 'ignore'],
  finding_missing_there: bothSides,
  finding_status: bothSides,
  finding_amount: bothSides,
  // What was collected in another currency cannot be taken into books that know only one.
  finding_currency: ['force_match', 'mark_received', 'write_off'],
};

/** What was decided, as the history tells it. */
export const decidedWords: Readonly<Record<ResolvingAction, string>> = {
  accept: 'accepted as paid',
  ask_rest: 'asked for the rest',
  new_link: 'made a new payment link',
  refund: 'gave the money back',
  refund_surplus: 'gave the surplus back',
  wait: 'waits for it',
  keep: 'kept the surplus',
  link: 'kept the money with the order',
  mark_paid: 'marked as paid',
  write_off: 'wrote it off',
  cancel: 'cancelled the order',
  reject: 'rejected the sale',
  link_order: 'linked it to an order',
  ignore: 'ignored it',
  force_match: 'found our books right',
  correct: 'took the provider’s word into our books',
  mark_received: 'marked the money as received',
  went_back: 'said that the money went back',
  did_not_go: 'said that no money went back',
};
