import { second } from '#kernel/clock.ts';
import { okCheck, type SetUpCheck, warningCheck } from '#kernel/set-up-check.ts';
import type { SetUpQuestion } from '../../ports/payment-provider.ts';
import { ProviderError } from '../../ports/provider-errors.ts';
import { failedCheck } from '../kit/set-up-failure.ts';
import { judgeWebhooks } from '../kit/webhook-check.ts';
import type { CoinbaseClient } from './client.ts';
import type { Subscription } from './subscriptions.ts';

const address = 'COINBASE_API_URL';
const place = 'the webhook subscriptions of the CDP API';

const neededEvents = ['checkout.payment.success', 'checkout.payment.failed', 'checkout.payment.expired'];

/** Whether the key lists checkouts, and whether a subscription posts them to us. */
export async function checkCoinbaseSetUp(
  client: CoinbaseClient,
  about: SetUpQuestion & { now: number },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const key = await checkKey(client, about.now, signal);
  // The same key reads the subscriptions.
  return key.status === 'error' ? [key] : [key, await checkWebhook(client, about, signal)];
}

async function checkKey(client: CoinbaseClient, now: number, signal: AbortSignal): Promise<SetUpCheck> {
  try {
    await client.listPage({ from: now - second, pageSize: 1 }, signal);
    return okCheck('key', 'is accepted and lists checkouts');
  } catch (error) {
    const key = 'COINBASE_API_KEY_ID and COINBASE_API_KEY_SECRET';
    const unauthorized = `make a new secret API key on the CDP portal and set ${key}; a clock that is off is refused too`;
    const forbidden = `give the key the right to view on the CDP portal, and see that its IP allowlist has this machine`;
    return failedCheck('key', { error, address, unauthorized, forbidden, refused: `see that ${address} is right` });
  }
}

/** How a list of subscriptions that cannot be read looks is not documented, so that it is no fault of the set-up. */
async function checkWebhook(client: CoinbaseClient, about: SetUpQuestion, signal: AbortSignal): Promise<SetUpCheck> {
  const { subscriptions: source } = client;
  if (source === undefined) return okCheck('webhook', `not asked: ${address} is not Coinbase's own address`);
  try {
    const subscriptions = await source.list(signal);
    const registered = subscriptions
      .filter((one) => isFor(one, source.network))
      .map((subscription) => ({
        url: subscription.target.url,
        isEnabled: subscription.isEnabled ?? true,
        events: subscription.eventTypes,
        attempts: () => source.listAttempts(subscription.subscriptionId, signal),
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
      detail: error.message,
      advice: `see for yourself that one of ${place} posts to ${where}`,
    });
  }
}

/** Only those with the label hear of the sandbox, and they hear of nothing else. */
function isFor({ labels }: Subscription, network: 'live' | 'sandbox'): boolean {
  return (labels?.['sandbox'] === 'true') === (network === 'sandbox');
}
