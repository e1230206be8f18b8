import { providerTitle } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { topicName } from '#messaging/queues/topics.ts';
import type { CaseDeps, CaseStores, CaseTx } from './case-store.ts';
import { raiseCase } from './raise-case.ts';
import { resolveCase } from './resolve-case.ts';

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

function deadLetterKey(what: string): string {
  return `dead_letter:${what}`;
}

/** Dead letters of each queue, and cases, that one run looks at. */
const lookMax = 500;

const cause = causeOf({ kind: 'job', id: 'watch-dead-letters' });

/**
 * Every kind of dead letter has a case for as long as there is one: a case that is missing is raised, and one whose letters
 * were all tried again with success or discarded ends by itself.
 */
export async function watchDeadLetters(deps: CaseDeps): Promise<{ raised: number; resolved: number }> {
  const seen = await deps.database.read(compare);
  if (seen.missing.size + seen.over.length === 0) return { raised: 0, resolved: 0 };
  return inTransaction(deps, cause, async (tx) => {
    const { missing, over } = await compare(tx.stores);
    for (const [what, reason] of missing) await raiseDeadLetter(tx, { what, reason });
    for (const key of over) await resolveCase(tx, { key, by: 'None is left: each is tried again, or was discarded.' });
    return { raised: missing.size, resolved: over.length };
  });
}

/** Kinds of dead letters without a live case, with a reason each, and keys of live cases without dead letters. */
async function compare(stores: CaseStores): Promise<{ missing: Map<string, string>; over: string[] }> {
  const query = { before: null, limit: lookMax };
  const events = await stores.inbox.listAbandoned(query);
  const messages = await stores.outbox.listAbandoned(query);
  const missing = new Map<string, string>();
  for (const { source, lastError } of events) missing.set(`webhooks of ${source}`, lastError ?? 'unknown');
  for (const { topic, lastError } of messages) missing.set(topic, lastError ?? 'unknown');
  const isWhole = events.length < lookMax && messages.length < lookMax;
  const over: string[] = [];
  for (const { key } of await stores.cases.listLiveCasesOfKind({ kind: 'dead_letter', limit: lookMax })) {
    const found = [...missing.keys()].find((what) => deadLetterKey(what) === key);
    if (found !== undefined) missing.delete(found);
    else if (isWhole) over.push(key);
  }
  return { missing, over };
}
