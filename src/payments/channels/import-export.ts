// A seller's export against our books. First as a dry run, which changes nothing; then for real: sales that are missing here
// come in as held, refunds are booked, and the run is stored with its findings like every other comparison.
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type Cause, causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationFinding, ReconciliationRun } from '../model/reconciliation.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { ChannelOrder, ExportedOrder } from '../ports/sales-channel.ts';
import { findingKey } from '../reconciliation/finding-cases.ts';
import { finishReconciliation } from '../reconciliation/finish-reconciliation.ts';
import {
  compareWithExport,
  type ExportComparison,
  type ExportDifference,
  exportWindow,
  type KnownPayment,
} from './compare-with-export.ts';
import { recordChannelOrder } from './record-channel-order.ts';
import { refundChannelOrder } from './return-channel-order.ts';

/** A run keeps at most so many findings, as every reconciliation does. */
const findingsMax = 500;
const pageSize = 200;

interface SalesImport {
  provider: ProviderName;
  sales: readonly ExportedOrder[];
}

/** What an import would find and do; nothing is changed. */
export async function planImport(deps: Pick<PaymentDeps, 'database'>, input: SalesImport): Promise<ExportComparison> {
  return compareWithExport({ there: input.sales, here: await listHere(deps, input) });
}

export interface ImportedExport {
  run: ReconciliationRun;
  /** Every difference, in the order of the plan, with whether it is healed. */
  outcomes: { difference: ExportDifference; isHealed: boolean }[];
}

export async function importExport(
  deps: PaymentDeps,
  input: SalesImport & { actor: Actor; fileName: string },
): Promise<ImportedExport> {
  const { actor, provider } = input;
  const plan = await planImport(deps, input);
  const run = await startRun(deps, { ...input, plan });
  const cause: Cause = { kind: 'reconciliation', id: run.id, actor };
  const outcomes: ImportedExport['outcomes'] = [];
  try {
    for (const difference of plan.differences) {
      outcomes.push({ difference, isHealed: await heal(deps, { provider, difference, cause }) });
    }
  } catch (error) {
    const failed = { ...run, status: 'failed', finishedAt: deps.clock.now(), error: 'The import broke off.' } as const;
    await deps.database.transaction((stores) => stores.reconciliation.changeRun(failed));
    throw error;
  }
  const healedCount = outcomes.filter(({ isHealed }) => isHealed).length;
  const finished: ReconciliationRun = {
    ...run,
    status: 'finished',
    finishedAt: deps.clock.now(),
    comparedCount: plan.compared,
    matchedCount: plan.compared - outcomes.length,
    healedCount,
    openCount: outcomes.length - healedCount,
  };
  const findings = outcomes.slice(0, findingsMax).map((outcome) => toFinding(deps, { run, ...outcome }));
  const open = outcomes.filter(({ isHealed }) => !isHealed).map(({ difference }) => difference);
  await finishReconciliation(deps, {
    run: finished,
    findings,
    trust: 'token',
    cause,
    open: open.slice(0, findingsMax),
    openKeys: new Set(open.map((difference) => findingKey(provider, difference))),
    bounds: { oldest: run.windowFrom, newest: run.windowTo },
  });
  return { run: finished, outcomes };
}

/** Our payments of the export's days, and those beyond them that it names. */
async function listHere(deps: Pick<PaymentDeps, 'database'>, input: SalesImport): Promise<KnownPayment[]> {
  const { provider, sales } = input;
  const found = new Map<string, Payment>();
  const window = exportWindow(sales);
  if (window !== null)
    for (const payment of await listWithin(deps, { provider, ...window })) found.set(payment.id, payment);
  const references = sales.flatMap(({ reference }) => (reference === null ? [] : [reference]));
  for (let from = 0; from < references.length; from += pageSize) {
    await deps.database.read(async (stores) => {
      for (const reference of references.slice(from, from + pageSize)) {
        const payment = await stores.payments.findPaymentByReference({ provider, reference });
        if (payment !== undefined) found.set(payment.id, payment);
      }
    });
  }
  const known: KnownPayment[] = [];
  const all = [...found.values()];
  for (let from = 0; from < all.length; from += pageSize) {
    const page = all.slice(from, from + pageSize);
    await deps.database.read(async (stores) => {
      for (const payment of page) known.push(await know(stores, payment));
    });
  }
  return known;
}

