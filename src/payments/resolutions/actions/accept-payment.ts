import { rememberProduct } from '../../channels/remember-product.ts';
import { acceptanceRefusal, acceptanceUndo, acceptInto, loadAbout } from '../../overrides/accept-into.ts';
import { markPaidInto } from '../../overrides/mark-paid.ts';
import { isTwoSided } from '../options/resolution-actions.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

/** Of a held sale: the catalogue learns what was sold at this price, so that the next sale of it needs nobody. */
export const rememberOption = 'remember';

/** What came counts for the whole order: short, late, held, or for an order that was over. */
export const acceptPayment: Resolver = (deps, asked) =>
  decideCaseIn(deps, { asked, action: 'accept' }, async ({ tx, one, reason }) => {
    const about = await loadAbout(tx, one);
    if (about === undefined) return refused({ code: 'no_payment', action: 'accept' });
    const refusal = await acceptanceRefusal(tx, about);
    if (refusal !== undefined) return refused(refusal);
    const { by } = asked;
    await settleCase(tx, { one, action: 'accept', by, reason, undo: acceptanceUndo(about) });
    await acceptInto(tx, { ...about, by, reason });
    const { order, payment } = about;
    const isToLearn = asked.option === rememberOption;
    const channel = payment.provider;
    const learnt = isToLearn ? await rememberProduct(tx, { order, channel }) : null;
    return { kind: 'decided', code: 'accepted', learnt };
  });

/** The order of the case counts as paid on the admin's word alone, whatever the provider says. */
export const markCasePaid: Resolver = (deps, asked) =>
  decideCaseIn(deps, { asked, action: 'mark_paid' }, async ({ tx, one, reason }) => {
    const about = await loadAbout(tx, one);
    if (about === undefined) return refused({ code: 'no_order', action: 'mark_paid' });
    const refusal = await acceptanceRefusal(tx, about);
    if (refusal !== undefined) return refused({ ...refusal, canDismiss: isTwoSided(one.kind) });
    const { by } = asked;
    await settleCase(tx, { one, action: 'mark_paid', by, reason, undo: acceptanceUndo(about) });
    await markPaidInto(tx, { ...about, by, reason });
    return {
      kind: 'decided',
      code: isTwoSided(one.kind) ? 'marked_received' : 'marked_paid',
    };
  });
