// What the servers beside us do with a delivery: the same verification and the same table as ours, stored either through
// our commit batcher or, as one would write it at first, with a commit of its own.
import BetterSqlite3 from 'better-sqlite3';
import { openDatabase } from '#db/database/open-database.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import type { WebhookDelivery } from '#payments/ports/payment-provider.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { createWebhookReceiver } from '#payments/webhooks/receive-webhook.ts';
import { tools } from '../tools.ts';
import { btcpay } from './account.ts';

/** The status to answer with. */
export type Receive = (delivery: WebhookDelivery) => number | Promise<number>;

export function createProviders() {
  const { webhookSecret, ...account } = btcpay;
  return createProviderRegistry(
    { btcpay: { ...account, webhookSecrets: [webhookSecret] } },
    { ...tools, createHttpClient },
  );
}

const statusOf = {
  accepted: 200,
  duplicate: 200,
  irrelevant: 200,
  refused: 401,
  unknown_provider: 404,
} as const;

/** Our receiver and our database behind somebody else's route. */
export async function commitInGroups(file: string): Promise<Receive> {
  const database = await openDatabase({ target: { engine: 'sqlite', file } });
  const payments: PaymentDeps = { ...tools, database, providers: createProviders() };
  const receive = createWebhookReceiver(payments);
  return async (delivery) => statusOf[(await receive({ provider: 'btcpay', delivery })).kind];
}

/** One statement outside any transaction is one commit, and at synchronous=FULL one wait for the disk. */
export function commitEach(file: string): Receive {
  const connection = new BetterSqlite3(file);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  const insert = connection.prepare(
    `insert into inbox_events (id, source, event_key, event_type, reference, trust, body, received_at, available_at)
     values (?, 'btcpay', ?, ?, ?, ?, ?, ?, ?) on conflict (source, event_key) do nothing`,
  );
  const provider = createProviders().find('btcpay');
  if (provider === undefined) throw new Error('BTCPay is not configured');
  return (delivery) => {
    const now = Date.now();
    const verdict = provider.verifyWebhook(delivery, now);
    if (verdict.kind === 'refused') return 401;
    if (verdict.kind === 'event') {
      const { eventKey, eventType, reference, trust } = verdict;
      insert.run(tools.ids.newId(), eventKey, eventType, reference, trust, delivery.body, now, now);
    }
    return 200;
  };
}
