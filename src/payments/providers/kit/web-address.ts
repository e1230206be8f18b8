import type { ProviderName } from '#kernel/provider-name.ts';

/**
 * The address if a provider would take it: https, or plain http on loopback, which only a local
 * sandbox accepts. Undefined otherwise: a payment without a way back is better than no payment.
 */
export function acceptableAddress(text: string | null | undefined, lengthMax: number): string | undefined {
  if (text === null || text === undefined || text.length > lengthMax || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isLoopback = ['localhost', '[::1]'].includes(url.hostname) || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback) ? text : undefined;
}

/** Where this provider posts its webhooks, for those that are told with each payment; undefined while nobody reaches us. */
export function webhookAddress(publicUrl: string | null, provider: ProviderName): string | undefined {
  return publicUrl === null ? undefined : `${publicUrl}/webhooks/${provider}`;
}
