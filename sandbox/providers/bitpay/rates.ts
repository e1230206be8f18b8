import { currencyPlaces, formatUnits, toUnits } from '../decimal.ts';
import { RawNumber } from './json.ts';

// Fixed rates: the sandbox has no network, and a test wants the same numbers every time.

interface Coin {
  /** Of the smallest unit. */
  readonly places: number;
  /** Shown and rounded to so many. */
  readonly displayPlaces: number;
  /** US dollars for one coin. */
  readonly usd: string;
}

const coins: ReadonlyMap<string, Coin> = new Map(
  Object.entries({
    BTC: { places: 8, displayPlaces: 6, usd: '64000.00' },
    BCH: { places: 8, displayPlaces: 6, usd: '480.00' },
    ETH: { places: 18, displayPlaces: 6, usd: '3200.00' },
    GUSD: { places: 2, displayPlaces: 2, usd: '1.00' },
    PAX: { places: 18, displayPlaces: 2, usd: '1.00' },
    USDC: { places: 6, displayPlaces: 2, usd: '1.00' },
    DOGE: { places: 8, displayPlaces: 6, usd: '0.16' },
    LTC: { places: 8, displayPlaces: 6, usd: '85.00' },
  }),
);

/** Hundredths of a US cent for one unit of the currency; what is not listed counts as a dollar. */
const fiatRates: ReadonlyMap<string, bigint> = new Map(
  Object.entries({ USD: 10_000n, EUR: 10_800n, GBP: 12_700n, CHF: 11_300n }),
);
const dollarRate = 10_000n;
/** Miner fee that the buyer of BTC pays on top, in its smallest unit. */
const minerFee = 100n;

/** What a price costs in a coin's smallest unit, without the miner fee. */
export function coinUnits(price: { units: bigint; currency: string }, coinName: string): bigint {
  const coin = getCoin(coinName);
  const places = currencyPlaces(price.currency) ?? 2;
  const rate = fiatRates.get(price.currency) ?? dollarRate;
  const dividend = price.units * rate * 10n ** BigInt(coin.places);
  const divisor = toUnits(coin.usd, 4) * 10n ** BigInt(places);
  const step = 10n ** BigInt(coin.places - coin.displayPlaces);
  const exact = dividend / divisor;
  return ((exact + step - 1n) / step) * step;
}

export function coinTotal(price: { units: bigint; currency: string }, coinName: string): bigint {
  return coinUnits(price, coinName) + (coinName === 'BTC' ? minerFee : 0n);
}

export function displayCoin(units: bigint, coinName: string): string {
  const coin = getCoin(coinName);
  const step = 10n ** BigInt(coin.places - coin.displayPlaces);
  // An amount that a buyer chose freely may be finer than what is usually shown; it is shown whole then.
  return units % step === 0n ? formatUnits(units / step, coin.displayPlaces) : formatUnits(units, coin.places);
}

export const exchangeRates: Readonly<Record<string, Record<string, RawNumber>>> = mapCoins((coin) => ({
  USD: new RawNumber(coin.usd),
}));

export function mapCoins<T>(map: (coin: Coin, name: string) => T): Record<string, T> {
  return Object.fromEntries([...coins].map(([name, coin]) => [name, map(coin, name)]));
}

/** Rates of `GET /rates`: for one BTC. */
export function rates(): { code: string; name: string; rate: RawNumber }[] {
  const usdOfBtc = toUnits(getCoin('BTC').usd, 4);
  const fiat = [...fiatRates].map(([code, rate]) => {
    const name = new Intl.DisplayNames('en', { type: 'currency' }).of(code) ?? code;
    return { code, name, rate: new RawNumber(formatUnits((usdOfBtc * dollarRate) / rate, 4)) };
  });
  return [{ code: 'BTC', name: 'Bitcoin', rate: new RawNumber('1') }, ...fiat];
}

function getCoin(name: string): Coin {
  const coin = coins.get(name);
  if (coin === undefined) throw new Error(`no such coin: ${name}`);
  return coin;
}
