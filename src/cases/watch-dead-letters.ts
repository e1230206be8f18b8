import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { CaseDeps, CaseStores } from './case-store.ts';
import { deadLetterKey, raiseDeadLetter } from './raise-dead-letter.ts';
import { resolveCase } from './resolve-case.ts';

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
