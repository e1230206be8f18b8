/**
 * Every provider with its display name. After a new line here the other registries do not compile until they have theirs
 * (docs/adding-a-provider.md).
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

/** The display name; an unknown name is returned as it is. */
export function providerTitle(name: string): string {
  return isProviderName(name) ? titles[name] : name;
}

/** One value for each provider. */
export function eachProvider<Value>(make: (name: ProviderName) => Value): Record<ProviderName, Value> {
  // The names are exactly the keys of the type.
  return Object.fromEntries(providerNames.map((name) => [name, make(name)])) as Record<ProviderName, Value>;
}

/** `Object.keys` of a constant object gives exactly the keys of its type, and there is at least one provider. */
function namesOf<Name extends string>(catalogue: Readonly<Record<Name, string>>): readonly [Name, ...Name[]] {
  return Object.keys(catalogue) as [Name, ...Name[]];
}

/** What a payment's evidence rests on: fetched from the provider, a webhook signed over its bytes, or a webhook with a shared secret only. */
export const trustLevels = ['fetched', 'signed', 'token'] as const;
export type Trust = (typeof trustLevels)[number];
