import type { Case } from '#cases/case.ts';
import { day } from '#kernel/clock.ts';
import { isCurrency, MoneyInvalid, parseMinorFloor } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Order, parseOrderNumber } from '#orders/order.ts';
import type { SearchedAmount } from '#orders/order-store.ts';
import { balanceOf } from '../../model/balance.ts';
import type { ProviderRegistry } from '../../ports/payment-provider.ts';
import type { PaymentStores } from '../../ports/payment-store.ts';
import { type Candidate, type StrayPayment, type Suggestion, suggestOrders } from './suggest-orders.ts';

export type OrderSuggestion = Suggestion<Candidate & { order: Order }>;

/** Orders are looked for among so many of the same amount, and so many that were made around the same time. */
const sameAmountMax = 30;
const sameTimeMax = 50;

/** Orders that an unmatched payment may be for; none for any other case. */
export async function findSuggestions(
  about: { stores: PaymentStores; providers: ProviderRegistry },
  one: Case,
): Promise<OrderSuggestion[]> {
  if (one.kind !== 'finding_missing_here' && one.kind !== 'payment_unknown') return [];
  const { money, label } = one.facts;
  const at = one.subjectAt ?? one.openedAt;
  const stray = { money, label, at, sameAssets: sameAssets(about.providers, one.provider) };
  const candidates: (Candidate & { order: Order })[] = [];
  for (const order of await gather(about.stores, stray)) {
    const payments = await about.stores.payments.listPaymentsForOrder(order.id);
    const refunds = await about.stores.refunds.listRefundsForOrder(order.id);
    candidates.push({ order, missingMinor: balanceOf(order, payments, refunds).missingMinor });
  }
  return suggestOrders(stray, candidates);
}

async function gather(stores: PaymentStores, stray: StrayPayment & { at: number }): Promise<Order[]> {
  const found = new Map<string, Order>();
  const add = (orders: readonly (Order | undefined)[]): void => {
    for (const order of orders) if (order !== undefined) found.set(order.id, order);
  };
  for (const [text] of stray.label?.matchAll(/\bt-\d{1,9}\b/gi) ?? []) {
    const number = parseOrderNumber(text);
    if (number !== undefined) add([await stores.orders.findOrderByNumber(number)]);
  }
  const amounts = amountsOf(stray);
  if (amounts.length > 0) add(await stores.orders.listOrdersOfAmounts({ amounts, limit: sameAmountMax }));
  // A day on, because an order may be made after the payment; the list goes back from there.
  const before = { createdAt: stray.at + day, id: '' };
  add(await stores.orders.listOrders({ statuses: null, before, limit: sameTimeMax }));
  return [...found.values()];
}

function amountsOf({ money, sameAssets: same }: StrayPayment): SearchedAmount[] {
  if (money === null) return [];
  const currencies = [money.asset, ...(same.includes(money.asset) ? ['USD'] : [])].filter(isCurrency);
  return currencies.flatMap((currency): SearchedAmount[] => {
    try {
      return [{ amountMinor: parseMinorFloor(money.amount, currency), currencies: [currency] }];
    } catch (error) {
      if (error instanceof MoneyInvalid) return [];
      throw error;
    }
  });
}

/** What the provider asks for in place of a dollar, where that is a coin of the same worth. */
function sameAssets(providers: ProviderRegistry, name: ProviderName | null): string[] {
  const asset = name === null ? undefined : providers.find(name)?.quote({ amountMinor: 100, currency: 'USD' })?.asset;
  return asset === undefined || asset === 'USD' ? [] : [asset];
}
