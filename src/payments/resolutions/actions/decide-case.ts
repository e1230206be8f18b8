import { markExceptionPaid } from '../../exceptions/resolutions/mark-paid.ts';
import { markReceived } from '../../exceptions/resolutions/mark-received.ts';
import type { ResolvingAction } from '../options/resolution-actions.ts';
import { acceptPayment } from './accept-payment.ts';
import { cancelExceptionOrder } from './cancel.ts';
import { sayDidNotGo, sayWentBack } from './confirm-refund.ts';
import { correctBooks } from './correct.ts';
import { forceMatch, ignoreException, keepSurplus, keepWithOrder } from './dismiss.ts';
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
export function resolveException(
  deps: ResolutionDeps,
  input: Asked & { action: ResolvingAction },
): Promise<Resolution> {
  const { action, ...asked } = input;
  return resolvers[action](deps, asked);
}
