// After a secret was rotated, real events were refused as forgeries. Every quarantined delivery is verified again by
// this version and the present secrets, at the time of its arrival, and what verifies goes into the inbox like a new
// event.
import { recordAudit } from '#access/audit.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Ids } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { QuarantinedWebhook } from '#messaging/queues/messaging-store.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { refusedKey } from './quarantine-webhook.ts';

/**
 * All that is kept of one provider (quarantine-webhook.ts): few enough for one transaction, so that the result is
 * exact.
 */
const rowsMax = 200;

export interface QuarantineCheck {
  checked: number;
  /** Events that are in the inbox now. */
  recovered: number;
  /** Authentic too, but duplicates or about nothing that we follow. */
  settled: number;
  refused: number;
}

/** Idempotent: a verified delivery leaves the quarantine, and an event is received once. */
export async function checkQuarantine(
  deps: ProviderDeps & { log: EventLog },
  input: { provider: ProviderName | 'all'; actor: Actor },
): Promise<QuarantineCheck> {
  const sum: QuarantineCheck = { checked: 0, recovered: 0, settled: 0, refused: 0 };
  const names = deps.providers.list().map(({ name }) => name);
  const kept = await deps.database.read((stores) => stores.quarantine.countQuarantined());
  for (const name of names) {
    if (input.provider !== 'all' && input.provider !== name) continue;
    // Every start checks, and most find nothing; of what an admin asks for there is a record in any case.
    const isEmpty = !kept.some(({ source, withBody }) => source === name && withBody > 0);
    if (isEmpty && input.actor.kind !== 'admin') continue;
    const check = await checkOne(deps, { provider: name, actor: input.actor });
    for (const key of ['checked', 'recovered', 'settled', 'refused'] as const) sum[key] += check[key];
  }
  return sum;
}

async function checkOne(
  deps: ProviderDeps & { log: EventLog },
  { provider, actor }: { provider: ProviderName; actor: Actor },
): Promise<QuarantineCheck> {
  const done = await inTransaction(deps, causeOf(actor), async (tx) => {
    const check: QuarantineCheck = { checked: 0, recovered: 0, settled: 0, refused: 0 };
    const rows = await tx.stores.quarantine.listQuarantined({ source: provider, withBody: true, limit: rowsMax });
    // In the order of their arrival.
    for (const row of rows.toReversed()) {
      check.checked += 1;
      check[await settle(deps, { tx, row })] += 1;
    }
    await report(tx, { provider, check });
    return check;
  });
  if (done.recovered > 0) deps.log.info('events recovered from the quarantine', { provider, ...done });
  return done;
}

type Settled = 'recovered' | 'settled' | 'refused';

async function settle(
  deps: { providers: ProviderRegistry; clock: Clock; ids: Ids },
  { tx, row }: { tx: PaymentTx; row: QuarantinedWebhook },
): Promise<Settled> {
  const provider = isProviderName(row.source) ? deps.providers.find(row.source) : undefined;
  if (provider === undefined || row.body === null) return 'refused';
  const { headers, body } = row;
  const verdict = provider.verifyWebhook({ headers: headers ?? {}, body, wasAtItsAddress: true }, row.receivedAt);
  if (verdict.kind === 'refused') return 'refused';
  await tx.stores.quarantine.takeOut(row.id);
  if (verdict.kind !== 'event') return 'settled';
  const { eventKey, eventType, reference, detail = null, trust } = verdict;
  const event = { source: provider.name, eventKey, eventType, reference, detail, trust };
  const received = { id: deps.ids.newId(), receivedAt: deps.clock.now() };
  const isNew = await tx.stores.inbox.append({ ...received, ...event, headers, body });
  return isNew ? 'recovered' : 'settled';
}

/** `secret was rotated, 12 events recovered` */
export function recoveredSentence(recovered: number): string {
  return `Secret was rotated, ${recovered} ${recovered === 1 ? 'event' : 'events'} recovered`;
}

async function report(
  tx: PaymentTx,
  { provider, check }: { provider: ProviderName; check: QuarantineCheck },
): Promise<void> {
  const { actor } = tx.cause;
  const hasVerified = check.recovered + check.settled > 0;
  // Every start checks; a check without a result is not logged.
  if (!hasVerified && actor.kind !== 'admin') return;
  const subject = `provider:${provider}`;
  await recordAudit(tx, { action: 'quarantine.check', subject, details: { ...check } });
  if (!hasVerified) return;
  await resolveCase(tx, { key: refusedKey(provider), by: `${recoveredSentence(check.recovered)}.` });
}
