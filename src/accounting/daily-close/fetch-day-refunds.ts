import type { Database } from '#kernel/database.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { ProviderNotUnderstood } from '#payments/ports/provider-errors.ts';
import type { RefundProvider } from '#payments/ports/refund-provider.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { Known } from './close-day.ts';

/** How many refunds of one day are fetched, each by a call of its own. */
const askedMax = 100;

/** Which of the refunds succeeded at the provider too. Throws ProviderError when it does not answer. */
export async function fetchDayRefunds(
  deps: { database: Database<AccountingStores> },
  input: { provider: PaymentProvider; refunds: readonly Refund[]; signal: AbortSignal | undefined },
): Promise<Known<ReadonlySet<string>>> {
  const { provider, refunds, signal } = input;
  const title = providerTitle(provider.name);
  if (refunds.length === 0) return { kind: 'known', value: new Set() };
  if (provider.refunds === null) return { kind: 'unknown', why: `${title} does not report refunds in this set-up.` };
  if (refunds.length > askedMax) {
    return { kind: 'unknown', why: `${title} is not asked for more than ${askedMax} refunds of one day.` };
  }
  try {
    return { kind: 'known', value: new Set(await readRefunds(deps, { refunds, port: provider.refunds, signal })) };
  } catch (error) {
    if (!(error instanceof ProviderNotUnderstood)) throw error;
    return { kind: 'unknown', why: `What ${title} says of its refunds is not understood: ${error.what}.` };
  }
}

async function readRefunds(
  deps: { database: Database<AccountingStores> },
  input: { port: RefundProvider; refunds: readonly Refund[]; signal: AbortSignal | undefined },
): Promise<string[]> {
  const { port, refunds, signal } = input;
  const there: string[] = [];
  for (const [paymentId, ours] of Map.groupBy(refunds, (refund) => refund.paymentId)) {
    const payment = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
    if (payment === undefined || payment.reference === null) continue;
    const paid = { paymentReference: payment.reference, asset: payment.requestedAsset };
    there.push(...(await succeededThere(port, { ...paid, ours, signal })));
  }
  return there;
}

async function succeededThere(
  port: RefundProvider,
  input: Pick<Parameters<RefundProvider['findRefunds']>[0], 'paymentReference' | 'asset'> & {
    ours: readonly Refund[];
    signal: AbortSignal | undefined;
  },
): Promise<string[]> {
  const { paymentReference, asset, ours, signal } = input;
  const known = ours.map(({ id, reference }) => ({ refundId: id, reference }));
  const there = await port.findRefunds({ paymentReference, asset, ours: known }, signal);
  const isThere = ({ id, reference }: Refund): boolean =>
    there.some((refund) => refund.state === 'succeeded' && (refund.refundId === id || refund.reference === reference));
  return ours.filter(isThere).map(({ id }) => id);
}
