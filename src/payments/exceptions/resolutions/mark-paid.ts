import { acceptanceRefusal, acceptanceUndo, loadAbout } from '../../overrides/accept-into.ts';
import { markPaidInto } from '../../overrides/mark-paid.ts';
import { refused } from '../../overrides/override.ts';
import { decideOpen, type Resolver, settleException } from '../../resolutions/actions/resolution.ts';

/** The order of the exception counts as paid on a person's word alone. */
export const markExceptionPaid: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'mark_paid' }, async ({ tx, exception, reason }) => {
    const about = await loadAbout(tx, exception);
    if (about === undefined) return refused('There is no order to mark as paid.');
    const refusal = await acceptanceRefusal(tx, about);
    if (refusal !== undefined) return refused(refusal);
    const { by } = asked;
    await settleException(tx, { exception, action: 'mark_paid', by, reason, undo: acceptanceUndo(about) });
    await markPaidInto(tx, { ...about, by, reason });
    return { kind: 'decided', said: 'Marked as paid.' };
  });
