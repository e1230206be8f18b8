// What was answered to a provider's webhooks, attempt by attempt.
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { WebhookDelivery } from '#sandbox/providers/contract.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { createMemory } from '../memory.ts';

interface Memory {
  /** The inbox has been read up to this row, of a database that was put back so often. */
  row: number;
  restores: number;
  /** Bodies of stored events, by provider. */
  readonly stored: Map<string, Set<string>>;
  readonly last: Map<ProviderName, WebhookDelivery>;
}

const memoryOf = createMemory((): Memory => ({ row: 0, restores: 0, stored: new Map(), last: new Map() }));

export const webhooksKept: Invariant = {
  number: 4,
  promise: 'A webhook that was answered with 200 is stored, and processed in the end.',
  *always(look) {
    const memory = memoryOf(look.world);
    const { restores } = look.world;
    const isOther = restores.length !== memory.restores;
    if (isOther) Object.assign(memory, { row: 0, restores: restores.length, stored: new Map() });
    readInbox(look, memory);
    for (const provider of providerNames) {
      for (const delivery of newDeliveries(look.world, { provider, memory })) {
        if (isOther || delivery.status !== 200 || !isFollowed(delivery)) continue;
        if (memory.stored.get(provider)?.has(delivery.body)) continue;
        // The same event under another body, such as a repeat that counts its attempts.
        if (isDuplicate(look, delivery)) continue;
        const { type, reference, eventId, attempt } = delivery;
        yield `${provider} was answered 200 for ${type} ${eventId} of ${reference}, attempt ${attempt}, and it is not stored`;
      }
    }
  },
  *atRest({ rows }) {
    // Of a provider that was taken out of the settings: it is a dead letter with a case.
    const lost = rows<{ id: string; source: string; last_error: string | null }>(
      `select id, source, last_error from inbox_events
       where abandoned_at is not null and last_error not like '%is not configured'`,
    );
    for (const { id, source, last_error: error } of lost) yield `event ${id} of ${source} was given up on: ${error}`;
  },
};

function readInbox(look: Look, memory: Memory): void {
  const newest = look.count('select max(rowid) from inbox_events');
  if (newest === memory.row) return;
  const rows = look.rows<{ source: string; body: Uint8Array }>(
    'select source, body from inbox_events where rowid > ?',
    memory.row,
  );
  for (const { source, body } of rows) {
    const bodies = memory.stored.get(source) ?? new Set();
    memory.stored.set(source, bodies.add(new TextDecoder().decode(body)));
  }
  memory.row = newest;
}

/** What was noted since the last check: the log is cut at its beginning, so that no place in it stays. */
function newDeliveries(world: World, { provider, memory }: { provider: ProviderName; memory: Memory }) {
  const log = world.providers.deliveries(provider);
  const last = memory.last.get(provider);
  const newest = log.at(-1);
  if (newest !== undefined) memory.last.set(provider, newest);
  return log.slice(last === undefined ? 0 : log.lastIndexOf(last) + 1);
}

/** Events of these types name no payment, and are answered without being kept. */
export function isFollowed({ type }: WebhookDelivery): boolean {
  return !type.startsWith('Payout');
}

function isDuplicate(look: Look, { provider, type, reference }: WebhookDelivery): boolean {
  const query =
    'select count(*) from inbox_events where source = ? and event_type = ? and (reference = ? or detail = ?)';
  return look.count(query, provider, type, reference, reference) > 0;
}
