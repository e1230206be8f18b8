export const providerNames = ['coinbase', 'bitpay', 'btcpay', 'payhip'] as const;
export type ProviderName = (typeof providerNames)[number];

export function isProviderName(text: string): text is ProviderName {
  return (providerNames as readonly string[]).includes(text);
}

const titles: Readonly<Record<ProviderName, string>> = {
  coinbase: 'Coinbase',
  bitpay: 'BitPay',
  btcpay: 'BTCPay',
  payhip: 'Payhip',
};

/** The name that people know it by; a name that is not ours is shown as it is. */
export function providerTitle(name: string): string {
  return isProviderName(name) ? titles[name] : name;
}
