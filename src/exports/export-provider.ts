// Everything that is stored about one provider, for the day on which it is decommissioned or left. Each page is read by
// itself, so that an export of years keeps a few hundred rows in memory and blocks no other work.
import { recordAudit } from '#access/audit.ts';
import { type Case, decisionKinds } from '#cases/case.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { walkPages } from '#kernel/page.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { ProviderDeps } from '#payments/lifecycle/deps.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { ChannelOrderMark, StoredSubscription } from '#payments/ports/channel-order-store.ts';
import type { PaymentStore, PaymentStores } from '#payments/ports/payment-store.ts';
import { pagesOfPayments } from '#payments/reconciliation/reconciliation-runs.ts';
import {
  caseRow,
  channelOrderRow,
  type ExportRow,
  eventRow,
  findingRow,
  orderRow,
  outageRow,
  paymentRow,
  refundRow,
  runRow,
  subscriptionRow,
  timelineRow,
} from './export-rows.ts';

/** For some tables, several statements a row. */
const pageSize = 50;
/** Fewer rows, because each may have a body of 256 KiB. */
const eventPageSize = 25;
/** More lines than any order has; an order with more loses its oldest lines. */
const linesMax = 10_000;
const findingsMax = 1_000;
const outagesMax = 10_000;

/** The rows of one file, in pages. */
export interface ExportTable {
  name: string;
  pages(): AsyncIterable<readonly ExportRow[]>;
}

/** Records the export in the audit trail and returns its tables. Nothing is read before a table's pages are asked for. */
export async function exportProvider(
  deps: ProviderDeps,
  input: { provider: ProviderName; actor: Actor; redact: (text: string) => string },
): Promise<readonly ExportTable[]> {
  const { provider, actor } = input;
  await inTransaction(deps, causeOf(actor), (tx) =>
    recordAudit(tx, { action: 'provider.export', subject: `provider:${provider}` }),
  );
  const reading: Reading = { deps, provider, until: deps.clock.now() + 1 };
  const sales = deps.providers.find(provider)?.sales;
  const redact = (text: string): string => input.redact(sales?.redactSecrets(text) ?? text);
  // Only the channel knows which parts of its events are secret; while it is switched off, no body is exported.
  const shown = (event: InboxEvent): InboxEvent =>
    event.trust === 'token' && sales === undefined ? { ...event, body: new Uint8Array() } : event;
  return [
    { name: 'orders', pages: () => perPayment(reading, firstOrderRows) },
    { name: 'payments', pages: () => perPayment(reading, async (_stores, payment) => [paymentRow(payment)]) },
    { name: 'timeline', pages: () => perPayment(reading, timelineRows) },
    { name: 'refunds', pages: () => perPayment(reading, refundRows) },
    { name: 'sales', pages: () => channelOrderPages(reading) },
    { name: 'subscriptions', pages: () => subscriptionPages(reading) },
    { name: 'exceptions', pages: () => casePages(reading) },
    { name: 'events', pages: () => eventPages(reading, (event) => eventRow(shown(event), redact)) },
    { name: 'reconciliation-runs', pages: () => runPages(reading) },
    { name: 'reconciliation-findings', pages: () => findingPages(reading) },
    { name: 'outages', pages: () => outagePages(reading) },
  ];
}

interface Reading {
  deps: ProviderDeps;
  provider: ProviderName;
  /** Rows made later are left to the next export. */
  until: Milliseconds;
}

/** Rows of one kind, page by page; `load` is given the last row of the page before. */
async function* pagesOf<Row>(
  { deps }: Reading,
  source: {
    load(stores: PaymentStores, last: Row | undefined): Promise<readonly Row[]>;
    rowOf(row: Row): ExportRow;
    limit?: number;
  },
): AsyncGenerator<readonly ExportRow[]> {
  const { limit = pageSize } = source;
  const pages = walkPages({ limit }, (last: Row | undefined) =>
    deps.database.read((stores) => source.load(stores, last)),
  );
  for await (const page of pages) yield page.map(source.rowOf);
}

type RowsOf = (stores: PaymentStores, payment: Payment) => Promise<ExportRow[]>;

