import { acceptanceRefusal, acceptanceUndo, loadAbout } from '../../overrides/accept-into.ts';
import { markPaidInto } from '../../overrides/mark-paid.ts';
import { refused } from '../../overrides/override.ts';
import { decideOpen, type Resolver, settleException } from '../../resolutions/actions/resolution.ts';

/** The money of a payment is with the shop, although the provider's list says otherwise. */
export const markReceived: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'mark_received' }, async ({ tx, exception, reason }) => {
    const about = await loadAbout(tx, exception);
    if (about === undefined) return refused('There is no payment of ours to mark.');
    const refusal = await acceptanceRefusal(tx, about);
    if (refusal !== undefined) return refused(`${refusal} If our books are right, say so instead.`);
    const { by } = asked;
    await settleException(tx, { exception, action: 'mark_received', by, reason, undo: acceptanceUndo(about) });
    await markPaidInto(tx, { ...about, by, reason });
    return { kind: 'decided', said: 'Marked as received; the order is paid.' };
  });
