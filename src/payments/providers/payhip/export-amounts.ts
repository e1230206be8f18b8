// Amounts and currencies as people and spreadsheets write them. What could mean two things means nothing: undefined.
import { isCurrency } from '#kernel/money.ts';

/** As it was written, before anybody knows how many decimals its currency has. */
export interface WrittenAmount {
  /** Plain digits in major units, with a minus in front of what was refunded: `-1234.50`. */
  decimal: string;
  /** `1,234` is taken for thousands; what it is if its mark parts decimals. */
  asDecimals: string | null;
}

/** Of a text without blanks: with blanks allowed at every place a long row of them is tried in too many ways. */
const amountPattern = /^(\()?([-−+])?(?:[A-Z]{1,3})?[$€£¥￥₹]?([-−])?(\d[\d.,'’]*)[$€£¥￥₹]?(?:[A-Z]{3})?(\))?$/u;
/** The largest amount with its thousands parted is shorter by half; longer numbers are refused where sums are made. */
const amountUnitsMax = 40;

/** `1,234.50`, `1.234,50`, `1234,5`, `CA$12.00`, `12 EUR`, `(9.00)`. */
export function readAmount(text: string): WrittenAmount | undefined {
  const written = text.replaceAll(/\s/g, '');
  const match = written.length > amountUnitsMax ? null : amountPattern.exec(written);
  if (match?.[4] === undefined || (match[1] === undefined) !== (match[5] === undefined)) return undefined;
  const number = splitNumber(match[4].replaceAll(/['’]/g, ''));
  if (number === undefined) return undefined;
  const minuses = [match[1], match[2], match[3]].filter((sign) => sign !== undefined && sign !== '+').length;
  if (minuses > 1) return undefined;
  const write = (digits: string): string => {
    const decimal = digits.replace(/^0+(?=\d)/, '');
    return minuses > 0 && /[1-9]/.test(decimal) ? `-${decimal}` : decimal;
  };
  return { decimal: write(number.digits), asDecimals: number.asDecimals === null ? null : write(number.asDecimals) };
}

interface SplitNumber {
  digits: string;
  asDecimals: string | null;
}

function splitNumber(text: string): SplitNumber | undefined {
  const marks = text.replaceAll(/\d/g, '');
  const last = marks.at(-1);
  if (last === undefined) return { digits: text, asDecimals: null };
  const count = marks.split(last).length - 1;
  const isMixed = marks.length > count;
  // Of two kinds the last is the decimal mark, and stands once; of one kind that stands often, all part thousands.
  if (isMixed && count > 1) return undefined;
  if (!isMixed && count > 1) return certain(grouped(text, last));
  const at = text.lastIndexOf(last);
  const fraction = text.slice(at + 1);
  const before = text.slice(0, at);
  const whole = isMixed ? grouped(before, last === ',' ? '.' : ',') : before;
  if (whole === undefined || fraction === '') return undefined;
  const decimals = `${whole}.${fraction}`;
  const thousands = isMixed || fraction.length !== 3 ? undefined : grouped(text, last);
  return thousands === undefined ? certain(decimals) : { digits: thousands, asDecimals: decimals };
}

function certain(digits: string | undefined): SplitNumber | undefined {
  return digits === undefined ? undefined : { digits, asDecimals: null };
}

/** Thousands in groups of three, the first of one to three and without a zero in front. */
function grouped(text: string, mark: string): string | undefined {
  const [first = '', ...groups] = text.split(mark);
  const isWell = /^[1-9]\d{0,2}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group));
  return isWell ? [first, ...groups].join('') : undefined;
}

/** The currencies that share a sign, the one that is usually meant first. */
const signs: ReadonlyMap<string, readonly string[]> = new Map([
  ['€', ['EUR']],
  ['£', ['GBP']],
  ['₹', ['INR']],
  ['¥', ['JPY', 'CNY']],
  ['￥', ['JPY', 'CNY']],
  [
    '$',
    'USD ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD UYU XCD'.split(
      ' ',
    ),
  ],
]);

/** Letters in front of a sign, where they are no code: `CA$`, `R$`. */
const lettered: ReadonlyMap<string, string> = new Map([
  ['US$', 'USD'],
  ['CA$', 'CAD'],
  ['A$', 'AUD'],
  ['AU$', 'AUD'],
  ['NZ$', 'NZD'],
  ['HK$', 'HKD'],
  ['NT$', 'TWD'],
  ['S$', 'SGD'],
  ['SG$', 'SGD'],
  ['R$', 'BRL'],
  ['MX$', 'MXN'],
  ['RD$', 'DOP'],
  ['J$', 'JMD'],
  ['TT$', 'TTD'],
  ['EC$', 'XCD'],
  ['CN¥', 'CNY'],
  ['JP¥', 'JPY'],
]);

/**
 * The currencies that a text may mean: the one that a code or the letters before a sign name, all that share a bare
 * sign, none where it names none. Undefined for letters that name none, or another than the sign.
 */
export function currenciesIn(text: string): readonly string[] | undefined {
  const [letters, more] = text.match(/[A-Z]+/g) ?? [];
  const sign = /[$€£¥￥₹]/.exec(text)?.[0];
  const sharing = sign === undefined ? undefined : signs.get(sign);
  if (letters === undefined) return sharing ?? [];
  const code = lettered.get(`${letters}${sign}`) ?? letters;
  const isNamed = more === undefined && isCurrency(code) && sharing?.includes(code) !== false;
  return isNamed ? [code] : undefined;
}
