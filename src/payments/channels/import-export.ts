// Compares a seller's export with our payments. First as a dry run, which changes nothing; then for real: orders that
// are missing here are added as held for review, refunds are recorded, and the run is stored with its findings like
// every other reconciliation.

import type { Product } from '#catalog/product.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Database } from '#kernel/database.ts';
import { assert } from '#kernel/invariant.ts';
import { slicesOf, walkPages } from '#kernel/page.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type Cause, causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationRun } from '../model/reconciliation.ts';
import type { PaymentStore, PaymentStores } from '../ports/payment-store.ts';
import type { ChannelOrder, ExportedOrder } from '../ports/sales-channel.ts';
import { finishReconciliation } from '../reconciliation/finish-reconciliation.ts';
import { failRun, pagesOfPayments, startRun } from '../reconciliation/reconciliation-runs.ts';
import {
  compareWithExport,
  type ExportComparison,
  type ExportDifference,
  exportWindow,
} from './compare-with-export.ts';
import type { KnownPayment } from './pair-by-buyer.ts';
import { raiseTogether } from './raise-together.ts';
import { recordChannelOrder } from './record-channel-order.ts';
import { refundChannelOrder } from './return-channel-order.ts';

const pageSize = 200;
/** More payments in an export's days than memory should hold: one wrong date may make them all of its days. */
const hereMax = 50_000;

interface SalesImport {
  provider: ProviderName;
  sales: readonly ExportedOrder[];
}

/** A forecast of what an import would find and do; nothing is changed. */
export async function planImport(
  deps: { database: Database<PaymentStores> },
  input: SalesImport,
): Promise<ExportComparison> {
  const sold = await listCurrencies(deps);
  return compareWithExport({ there: input.sales, ...(await listHere(deps, input)), sold });
}

async function listCurrencies(deps: { database: Database<PaymentStores> }): Promise<Set<string>> {
  const currencies = new Set<string>();
  const pages = walkPages({ limit: pageSize }, (last: Product | undefined) =>
    deps.database.read((stores) => stores.products.listProducts({ after: last?.sku ?? null, limit: pageSize })),
  );
  for await (const page of pages) for (const { currency } of page) currencies.add(currency);
  return currencies;
}

export interface ImportedExport {
  run: ReconciliationRun;
  /** Every difference, in the order of the plan, with whether it is healed. */
  outcomes: { difference: ExportDifference; isHealed: boolean }[];
}

export async function importExport(
  deps: SnapshotDeps,
  input: SalesImport & { actor: Actor; fileName: string },
): Promise<ImportedExport> {
  const { actor, provider } = input;
  const plan = await planImport(deps, input);
  const now = deps.clock.now();
  const started = await startRun(deps, {
    provider,
    window: plan.window ?? { from: now, to: now },
    startedBy: `admin:${actor.id}`,
    cause: causeOf(actor),
    audit: { action: 'sales.import', details: { file: input.fileName, sales: input.sales.length } },
  });
  const cause: Cause = { kind: 'reconciliation', id: started.id, actor };
  const outcomes: ImportedExport['outcomes'] = [];
  const count = plan.differences.filter(({ healing }) => healing.kind === 'add_sale').length;
  // One card for all of them, before the first: whoever sees it knows what is under way.
  const rings = count === 1;
  try {
    if (count > 1) await inTransaction(deps, cause, (tx) => raiseTogether(tx, { provider, what: 'export', count }));
    // One after the other: several in one commit would keep all others waiting.
    for (const difference of plan.differences) {
      outcomes.push({ difference, isHealed: await heal(deps, { provider, difference, rings, cause }) });
    }
  } catch (error) {
    await failRun(deps, { run: started, error: 'The import broke off.', half: 'dropped' });
    throw error;
  }
  const bounds = { oldest: started.windowFrom, newest: started.windowTo };
  const { compared } = plan;
  const { run } = await finishReconciliation(deps, { run: started, compared, outcomes, bounds, trust: 'token', cause });
  return { run, outcomes };
}

