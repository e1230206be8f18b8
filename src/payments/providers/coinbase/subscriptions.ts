import { z } from 'zod';
import { rfc3339 } from '../kit/body-fields.ts';

// Coinbase: Webhooks, subscription management. It has a host of its own, and the same keys.

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
export type Subscription = z.infer<typeof subscriptionSchema>;

export const subscriptionsSchema = z.object({ subscriptions: z.array(subscriptionSchema) });

export const attemptsSchema = z
  .object({
    events: z.array(
      z.object({
        status: z.string(),
        createdAt: rfc3339,
        response: z.object({ httpCode: z.string().nullish() }).nullish(),
      }),
    ),
  })
  .transform(({ events }) =>
    events
      // What is still on its way has neither failed nor been taken.
      .filter(({ status }) => status === 'succeeded' || status === 'failed' || status === 'retrying')
      .map(({ status, createdAt, response }) => ({
        at: createdAt,
        isTaken: status === 'succeeded',
        httpStatus: response?.httpCode ? Number(response.httpCode) : null,
      })),
  );
