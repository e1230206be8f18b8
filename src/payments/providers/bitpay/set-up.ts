import { type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { checkCall } from '../kit/check-call.ts';
import { judgeToldAddress } from '../kit/check-webhook.ts';
import type { BitpayClient } from './client.ts';

const address = 'BITPAY_API_URL';

/** Whether BitPay accepts the tokens, and whether each payment names an address for its webhooks. */
export async function checkBitpaySetUp(
  client: BitpayClient,
  about: { now: Milliseconds; notificationUrl: string | undefined },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const checks = await Promise.all([checkPos(client, signal), checkMerchant(client, about.now, signal)]);
  return [...checks, judgeToldAddress('BitPay', about.notificationUrl)];
}

function checkPos(client: BitpayClient, signal: AbortSignal): Promise<SetUpCheck> {
  return checkCall('pos token', {
    address,
    call: () => client.probePos(signal),
    ok: 'is accepted',
    unauthorized: `take a new point-of-sale token from BitPay's dashboard, of the network that ${address} names, and set BITPAY_POS_TOKEN`,
  });
}

async function checkMerchant(client: BitpayClient, now: Milliseconds, signal: AbortSignal): Promise<SetUpCheck> {
  const name = 'merchant key';
  if (!client.hasMerchant) {
    const advice = 'pair a merchant token and set BITPAY_MERCHANT_TOKEN and BITPAY_PRIVATE_KEY';
    return warningCheck(name, { detail: 'none: nothing can be listed, cancelled or refunded', advice });
  }
  return await checkCall(name, {
    address,
    call: () => client.listPage({ from: now, to: now, limit: 1, offset: 0 }, signal),
    ok: 'is accepted and lists invoices',
    unauthorized:
      'check that BITPAY_PRIVATE_KEY is the key that BITPAY_MERCHANT_TOKEN was paired with, and that the pairing was approved in the dashboard',
  });
}
