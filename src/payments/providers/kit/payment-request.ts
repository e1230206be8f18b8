// What the requests for a new payment are made of.

import { isSecureAddress } from '#diagnostics/web-address.ts';
import { type AssetAmount, isCurrency, type Money, toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { CreatePaymentRequest, PaymentProvider } from '../../ports/payment-provider.ts';
import { unsupported } from './unsupported.ts';

/** For a provider that takes any fiat currency as the price. */
export function quoteFiat({ amountMinor, currency }: Money): AssetAmount | undefined {
  if (amountMinor <= 0 || currency === 'USDC' || !isCurrency(currency)) return undefined;
  return { amount: toDecimal({ amountMinor, currency }), asset: currency };
}

/** What is asked for; ProviderRejected, before anything is sent, for money that the provider cannot collect. */
export function neededQuote(
  provider: Pick<PaymentProvider, 'name' | 'quote'>,
  { money }: CreatePaymentRequest,
): AssetAmount {
  const asked = provider.quote(money);
  if (asked !== undefined) return asked;
  const why = `${provider.name} cannot collect this amount of ${money.currency}`;
  throw unsupported(provider.name, { operation: 'create_payment', why });
}

/** A JSON object whose first field is a number: it is written as the decimal that it is, and never was a float. */
export function jsonWithNumber(number: { name: string; decimal: string }, rest: object): string {
  return `{"${number.name}":${number.decimal},${JSON.stringify(rest).slice(1)}`;
}

const addressMax = 2048;

/**
 * The address if a provider would take it: https, or plain http on loopback, which only a local
 * sandbox accepts. Undefined otherwise: a payment without a way back is better than no payment.
 */
export function acceptableAddress(text: string | null | undefined): string | undefined {
  const url = URL.parse(text ?? '');
  return url !== null && isSecureAddress(url) && text && text.length <= addressMax ? text : undefined;
}

/** Where this provider posts its webhooks, for those that are told with each payment; undefined while nobody reaches us. */
export function webhookAddress(publicUrl: string | null, provider: ProviderName): string | undefined {
  return publicUrl === null ? undefined : `${publicUrl}/webhooks/${provider}`;
}
