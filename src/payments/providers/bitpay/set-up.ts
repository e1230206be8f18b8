import type { Milliseconds } from '#kernel/clock.ts';
import { okCheck, type SetUpCheck, warningCheck } from '#kernel/set-up-check.ts';
import { failedCheck } from '../kit/set-up-failure.ts';
import { judgeToldAddress } from '../kit/webhook-check.ts';
import { type BitpayClient, probePos } from './client.ts';

const address = 'BITPAY_API_URL';

/** Whether the tokens are taken, and whether BitPay is told where to post. */
export async function checkBitpaySetUp(
  client: BitpayClient,
  about: { now: Milliseconds; notificationUrl: string | undefined },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const checks = await Promise.all([checkPos(client, signal), checkMerchant(client, about.now, signal)]);
  return [...checks, judgeToldAddress('BitPay', about.notificationUrl)];
}

async function checkPos(client: BitpayClient, signal: AbortSignal): Promise<SetUpCheck> {
  try {
    await probePos(client, signal);
    return okCheck('pos token', 'is accepted');
  } catch (error) {
    const unauthorized = `take a new point-of-sale token from BitPay's dashboard, of the network that ${address} names, and set BITPAY_POS_TOKEN`;
    return failedCheck('pos token', { error, address, unauthorized });
  }
}

async function checkMerchant(client: BitpayClient, now: Milliseconds, signal: AbortSignal): Promise<SetUpCheck> {
  const name = 'merchant key';
  if (client.merchant === undefined) {
    const advice = 'pair a merchant token and set BITPAY_MERCHANT_TOKEN and BITPAY_PRIVATE_KEY';
    return warningCheck(name, { detail: 'none: nothing can be listed, cancelled or refunded', advice });
  }
  try {
    await client.listPage({ from: now, to: now, limit: 1, offset: 0 }, signal);
    return okCheck(name, 'is accepted and lists invoices');
  } catch (error) {
    const unauthorized =
      'see that BITPAY_PRIVATE_KEY is the key that BITPAY_MERCHANT_TOKEN was paired with, and that the pairing was approved in the dashboard';
    return failedCheck(name, { error, address, unauthorized });
  }
}
