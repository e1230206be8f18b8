import { systemActor } from '#kernel/actor.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { CaseDeps } from './case-store.ts';
import { raiseCase } from './raise-case.ts';

/** Raises the one case of all wrong keys that come to a place; whoever tries keys may send any number of them. */
export function tellRefusedKeys(deps: CaseDeps, input: { place: string; count: number }): Promise<void> {
  const { place, count } = input;
  return inTransaction(deps, causeOf(systemActor), (tx) =>
    raiseCase(tx, {
      key: `keys_refused:${place}`,
      kind: 'keys_refused',
      severity: 'warning',
      isPaced: true,
      facts: {
        headline: `Wrong keys at ${place}`,
        detail: `${count} within moments. Whoever has the right key is served as before. If it is your own shop or monitor, give it the key that is set here; if not, let the reverse proxy keep strangers away.`,
        why: 'the key is none of those that are set',
      },
    }),
  );
}
