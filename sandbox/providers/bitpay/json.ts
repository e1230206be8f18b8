// BitPay writes amounts as JSON integers far beyond 2^53, and from 1e21 on with an exponent, as JavaScript does. Here they
// keep every digit in both forms, so that a reader who loses some is found out.

/** Text that stands in the JSON as it is: a number that a double could not hold. */
export class RawNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A decimal as a JSON number shows it, without trailing zeros: `10.00` is 10. */
export function jsonDecimal(decimal: string): RawNumber {
  return new RawNumber(decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);
}

const marker = '\u0000raw:';
const marked = /"\\u0000raw:([0-9.e+-]+)"/g;

export function toExactJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, held: unknown) => {
    if (typeof held === 'bigint') return `${marker}${integerText(held)}`;
    return held instanceof RawNumber ? `${marker}${held.text}` : held;
  });
  return text.replaceAll(marked, '$1');
}

function integerText(value: bigint): string {
  const digits = value.toString();
  if (digits.length <= 21) return digits;
  const rest = digits.slice(1).replace(/0+$/, '');
  return `${digits[0]}${rest === '' ? '' : `.${rest}`}e+${digits.length - 1}`;
}