async function* perPayment(reading: Reading, rowsOf: RowsOf): AsyncGenerator<readonly ExportRow[]> {
  const { deps, provider, until } = reading;
  const list: PaymentStore['listPaymentsMadeBetween'] = (query) =>
    deps.database.read((stores) => stores.payments.listPaymentsMadeBetween(query));
  for await (const page of pagesOfPayments(list, { provider, from: 0, to: until })) {
    yield await deps.database.read(async (stores) => {
      const rows: ExportRow[] = [];
      for (const payment of page) rows.push(...(await rowsOf(stores, payment)));
      return rows;
    });
  }
}

/** An order may have several payments at the provider; its own rows are exported with the first of them. */
async function isFirstOfOrder(stores: PaymentStores, payment: Payment): Promise<boolean> {
  const payments = await stores.payments.listPaymentsForOrder(payment.orderId);
  return payments.find(({ provider }) => provider === payment.provider)?.id === payment.id;
}

const firstOrderRows: RowsOf = async (stores, payment) => {
  if (!(await isFirstOfOrder(stores, payment))) return [];
  const order = await stores.orders.findOrder(payment.orderId);
  return order === undefined ? [] : [orderRow(order)];
};

const timelineRows: RowsOf = async (stores, payment) => {
  if (!(await isFirstOfOrder(stores, payment))) return [];
  const lines = await stores.timeline.listForOrder({ orderId: payment.orderId, limit: linesMax });
  return lines.map(timelineRow);
};

const refundRows: RowsOf = async (stores, payment) =>
  (await stores.refunds.listRefundsForPayment(payment.id)).map(refundRow);

function casePages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const { provider } = reading;
  return pagesOf<Case>(reading, {
    load: (stores, last) => {
      const after = last === undefined ? null : { openedAt: last.openedAt, id: last.id };
      return stores.cases.listCasesOfProvider({ provider, kinds: decisionKinds, limit: pageSize, after });
    },
    rowOf: caseRow,
  });
}

/** What each channel order was reported with; license keys are left out. */
function channelOrderPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const { provider } = reading;
  return pagesOf<ChannelOrderMark>(reading, {
    load: ({ channelOrders }, last) =>
      channelOrders.listMarks({ provider, after: last?.reference ?? null, limit: pageSize }),
    rowOf: channelOrderRow,
  });
}

function subscriptionPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const { provider } = reading;
  return pagesOf<StoredSubscription>(reading, {
    load: ({ channelOrders }, last) =>
      channelOrders.listSubscriptions({ provider, after: last?.reference ?? null, limit: pageSize }),
    rowOf: subscriptionRow,
  });
}

function eventPages(reading: Reading, rowOf: (event: InboxEvent) => ExportRow): AsyncGenerator<readonly ExportRow[]> {
  const query = { source: reading.provider, from: 0, to: reading.until, eventType: null, limit: eventPageSize };
  return pagesOf<InboxEvent>(reading, {
    load: ({ inbox }, last) => {
      const after = last === undefined ? null : { receivedAt: last.receivedAt, id: last.id };
      return inbox.listArrivals({ ...query, after });
    },
    rowOf,
    limit: eventPageSize,
  });
}

function pagesOfRuns({ deps, provider }: Reading): AsyncGenerator<readonly ReconciliationRun[]> {
  const limit = pageSize;
  return walkPages({ limit }, (last: ReconciliationRun | undefined) => {
    const after = last === undefined ? null : { startedAt: last.startedAt, id: last.id };
    return deps.database.read((stores) => stores.reconciliation.listRunsOf({ provider, limit, after }));
  });
}

async function* runPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of pagesOfRuns(reading)) yield page.map(runRow);
}

async function* findingPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of pagesOfRuns(reading)) {
    for (const run of page) {
      const query = { runId: run.id, limit: findingsMax };
      const findings = await reading.deps.database.read((stores) => stores.reconciliation.listFindings(query));
      if (findings.length > 0) yield findings.map(findingRow);
    }
  }
}

async function* outagePages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const query = { provider: reading.provider, limit: outagesMax };
  const outages = await reading.deps.database.read((stores) => stores.outages.listOutages(query));
  if (outages.length > 0) yield outages.toReversed().map(outageRow);
}
