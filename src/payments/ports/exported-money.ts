import { currencyDigits, minorIn } from '#kernel/money.ts';
import type { ExportedAmounts, ExportedOrder } from './sales-channel.ts';

/** The money of an exported order, in minor units of one currency. */
export interface ExportedMoney {
  amountMinor: number;
  otherwiseMinor: number;
  returnedMinor: number | 'unknown';
}

/** What the amounts of an order may come to in this currency; none where it has fewer decimals than they have. */
export function moneyIn(order: Pick<ExportedOrder, 'readings'>, currency: string): ExportedMoney[] {
  return readingsIn(order, currency).flatMap(({ amount, otherwise, returned }) => {
    const amountMinor = minorIn(amount, currency);
    const otherwiseMinor = minorIn(otherwise, currency);
    const returnedMinor = returned === 'unknown' ? 'unknown' : minorIn(returned, currency);
    if (amountMinor === undefined || otherwiseMinor === undefined || returnedMinor === undefined) return [];
    return [{ amountMinor, otherwiseMinor, returnedMinor }];
  });
}

/** A mark before three digits parts thousands, unless the currency has as many decimals: then nobody can say. */
export function readingsIn(
  { readings }: Pick<ExportedOrder, 'readings'>,
  currency: string,
): readonly ExportedAmounts[] {
  return currencyDigits(currency) < 3 ? readings.slice(0, 1) : readings;
}
