import type { ProviderName } from './contract.ts';
import type { RetryPolicy } from './deliveries.ts';

/**
 * Short, so that nobody waits in a demo. In reality: Hook0 (Coinbase) 3 s, 10 s, 3 min, 30 min, 1 h, 3 h, 5 h, then every 10 h; BTCPay
 * 10 s, 1 min, six times 10 min; Payhip three times an hour apart; BitPay does not say.
 */
export const retryDelaysMsDefault: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

const payhipRetriesMax = 3;

const anyGood = (status: number) => status >= 200 && status < 300;
const always = () => true;

export function retryPolicy(provider: ProviderName, delaysMs: readonly number[]): RetryPolicy {
  switch (provider) {
    case 'coinbase':
      return { delaysMs, isAccepted: anyGood, isWorthRetrying: always, isOneQueue: false };
    case 'bitpay':
      // Anything but 200 counts as failed.
      return { delaysMs, isAccepted: (status) => status === 200, isWorthRetrying: always, isOneQueue: false };
    case 'btcpay':
      return { delaysMs, isAccepted: anyGood, isWorthRetrying: isTemporary, isOneQueue: true };
    case 'payhip':
      // Once an hour for up to three hours, and only 200 will do.
      return {
        delaysMs: delaysMs.slice(0, payhipRetriesMax),
        isAccepted: (status) => status === 200,
        isWorthRetrying: always,
        isOneQueue: false,
      };
    default:
      return provider satisfies never;
  }
}

/** BTCPay since 2.3.4: other answers are final. */
function isTemporary(status: number | undefined): boolean {
  return status === undefined || status >= 500 || status === 429 || status === 408;
}
