import { z } from 'zod';
import { okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { second } from '#kernel/clock.ts';
import { failureWords } from '../../ports/failure-words.ts';
import type { SetUpQuestion } from '../../ports/payment-provider.ts';
import { ProviderError } from '../../ports/provider-errors.ts';
import { rfc3339 } from '../kit/body-fields.ts';
import { checkCall } from '../kit/check-call.ts';
import { judgeWebhooks, type WebhookAttempt } from '../kit/check-webhook.ts';
import { entriesOf, understood } from '../kit/list-entries.ts';
import type { CoinbaseClient } from './client.ts';

const address = 'COINBASE_API_URL';
const place = 'the webhook subscriptions of the CDP API';

const neededEvents = ['checkout.payment.success', 'checkout.payment.failed', 'checkout.payment.expired'];

/** Coinbase: Webhooks, subscription management. It has a host of its own, and the same keys. */
const subscriptionsUrl = 'https://api.cdp.coinbase.com/platform/v2/data/webhooks/subscriptions';

export interface SubscriptionSource {
  url: string;
  network: 'live' | 'sandbox';
}

/** Where the subscriptions of this address are kept; undefined for one that is not Coinbase's own, such as a simulator's. */
export function subscriptionSourceOf(apiUrl: string): SubscriptionSource | undefined {
  const url = URL.parse(apiUrl);
  if (url?.origin !== 'https://business.coinbase.com') return undefined;
  return { url: subscriptionsUrl, network: url.pathname.startsWith('/sandbox/') ? 'sandbox' : 'live' };
}

/** The answer holds the secret of each too; it is not read. */
const subscriptionSchema = z.object({
  subscriptionId: z.string(),
  isEnabled: z.boolean().nullish(),
  eventTypes: z.array(z.string()),
  labels: z.record(z.string(), z.string()).nullish(),
  target: z.object({ url: z.string() }),
});
type Subscription = z.infer<typeof subscriptionSchema>;

const subscriptionsSchema = z.object({ subscriptions: entriesOf(subscriptionSchema) });

const attemptsSchema = z
  .object({
    events: entriesOf(
      z.object({
        status: z.string(),
        createdAt: rfc3339,
        response: z.object({ httpCode: z.string().nullish() }).nullish(),
      }),
    ),
  })
  .transform(({ events }) =>
    understood(events)
      // What is still on its way has neither failed nor been taken.
      .filter(({ status }) => status === 'succeeded' || status === 'failed' || status === 'retrying')
      .map(({ status, createdAt, response }) => ({
        at: createdAt,
        isTaken: status === 'succeeded',
        httpStatus: response?.httpCode ? Number(response.httpCode) : null,
      })),
  );

/** Whether the key lists checkouts, and whether a subscription posts them to us. */
export async function checkCoinbaseSetUp(
  client: CoinbaseClient,
  about: SetUpQuestion & { subscriptions: SubscriptionSource | undefined; now: number },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const key = await checkKey(client, about.now, signal);
  // The same key reads the subscriptions.
  return key.status === 'error' ? [key] : [key, await checkWebhook(client, about, signal)];
}

function checkKey(client: CoinbaseClient, now: number, signal: AbortSignal): Promise<SetUpCheck> {
  const key = 'COINBASE_API_KEY_ID and COINBASE_API_KEY_SECRET';
  return checkCall('key', {
    address,
    call: () => client.listPage({ from: now - second, pageSize: 1 }, signal),
    ok: 'is accepted and lists checkouts',
    unauthorized: `make a new secret API key on the CDP portal and set ${key}; a clock that is off is refused too`,
    forbidden: 'give the key the right to view on the CDP portal, and check that its IP allowlist has this machine',
    refused: `check that ${address} is right`,
  });
}

/** The refusal of the list is not documented, so that it is a warning and no error. */
async function checkWebhook(
  client: CoinbaseClient,
  about: SetUpQuestion & { subscriptions: SubscriptionSource | undefined },
  signal: AbortSignal,
): Promise<SetUpCheck> {
  const source = about.subscriptions;
  if (source === undefined) return okCheck('webhook', `not asked: ${address} is not Coinbase's own address`);
  const request = { method: 'GET', root: source.url, signal } as const;
  const listAttempts = async (subscriptionId: string): Promise<WebhookAttempt[]> => {
    const path = `/${encodeURIComponent(subscriptionId)}/events`;
    return (await client.call({ ...request, operation: 'list_deliveries', path, schema: attemptsSchema })).value;
  };
  try {
    const list = { ...request, operation: 'list_subscriptions', path: '?pageSize=100', schema: subscriptionsSchema };
    const registered = understood((await client.call(list)).value.subscriptions)
      .filter((subscription) => isFor(subscription, source.network))
      .map((subscription) => ({
        url: subscription.target.url,
        isEnabled: subscription.isEnabled ?? true,
        events: subscription.eventTypes,
        attempts: () => listAttempts(subscription.subscriptionId),
      }));
    return await judgeWebhooks(registered, {
      ...about,
      needed: neededEvents,
      secret: 'COINBASE_WEBHOOK_SECRET',
      place,
    });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const where = about.webhookUrl ?? 'this server';
    return warningCheck('webhook', {
      detail: failureWords(error),
      advice: `check that one of ${place} posts to ${where}`,
    });
  }
}

/** Subscriptions with the label `sandbox` get events of the sandbox, and no others. */
function isFor({ labels }: Subscription, network: 'live' | 'sandbox'): boolean {
  return (labels?.['sandbox'] === 'true') === (network === 'sandbox');
}
