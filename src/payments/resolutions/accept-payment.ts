import { acceptanceRefusal, acceptanceUndo, acceptInto, loadAbout } from '../accept-into.ts';
import { decideOpen, type Resolver, refused, settleException } from '../resolution.ts';

/** What came counts for the whole order: short, late, held, or for an order that was over. */
export const acceptPayment: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'accept' }, async ({ work, exception, reason }) => {
    const about = await loadAbout(work, exception);
    if (about === undefined) return refused('There is no payment to accept.');
    const refusal = await acceptanceRefusal(work, about);
    if (refusal !== undefined) return refused(refusal);
    const { by } = asked;
    await settleException(work, { exception, action: 'accept', by, reason, undo: acceptanceUndo(about) });
    await acceptInto(work, { ...about, by, reason });
    return { kind: 'decided', said: 'Accepted as paid.' };
  });
