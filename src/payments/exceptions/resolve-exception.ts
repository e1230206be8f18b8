import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { ResolvingAction } from './exception-actions.ts';
import type { Asked, Resolution, Resolver } from './resolution.ts';
import { acceptPayment } from './resolutions/accept-payment.ts';
import { cancelExceptionOrder } from './resolutions/cancel.ts';
import { correctBooks } from './resolutions/correct.ts';
import { forceMatch, ignoreException, keepSurplus, keepWithOrder } from './resolutions/leave-as-it-is.ts';
import { linkToOrder } from './resolutions/link-order.ts';
import { sayDidNotGo, sayWentBack } from './resolutions/lost-refund.ts';
import { markExceptionPaid } from './resolutions/mark-paid.ts';
import { markReceived } from './resolutions/mark-received.ts';
import { askForRest, newLink } from './resolutions/new-link.ts';
import { refundSurplus, refundWhatCame } from './resolutions/refund.ts';
import { rejectHeld } from './resolutions/reject.ts';
import { waitLonger } from './resolutions/wait.ts';
import { writeOff } from './resolutions/write-off.ts';

const resolvers: Readonly<Record<ResolvingAction, Resolver>> = {
  accept: acceptPayment,
  ask_rest: askForRest,
  new_link: newLink,
  refund: refundWhatCame,
  refund_surplus: refundSurplus,
  wait: waitLonger,
  keep: keepSurplus,
  link: keepWithOrder,
  mark_paid: markExceptionPaid,
  write_off: writeOff,
  cancel: cancelExceptionOrder,
  reject: rejectHeld,
  link_order: linkToOrder,
  ignore: ignoreException,
  force_match: forceMatch,
  correct: correctBooks,
  mark_received: markReceived,
  went_back: sayWentBack,
  did_not_go: sayDidNotGo,
};

/** A person decides about an exception: once, with a reason, and only what is allowed for its kind. */
export function resolveException(deps: PaymentDeps, input: Asked & { action: ResolvingAction }): Promise<Resolution> {
  const { action, ...asked } = input;
  return resolvers[action](deps, asked);
}
