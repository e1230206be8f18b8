import { okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { checkCall } from '../kit/check-call.ts';
import type { PayhipClient } from './client.ts';

/** Whether Payhip accepts the key. No call shows what Payhip posts, nor where to. */
export async function checkPayhipSetUp(
  client: Pick<PayhipClient, 'listPage'>,
  about: { webhookUrl: string | null },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const key = await checkKey(client, signal);
  return key.status === 'error' ? [key] : [key, judgeWebhook(about.webhookUrl)];
}

function checkKey(client: Pick<PayhipClient, 'listPage'>, signal: AbortSignal): Promise<SetUpCheck> {
  return checkCall('key', {
    address: 'PAYHIP_API_URL',
    call: () => client.listPage(1, signal),
    ok: 'is accepted',
    unauthorized: "take the API key from Payhip's settings and set PAYHIP_API_KEY",
  });
}

/** The end of the address is a secret, and not said. */
function judgeWebhook(webhookUrl: string | null): SetUpCheck {
  if (webhookUrl !== null)
    return okCheck('webhook', `has to post to ${webhookUrl}/…; Payhip does not say where it posts`);
  const detail = 'Payhip has no address to post to: no order of Payhip is received';
  return warningCheck('webhook', { detail, advice: 'set PUBLIC_URL, and the address of the webhook at Payhip' });
}
