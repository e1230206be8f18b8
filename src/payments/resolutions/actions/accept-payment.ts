import { rememberProduct } from '../../channels/remember-product.ts';
import { acceptanceRefusal, acceptanceUndo, acceptInto, loadAbout } from '../../overrides/accept-into.ts';
import { refused } from '../../overrides/override.ts';
import { decideOpen, type Resolver, settleException } from './resolution.ts';

/** Of a held sale: the catalogue learns what was sold at this price, so that the next sale of it needs nobody. */
export const rememberOption = 'remember';

/** What came counts for the whole order: short, late, held, or for an order that was over. */
export const acceptPayment: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'accept' }, async ({ tx, exception, reason }) => {
    const about = await loadAbout(tx, exception);
    if (about === undefined) return refused('There is no payment to accept.');
    const refusal = await acceptanceRefusal(tx, about);
    if (refusal !== undefined) return refused(refusal);
    const { by } = asked;
    await settleException(tx, { exception, action: 'accept', by, reason, undo: acceptanceUndo(about) });
    await acceptInto(tx, { ...about, by, reason });
    const { order, payment } = about;
    const isToLearn = asked.option === rememberOption;
    const channel = payment.provider;
    const learnt = isToLearn ? await rememberProduct(tx, { order, channel }) : null;
    const said = learnt === null ? 'Accepted as paid.' : `Accepted as paid, and ${learnt} is in the catalogue.`;
    return { kind: 'decided', said };
  });
