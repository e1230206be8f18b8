// A restore puts the database back, and not the chats: a message may show what came after the backup, such as a case that was settled
// then and is open again. The first start draws what it knows of anew.
import type { SettingStore } from '#access/setting-store.ts';
import { systemActor } from '#kernel/actor.ts';
import { causeOf, inTransaction, type TransactionContext, type TransactionDeps } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from './enqueue-outbox-message.ts';
import type { MessagingStores, SentMessage } from './messaging-store.ts';
import type { TopicMessage } from './topics.ts';

type Stores = Pick<MessagingStores, 'outbox' | 'sentMessages'> & { settings: SettingStore };

/** A restore writes this setting. */
export const restoredKey = 'database.restored';

/** Telegram takes some twenty edits a minute in a group; what has not changed for longer is not worth the wait. */
const redrawnMax = 200;

/** How many messages; 0 at every start that does not follow a restore. */
export function redrawAfterRestore(deps: TransactionDeps<Stores>): Promise<number> {
  return inTransaction(deps, causeOf(systemActor), async (tx) => {
    const restored = await tx.stores.settings.findSetting(restoredKey);
    if (restored === undefined || restored.value['isRedrawn'] === true) return 0;
    const messages = await tx.stores.sentMessages.listNewestSent({ limit: redrawnMax });
    for (const message of messages) await tx.stores.sentMessages.saveSent(asUnknown(message));
    const subjects = new Set(messages.map(({ subject }) => subject));
    for (const subject of subjects) await redraw(tx, { subject, at: restored.updatedAt });
    await tx.stores.settings.changeSetting({
      key: restoredKey,
      value: { isRedrawn: true },
      expectedVersion: restored.version,
      updatedAt: restored.updatedAt,
    });
    return messages.length;
  });
}

/** What it shows is not known any more: any version is newer, and no content is the same. */
function asUnknown(message: SentMessage): SentMessage {
  const mark = message.contentHash.slice(0, message.contentHash.lastIndexOf(':') + 1);
  return { ...message, shownVersion: 0, contentHash: mark };
}

async function redraw(tx: TransactionContext<Stores>, input: { subject: string; at: number }): Promise<void> {
  const message = messageFor(input.subject);
  if (message !== undefined) await enqueueOutboxMessage(tx, { ...message, key: `${message.key}:restored:${input.at}` });
}

/** Undefined for a message that is not kept current. */
function messageFor(subject: string): TopicMessage | undefined {
  const [kind, id = ''] = subject.split(':');
  // What is new rings first.
  if (kind === 'case')
    return { topic: 'alert.card', key: `alert.card:${id}`, priority: 3, payload: { caseId: id, version: 0 } };
  if (kind === 'order') return { topic: 'order.card', key: `order.card:${id}`, payload: { orderId: id } };
  return undefined;
}
