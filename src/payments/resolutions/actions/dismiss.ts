// Decisions that change nothing but the case: records and orders stay as they are, with a reason. A comparison that finds
// the very same difference again leaves it settled.
import { type Case, isAboutSurplus } from '#cases/case.ts';
import { isTwoSided, type ResolvingAction } from '../options/resolution-actions.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';

function leaveAsItIs(
  action: ResolvingAction,
  decisionOf: (kind: Case['kind']) => 'surplus_kept' | 'money_kept' | 'records_stand' | 'ignored',
): Resolver {
  return (deps, asked) =>
    decideCaseIn(deps, { asked, action }, async ({ tx, one, reason }) => {
      await settleCase(tx, { one, action, by: asked.by, reason, undo: {} });
      return { kind: 'decided', code: decisionOf(one.kind) };
    });
}

export const keepMoney = leaveAsItIs('keep', (kind) => (isAboutSurplus(kind) ? 'surplus_kept' : 'money_kept'));
export const dismiss = leaveAsItIs('dismiss', (kind) => (isTwoSided(kind) ? 'records_stand' : 'ignored'));
