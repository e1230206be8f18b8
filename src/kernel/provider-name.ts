/**
 * The catalogue: every provider, and the name that people know it by. A line more, and the other registries do not compile
 * until they have theirs (docs/adding-a-provider.md).
 */
const titles = {
  coinbase: 'Coinbase',
  bitpay: 'BitPay',
  btcpay: 'BTCPay',
  nowpayments: 'NOWPayments',
  payhip: 'Payhip',
} as const;

export type ProviderName = keyof typeof titles;

export const providerNames = namesOf(titles);

export function isProviderName(text: string): text is ProviderName {
  return Object.hasOwn(titles, text);
}

/** The name that people know it by; a name that is not ours is shown as it is. */
export function providerTitle(name: string): string {
  return isProviderName(name) ? titles[name] : name;
}

/** One value for each provider of the catalogue. */
export function eachProvider<Value>(make: (name: ProviderName) => Value): Record<ProviderName, Value> {
  // The names are exactly the keys of the type.
  return Object.fromEntries(providerNames.map((name) => [name, make(name)])) as Record<ProviderName, Value>;
}

/** `Object.keys` of a constant object gives exactly the keys of its type; the catalogue is never empty. */
function namesOf<Name extends string>(catalogue: Readonly<Record<Name, string>>): readonly [Name, ...Name[]] {
  return Object.keys(catalogue) as [Name, ...Name[]];
}

/** How sure we are of a payment's evidence: asked the provider itself, a signature over the bytes, a shared secret only. */
export const trustLevels = ['fetched', 'signed', 'token'] as const;
export type Trust = (typeof trustLevels)[number];
