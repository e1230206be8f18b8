// A restore puts the database back, and not the chats: a message may show what came after the backup, such as a case that was settled
// then and is open again. The first start draws what it knows of anew.
import type { SettingStore } from '#access/setting-store.ts';
import { systemActor } from '#kernel/actor.ts';
import { causeOf, inTransaction, type TransactionContext, type TransactionDeps } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from './enqueue-outbox-message.ts';
import type { MessagingStores } from './messaging-store.ts';
import { asUnknown, redrawMessage } from './redraw.ts';

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

async function redraw(tx: TransactionContext<Stores>, input: { subject: string; at: number }): Promise<void> {
  const message = redrawMessage(input.subject);
  if (message !== undefined) await enqueueOutboxMessage(tx, { ...message, key: `${message.key}:restored:${input.at}` });
}
