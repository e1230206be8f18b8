// Decisions that change nothing but the exception: books and orders stay as they are, with a reason. A comparison that
// finds the very same difference again leaves it settled.
import type { ResolvingAction } from '../options/resolution-actions.ts';
import { decideOpen, type Resolver, settleException } from './resolution.ts';

function leaveAsItIs(action: ResolvingAction, said: string): Resolver {
  return (deps, asked) =>
    decideOpen(deps, { asked, action }, async ({ tx, exception, reason }) => {
      await settleException(tx, { exception, action, by: asked.by, reason, undo: {} });
      return { kind: 'decided', said };
    });
}

export const keepSurplus = leaveAsItIs('keep', 'The surplus is kept.');
export const keepWithOrder = leaveAsItIs('link', 'The money stays with the order.');
export const ignoreException = leaveAsItIs('ignore', 'It is ignored as long as it stays the same.');
export const forceMatch = leaveAsItIs('force_match', 'Our books stand.');