/** Our payments of the export's days, and those of other days that it names. */
async function listHere(
  deps: { database: Database<PaymentStores> },
  input: SalesImport,
): Promise<{ here: KnownPayment[]; isWhole: boolean }> {
  const { provider, sales } = input;
  const found = new Map<string, Payment>();
  let isWhole = true;
  const window = exportWindow(sales);
  if (window !== null) {
    const list: PaymentStore['listPaymentsMadeBetween'] = (query) =>
      deps.database.read((stores) => stores.payments.listPaymentsMadeBetween(query));
    const pages = pagesOfPayments(list, { provider, from: window.from, to: window.to + 1 });
    for await (const page of pages) {
      isWhole = found.size + page.length <= hereMax;
      if (!isWhole) break;
      for (const payment of page) found.set(payment.id, payment);
    }
  }
  const references = sales.flatMap(({ reference }) => (reference === null ? [] : [reference]));
  for await (const slice of slicesOf(references)) {
    await deps.database.read(async (stores) => {
      for (const reference of slice) {
        const payment = await stores.payments.findPaymentByReference({ provider, reference });
        if (payment !== undefined) found.set(payment.id, payment);
      }
    });
  }
  const known: KnownPayment[] = [];
  for await (const slice of slicesOf(found.values())) {
    await deps.database.read(async (stores) => {
      for (const payment of slice) known.push(await know(stores, payment));
    });
  }
  return { here: known, isWhole };
}

async function know(stores: PaymentStores, payment: Payment): Promise<KnownPayment> {
  const order = await stores.orders.findOrder(payment.orderId);
  const refunds = await stores.refunds.listRefundsForPayment(payment.id);
  const returned = refunds.filter(({ status }) => status === 'succeeded');
  return {
    payment,
    customerEmail: order?.customerEmail ?? null,
    returnedMinor: returned.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
  };
}

async function heal(
  deps: SnapshotDeps,
  input: { provider: ProviderName; difference: ExportDifference; rings: boolean; cause: Cause },
): Promise<boolean> {
  const { provider, difference, cause } = input;
  const { healing, channelOrder: exported, payment } = difference;
  if (healing.kind === 'none' || exported === null) return false;
  const { returnedMinor } = healing;
  const channelOrder = toSale(
    exported,
    healing.kind === 'add_sale' ? { reference: exported.reference, ...healing.price } : payment,
  );
  if (healing.kind === 'add_sale') {
    const doubts = [`${providerTitle(provider)}'s export has it, and no webhook was received.`];
    if (returnedMinor === 'unknown') doubts.push('A part of it was refunded; how much is not named.');
    const evidence = { licenses: [], coupons: [] };
    await recordChannelOrder(deps, { provider, channelOrder, evidence, doubts, rings: input.rings, cause });
  }
  if (returnedMinor === 'unknown' || returnedMinor === 0) return healing.kind === 'add_sale';
  await refundChannelOrder(deps, { provider, returned: { channelOrder, returnedMinor, returnedAt: null }, cause });
  return true;
}

function toSale(
  exported: ExportedOrder,
  known: Pick<Payment, 'reference' | 'amountMinor' | 'currency'> | null,
): ChannelOrder {
  assert(known !== null && known.reference !== null, 'only what is named and priced is healed');
  const { reference, amountMinor, currency } = known;
  return {
    reference,
    price: { amountMinor, currency },
    vatMinor: 0,
    customerEmail: exported.customerEmail,
    items: exported.productNames.map((name) => ({
      productKey: null,
      name,
      quantity: null,
      licenseKey: null,
      hasCoupon: false,
      hasOpenDiscount: false,
    })),
    coupons: [],
    feeMinor: null,
    paymentType: null,
    soldAt: exported.soldAt,
  };
}
