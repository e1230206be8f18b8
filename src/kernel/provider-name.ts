export const providerNames = ['coinbase', 'bitpay', 'btcpay'] as const;
export type ProviderName = (typeof providerNames)[number];

export function isProviderName(text: string): text is ProviderName {
  return (providerNames as readonly string[]).includes(text);
}