async function listWithin(
  deps: Pick<PaymentDeps, 'database'>,
  query: { provider: ProviderName; from: Milliseconds; to: Milliseconds },
): Promise<Payment[]> {
  const found: Payment[] = [];
  let after: { createdAt: Milliseconds; id: string } | null = null;
  for (;;) {
    const place = after;
    const page: Payment[] = await deps.database.read((stores) =>
      stores.payments.listPaymentsMadeBetween({ ...query, to: query.to + 1, after: place, limit: pageSize }),
    );
    found.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return found;
    after = { createdAt: last.createdAt, id: last.id };
  }
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

async function startRun(
  deps: PaymentDeps,
  input: SalesImport & { actor: Actor; fileName: string; plan: ExportComparison },
): Promise<ReconciliationRun> {
  const { actor, provider, plan } = input;
  const now = deps.clock.now();
  const run: ReconciliationRun = {
    id: deps.ids.newId(),
    provider,
    status: 'running',
    windowFrom: plan.window?.from ?? now,
    windowTo: plan.window?.to ?? now,
    startedAt: now,
    finishedAt: null,
    startedBy: `admin:${actor.id}`,
    comparedCount: 0,
    matchedCount: 0,
    healedCount: 0,
    openCount: 0,
    error: null,
  };
  await inTransaction(deps, causeOf(actor), async (tx) => {
    await tx.stores.reconciliation.insertRun(run);
    await recordAudit(tx, {
      actor,
      action: 'sales.import',
      subject: `provider:${provider}`,
      details: { runId: run.id, file: input.fileName, sales: input.sales.length },
    });
  });
  return run;
}

async function heal(
  deps: PaymentDeps,
  input: { provider: ProviderName; difference: ExportDifference; cause: Cause },
): Promise<boolean> {
  const { provider, difference, cause } = input;
  const { healing, sale: exported } = difference;
  if (healing.kind === 'none' || exported === null) return false;
  const sale = toSale(exported, difference.payment);
  if (healing.kind === 'add_sale') {
    const doubts = [`${providerTitle(provider)}'s export tells of it, and no webhook did.`];
    if (exported.returnedMinor === 'unknown') doubts.push('Something of it was given back; how much is not told.');
    await recordChannelOrder(deps, { provider, sale, licences: [], doubts, cause });
  }
  const returnedMinor = healing.kind === 'book_return' ? healing.returnedMinor : exported.returnedMinor;
  if (returnedMinor === 'unknown' || returnedMinor === 0) return healing.kind === 'add_sale';
  await refundChannelOrder(deps, { provider, returned: { sale, returnedMinor, returnedAt: null }, cause });
  return true;
}

function toSale(exported: ExportedOrder, payment: Payment | null): ChannelOrder {
  const reference = payment?.reference ?? exported.reference;
  const currency = payment?.currency ?? exported.currency;
  assert(reference !== null && currency !== null, 'only what is named and priced is healed');
  // Lines of one sale may each have the whole price or their part: what they add up to is what a person then sees.
  const amountMinor = payment?.amountMinor ?? exported.amountOtherwiseMinor;
  return {
    reference,
    price: { amountMinor, currency },
    vatMinor: 0,
    customerEmail: exported.customerEmail,
    items: exported.productNames.map((name) => ({
      productKey: null,
      name,
      quantity: null,
      licenceKey: null,
      hasCoupon: false,
      hasOpenDiscount: false,
    })),
    coupons: [],
    feeMinor: null,
    paymentType: null,
    soldAt: exported.soldAt,
  };
}

function toFinding(
  deps: PaymentDeps,
  input: { run: ReconciliationRun; difference: ExportDifference; isHealed: boolean },
): ReconciliationFinding {
  const { run, difference, isHealed } = input;
  return {
    id: deps.ids.newId(),
    runId: run.id,
    kind: difference.kind,
    provider: run.provider,
    reference: difference.reference,
    paymentId: difference.payment?.id ?? null,
    here: difference.here,
    there: difference.there,
    isHealed,
    createdAt: deps.clock.now(),
  };
}
