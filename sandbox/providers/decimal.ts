// Decimal strings as integers with a scale: the providers are exact, and so must their doubles be.

import { currencyDigits, isCurrency } from '#kernel/money.ts';

interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

const pattern = /^\d+(\.\d+)?$/;

export function isDecimal(text: string): boolean {
  return pattern.test(text);
}

function parseDecimal(text: string): Decimal {
  if (!isDecimal(text)) throw new Error(`not a decimal: ${text}`);
  const [whole = '0', part = ''] = text.split('.');
  return { units: BigInt(whole + part), places: part.length };
}

/** Throws if digits would be lost. */
export function toUnits(text: string, places: number): bigint {
  const decimal = parseDecimal(text);
  if (decimal.places <= places) return decimal.units * 10n ** BigInt(places - decimal.places);
  const surplus = 10n ** BigInt(decimal.places - places);
  if (decimal.units % surplus !== 0n) throw new Error(`${text} has more than ${places} places`);
  return decimal.units / surplus;
}

export function formatUnits(units: bigint, places: number): string {
  if (places === 0) return units.toString();
  const digits = units.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** `fraction` is a decimal string; what does not fit is cut off. */
export function takeFraction(units: bigint, fraction: string): bigint {
  const share = parseDecimal(fraction);
  return (units * share.units) / 10n ** BigInt(share.places);
}

const coins: ReadonlyMap<string, number> = new Map(
  Object.entries({ BTC: 8, BCH: 8, LTC: 8, DOGE: 8, ETH: 18, USDC: 6, USDT: 6, SATS: 0 }),
);

/** Decimal places of a currency code, or undefined for a code that nobody knows. */
export function currencyPlaces(currency: string): number | undefined {
  return coins.get(currency) ?? (isCurrency(currency) ? currencyDigits(currency) : undefined);
}
