import { z } from 'zod';
import type { ProviderHttp } from '../http/client.ts';
import type { WebhookAttempt } from '../kit/webhook-check.ts';
import { createBtcpayCall } from './call.ts';
import { deliveriesSchema, type StoreWebhook, webhooksSchema } from './store-webhook.ts';

/** What the key may do, and where the store's events go. All of it reads. */
export interface BtcpayAccountClient {
  /** The rights of the API key, some with the id of a store behind them. */
  fetchPermissions(signal?: AbortSignal): Promise<string[]>;
  /** The store's webhooks; no secret is told. */
  listWebhooks(signal?: AbortSignal): Promise<StoreWebhook[]>;
  /** The newest deliveries of one of them. */
  listDeliveries(webhookId: string, signal?: AbortSignal): Promise<WebhookAttempt[]>;
}

/** Enough to tell an accident from a fault. */
const deliveriesCount = 10;

const keySchema = z.object({ permissions: z.array(z.string()) });

/** BTCPay Server: Greenfield API, API Keys and Webhooks. Only nested routes: the short ones are missing in old versions. */
export function createAccountClient(
  http: ProviderHttp,
  options: { url: string; apiKey: string; storeId: string },
): BtcpayAccountClient {
  const call = createBtcpayCall(http, options);
  const webhooks = `/stores/${encodeURIComponent(options.storeId)}/webhooks`;
  return {
    async fetchPermissions(signal) {
      const request = { operation: 'fetch_rights', method: 'GET', path: '/api-keys/current' } as const;
      return (await call({ ...request, schema: keySchema, signal })).permissions;
    },
    listWebhooks: (signal) =>
      call({ operation: 'list_webhooks', method: 'GET', path: webhooks, schema: webhooksSchema, signal }),
    async listDeliveries(webhookId, signal) {
      const path = `${webhooks}/${encodeURIComponent(webhookId)}/deliveries?count=${deliveriesCount}`;
      return await call({ operation: 'list_deliveries', method: 'GET', path, schema: deliveriesSchema, signal });
    },
  };
}
