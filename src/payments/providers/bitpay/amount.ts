import { isCurrency, MoneyInvalid, parseMoney, toDecimal } from '#kernel/money.ts';

/** A JSON number has lost its trailing zeros: `49` is asked for and shown as `49.00`. */
export function withCurrencyPlaces(amount: string, currency: string): string {
  if (!isCurrency(currency)) return amount;
  try {
    return toDecimal(parseMoney(amount, currency));
  } catch (error) {
    // More places than the currency has, or below zero: not an amount of ours, shown as it is.
    if (error instanceof MoneyInvalid) return amount;
    throw error;
  }
}
