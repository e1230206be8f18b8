import { providerTitle } from '#kernel/provider-name.ts';
import { topicName } from '#messaging/queues/topics.ts';
import type { CaseTx } from './case-store.ts';
import { raiseCase } from './raise-case.ts';

/**
 * Raises an alert for a dead letter, which an admin has to redrive or discard. Grouped by `what`: a topic, or `webhooks of`
 * and a provider; `caseId` is the case whose card it was.
 */
export async function raiseDeadLetter(
  tx: CaseTx,
  input: { what: string; reason: string; caseId?: string | undefined },
): Promise<void> {
  const key = deadLetterKey(input.what);
  // A card that is given up on has an alert of its own; the card of that alert must not raise it once more.
  const shown = input.caseId === undefined ? undefined : await tx.stores.cases.findCase(input.caseId);
  if (shown?.key === key) return;
  await raiseCase(tx, {
    key,
    kind: 'dead_letter',
    severity: 'critical',
    // Whoever may send one event that cannot be read may send a thousand.
    isPaced: true,
    facts: {
      headline: `Given up on: ${wordsOf(input.what)}`,
      detail: 'See /deadletters to try again or to discard it.',
      why: input.reason,
    },
  });
}

function wordsOf(what: string): string {
  const source = /^webhooks of (.+)$/.exec(what)?.[1];
  return source === undefined ? topicName(what) : `webhook of ${providerTitle(source)}`;
}

export function deadLetterKey(what: string): string {
  return `dead_letter:${what}`;
}
