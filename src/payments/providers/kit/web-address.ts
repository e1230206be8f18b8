import type { ProviderName } from '#kernel/provider-name.ts';
import { isSecureAddress } from '#kernel/web-address.ts';

/**
 * The address if a provider would take it: https, or plain http on loopback, which only a local
 * sandbox accepts. Undefined otherwise: a payment without a way back is better than no payment.
 */
export function acceptableAddress(text: string | null | undefined, lengthMax: number): string | undefined {
  const url = URL.parse(text ?? '');
  return url !== null && isSecureAddress(url) && text && text.length <= lengthMax ? text : undefined;
}

/** Where this provider posts its webhooks, for those that are told with each payment; undefined while nobody reaches us. */
export function webhookAddress(publicUrl: string | null, provider: ProviderName): string | undefined {
  return publicUrl === null ? undefined : `${publicUrl}/webhooks/${provider}`;
}
