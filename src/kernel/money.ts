import Big from 'big.js';

/**
 * Fiat money is an integer of minor units and an ISO 4217 code; crypto money is a decimal string and an asset.
 * A JSON number is never money. `USDC` is accepted as an order currency too, with two places, as Coinbase asks for it.
 */
export interface Money {
  amountMinor: number;
  currency: string;
}

/** An exact decimal amount of any asset, in major units, for example `{ amount: "0.00053", asset: "BTC" }`. */
export interface AssetAmount {
  amount: string;
  asset: string;
}

export class MoneyInvalid extends Error {
  override readonly name = 'MoneyInvalid';
}

const decimalPattern = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?$/;

/**
 * Decimal places by ISO 4217, list one. Locale data says otherwise (it shows no forint below one) and changes with the
 * runtime, and stored integers with it. The last row of twos is of no list any more, or has no places there, but may be
 * stored. Other places for a code that is listed need a migration: a start refuses a database that was counted otherwise.
 */
const codesByDigits: readonly [digits: number, codes: string][] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY',
  ],
  [
    2,
    'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS',
  ],
  [
    2,
    'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR',
  ],
  [
    2,
    'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP',
  ],
  [2, 'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG'],
  [2, 'ANG BGN CUC HRK SLL XDR XSU ZWL'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [2, 'USDC'],
];

/** Decimal places by currency code. */
export const digitsByCode: ReadonlyMap<string, number> = new Map(
  codesByDigits.flatMap(([digits, codes]) => codes.split(' ').map((code): [string, number] => [code, digits])),
);

/** How many decimal places the currency has; throws MoneyInvalid for a currency that is not known. */
export function currencyDigits(currency: string): number {
  const digits = digitsByCode.get(currency);
  if (digits === undefined) throw new MoneyInvalid(`"${currency}" is not a currency code`);
  return digits;
}

export function isCurrency(currency: string): boolean {
  return digitsByCode.has(currency);
}

/** Parses a plain decimal such as `49.00`; refuses signs, exponents, blanks and more places than the currency has. */
export function parseMoney(text: string, currency: string): Money {
  const digits = currencyDigits(currency);
  if (!decimalPattern.test(text)) throw new MoneyInvalid(`"${text}" is not an amount`);
  const minor = new Big(text).times(new Big(10).pow(digits));
  if (!minor.round(0).eq(minor)) throw new MoneyInvalid(`"${text}" has more than ${digits} decimal places`);
  const amountMinor = Number(minor.toFixed(0));
  if (!Number.isSafeInteger(amountMinor)) throw new MoneyInvalid(`"${text}" is too large`);
  return { amountMinor, currency };
}

/** Minor units of a decimal that is not below zero; undefined where it is no amount of this currency. */
export function minorIn(decimal: string, currency: string): number | undefined {
  try {
    return parseMoney(decimal, currency).amountMinor;
  } catch (error) {
    if (error instanceof MoneyInvalid) return undefined;
    throw error;
  }
}

/** `4900 USD` becomes `49.00`: the decimal that providers and the shop are given. */
export function toDecimal(money: Money): string {
  const digits = currencyDigits(money.currency);
  return new Big(money.amountMinor).div(new Big(10).pow(digits)).toFixed(digits);
}

/** `49.00 USD`: for cards and messages. */
export function formatMoney(money: Money): string {
  return `${toDecimal(money)} ${money.currency}`;
}

export function formatAsset(value: AssetAmount): string {
  return `${value.amount} ${value.asset}`;
}

/** Exact comparison of two decimal strings, exponent forms included; throws MoneyInvalid when one is not a number. */
export function compareDecimals(left: string, right: string): -1 | 0 | 1 {
  return parseDecimal(left).cmp(parseDecimal(right));
}

export function addDecimals(left: string, right: string): string {
  return parseDecimal(left).plus(parseDecimal(right)).toFixed();
}

export function subtractDecimals(left: string, right: string): string {
  return parseDecimal(left).minus(parseDecimal(right)).toFixed();
}

/** The exact sum, with as many places as the longest number has; `0` for an empty list. */
export function sumDecimals(texts: readonly string[]): string {
  return texts.every((text) => plainPattern.test(text)) ? sumPlain(texts) : sumAny(texts);
}

