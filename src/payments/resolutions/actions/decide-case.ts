import type { ResolvingAction } from '../options/resolution-actions.ts';
import { acceptPayment, markCasePaid } from './accept-payment.ts';
import { cancelCaseOrder } from './cancel.ts';
import { confirmNotRefunded, confirmRefunded } from './confirm-refund.ts';
import { correctBooks } from './correct.ts';
import { dismiss, keepMoney } from './dismiss.ts';
import { linkToOrder } from './link-order.ts';
import { askForRest, newLink } from './new-link.ts';
import { refundSurplus, refundWhatCame } from './refund.ts';
import { rejectHeld } from './reject.ts';
import type { Asked, Resolution, ResolutionDeps, Resolver } from './resolution.ts';
import { waitLonger } from './wait.ts';
import { writeOff } from './write-off.ts';

const resolvers: Readonly<Record<ResolvingAction, Resolver>> = {
  accept: acceptPayment,
  ask_rest: askForRest,
  new_link: newLink,
  refund: refundWhatCame,
  refund_surplus: refundSurplus,
  wait: waitLonger,
  keep: keepMoney,
  mark_paid: markCasePaid,
  write_off: writeOff,
  cancel: cancelCaseOrder,
  reject: rejectHeld,
  link_order: linkToOrder,
  dismiss,
  correct: correctBooks,
  confirm_refunded: confirmRefunded,
  confirm_not_refunded: confirmNotRefunded,
};

/** An admin decides about a case: once, with a reason, and only what is allowed for its kind. */
export function decideCase(deps: ResolutionDeps, input: Asked & { action: ResolvingAction }): Promise<Resolution> {
  const { action, ...asked } = input;
  return resolvers[action](deps, asked);
}
