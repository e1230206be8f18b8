import { loadAbout } from '../accept-into.ts';
import { tellOrder } from '../change-order.ts';
import { decideOpen, type Resolver, refused, settleException } from '../resolution.ts';

/** The held sale is not taken for one: nothing is delivered. Money that came for it is given back where it came in. */
export const rejectHeld: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'reject' }, async ({ work, exception, reason }) => {
    const about = await loadAbout(work, exception);
    if (about === undefined || about.payment.heldAt === null) return refused('The sale is not held any more.');
    const { order, payment, payments } = about;
    const { by } = asked;
    await settleException(work, { exception, action: 'reject', by, reason, undo: null });
    await tellOrder(work, {
      ...{ order, payments, event: 'payment_rejected', paymentId: payment.id, trust: null },
      text: `rejected by ${by.name}: ${reason}`,
    });
    return { kind: 'decided', said: 'Rejected: nothing is delivered.' };
  });