/** A decimal without an exponent. */
const plainPattern = /^-?\d{1,60}(?:\.\d{1,60})?$/;

/** Whole numbers are summed in a tenth of the time: a closing sums thousands. */
function sumPlain(texts: readonly string[]): string {
  const places = texts.reduce((most, text) => Math.max(most, placesOf(text)), 0);
  const sum = texts.reduce(
    (total, text) => total + BigInt(text.replace('.', '') + '0'.repeat(places - placesOf(text))),
    0n,
  );
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${sum < 0n ? '-' : ''}${places === 0 ? whole : `${whole}.${digits.slice(-places)}`}`;
}

function placesOf(plain: string): number {
  const point = plain.indexOf('.');
  return point < 0 ? 0 : plain.length - point - 1;
}

/** An exponent form has no places to count, so that its own digits decide. */
function sumAny(texts: readonly string[]): string {
  const parts = texts.map(parseDecimal);
  const places = texts.reduce((most, text) => Math.max(most, /\.(\d+)$/.exec(text)?.[1]?.length ?? 0), 0);
  const sum = parts.reduce((total, part) => total.plus(part), new Big(0));
  return sum.round(places, Big.roundDown).eq(sum) ? sum.toFixed(places) : sum.toFixed();
}

/**
 * Writes a decimal with the places of its currency, or as many as the longest beside it has: `20` beside `49.50 USD`
 * becomes `20.00`, and `500` beside `1200 JPY` stays. A coin has two at least.
 */
export function withPlaces(text: string, { asset, beside }: { asset: string; beside: readonly string[] }): string {
  const lengths = beside.map((other) => parseDecimal(other).toFixed().split('.')[1]?.length ?? 0);
  const places = Math.max(...lengths, digitsByCode.get(asset) ?? 2);
  return parseDecimal(text).toFixed(places);
}

/** Writes any decimal, exponent forms included, as plain digits: `1e19` becomes `10000000000000000000`. */
export function plainDecimal(text: string): string {
  return parseDecimal(text).toFixed();
}

/** Minor units of a decimal in major units, rounded down: `24.509` USD are 2450. For sums that must not be exceeded. */
export function parseMinorFloor(text: string, currency: string): number {
  return toSafeInteger(parseDecimal(text).times(new Big(10).pow(currencyDigits(currency))));
}

/**
 * The same share of `whole` as `of` is of `in`, rounded down: `floorShare(4900, { of: '0.5', in: '2' })` is 1225. Zero
 * where `in` is zero.
 */
export function floorShare(whole: number, share: { of: string; in: string }): number {
  const part = parseDecimal(share.of).times(whole);
  const all = parseDecimal(share.in);
  if (all.eq(0)) return 0;
  const quotient = toSafeInteger(part.div(all));
  // Big rounds a quotient, and may round it up to a whole number; the exact product shows whether it did.
  return all.times(quotient).gt(part) ? quotient - 1 : quotient;
}

/** Minor units of a decimal in major units, rounded up: for sums that count as refunded. */
export function parseMinorCeil(text: string, currency: string): number {
  return toSafeInteger(
    parseDecimal(text)
      .times(new Big(10).pow(currencyDigits(currency)))
      .round(0, Big.roundUp),
  );
}

/** The same share as `floorShare`, rounded up. */
export function ceilShare(whole: number, share: { of: string; in: string }): number {
  const floor = floorShare(whole, share);
  return parseDecimal(share.in).times(floor).lt(parseDecimal(share.of).times(whole)) ? floor + 1 : floor;
}

function toSafeInteger(value: Big): number {
  const number = Number(value.round(0, Big.roundDown).toFixed(0));
  if (!Number.isSafeInteger(number)) throw new MoneyInvalid('the amount is too large');
  return number;
}

function parseDecimal(text: string): Big {
  // big.js is bounded here: a hostile exponent such as 1e999999 would otherwise allocate for minutes.
  if (!/^-?\d{1,60}(?:\.\d{1,60})?(?:[eE][+-]?\d{1,2})?$/.test(text))
    throw new MoneyInvalid(`"${text}" is not a number`);
  return new Big(text);
}
