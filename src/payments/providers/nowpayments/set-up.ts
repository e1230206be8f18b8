import { okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { checkCall, failedCheck } from '../kit/check-call.ts';
import { judgeToldAddress } from '../kit/check-webhook.ts';
import type { NowpaymentsClient } from './client.ts';

const address = 'NOWPAYMENTS_API_URL';
const loginNames = 'NOWPAYMENTS_EMAIL and NOWPAYMENTS_PASSWORD';

/**
 * Whether NOWPayments accepts key and login, and whether each payment names an address for its webhooks. No call checks the
 * IPN secret.
 */
export async function checkNowpaymentsSetUp(
  client: NowpaymentsClient,
  about: { notificationUrl: string | undefined },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const key = await checkKey(client, signal);
  const webhook = judgeToldAddress('NOWPayments', about.notificationUrl);
  return key.status === 'error' ? [key] : [key, await checkLogin(client, signal), webhook];
}

function checkKey(client: NowpaymentsClient, signal: AbortSignal): Promise<SetUpCheck> {
  return checkCall('key', {
    address,
    call: () => client.probeKey(signal),
    ok: 'is accepted',
    unauthorized: "take an API key from NOWPayments' dashboard and set NOWPAYMENTS_API_KEY",
  });
}

async function checkLogin(client: NowpaymentsClient, signal: AbortSignal): Promise<SetUpCheck> {
  try {
    if (await client.probeLogin(signal)) return okCheck('login', 'is accepted');
    const detail = 'none: a payment whose webhooks are all lost is not found';
    return warningCheck('login', { detail, advice: `set ${loginNames}` });
  } catch (error) {
    const unauthorized = `check that ${loginNames} are those of the dashboard, and that it asks for no second factor`;
    return failedCheck('login', { error, address, unauthorized });
  }
}
