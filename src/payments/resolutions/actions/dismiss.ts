// Decisions that change nothing but the case: records and orders stay as they are, with a reason. A comparison that finds
// the very same difference again leaves it settled.
import type { Case } from '#cases/case.ts';
import { isTwoSided, type ResolvingAction } from '../options/resolution-actions.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';

function leaveAsItIs(action: ResolvingAction, said: (kind: Case['kind']) => string): Resolver {
  return (deps, asked) =>
    decideCaseIn(deps, { asked, action }, async ({ tx, one, reason }) => {
      await settleCase(tx, { one, action, by: asked.by, reason, undo: {} });
      return { kind: 'decided', said: said(one.kind) };
    });
}

export const keepMoney = leaveAsItIs('keep', (kind) =>
  kind === 'payment_overpaid' ? 'The surplus is kept.' : 'The money stays with the order.',
);
export const dismiss = leaveAsItIs('dismiss', (kind) =>
  isTwoSided(kind) ? 'Our books stand.' : 'It is ignored as long as it stays the same.',
);
