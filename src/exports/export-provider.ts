// Everything that is known of one provider, for the day on which one leaves it or it leaves us. Read page by page, each in
// a moment of its own, so that an export of years holds a few hundred rows in memory and nobody up.
import { recordAudit } from '#access/audit.ts';
import { decisionKinds } from '#cases/case.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/messaging-store.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import {
  caseRow,
  type ExportRow,
  eventRow,
  findingRow,
  orderRow,
  outageRow,
  paymentRow,
  refundRow,
  runRow,
  saleRow,
  subscriptionRow,
  timelineRow,
} from './export-rows.ts';

const pageSize = 200;
/** Bodies are of 256 KiB at most. */
const eventPageSize = 25;
/** More lines than any order has; what an order has beyond is its oldest history. */
const linesMax = 10_000;
const findingsMax = 1_000;
const outagesMax = 10_000;

/** One file's worth of rows, in pages. */
export interface ExportTable {
  name: string;
  pages(): AsyncIterable<readonly ExportRow[]>;
}

/** Notes who asked for it, and says what there is to read. Nothing is read before a table's pages are asked for. */
export async function exportProvider(
  deps: PaymentDeps,
  input: { provider: ProviderName; actor: Actor; redact: (text: string) => string },
): Promise<readonly ExportTable[]> {
  const { provider, actor } = input;
  await inTransaction(deps, causeOf(actor), (tx) =>
    recordAudit(tx, { actor, action: 'provider.export', subject: `provider:${provider}` }),
  );
  const reading: Reading = { deps, provider, until: deps.clock.now() + 1 };
  const sales = deps.providers.find(provider)?.sales;
  const redact = (text: string): string => input.redact(sales?.strikeSecrets(text) ?? text);
  // Only the channel knows what of its events must not leave the house; while it is off, none does.
  const shown = (event: InboxEvent): InboxEvent =>
    event.trust === 'token' && sales === undefined ? { ...event, body: new Uint8Array() } : event;
  return [
    { name: 'orders', pages: () => perPayment(reading, firstOrderRows) },
    { name: 'payments', pages: () => perPayment(reading, async (_stores, payment) => [paymentRow(payment)]) },
    { name: 'timeline', pages: () => perPayment(reading, timelineRows) },
    { name: 'refunds', pages: () => perPayment(reading, refundRows) },
    { name: 'sales', pages: () => salePages(reading) },
    { name: 'subscriptions', pages: () => subscriptionPages(reading) },
    { name: 'exceptions', pages: () => casePages(reading) },
    { name: 'events', pages: () => eventPages(reading, (event) => eventRow(shown(event), redact)) },
    { name: 'reconciliation-runs', pages: () => runPages(reading) },
    { name: 'reconciliation-findings', pages: () => findingPages(reading) },
    { name: 'outages', pages: () => outagePages(reading) },
  ];
}

interface Reading {
  deps: PaymentDeps;
  provider: ProviderName;
  /** What comes later belongs to the next export. */
  until: Milliseconds;
}

interface Place {
  at: Milliseconds;
  id: string;
}

/** Pages by time and id until one is not full. */
async function* paged<Row>(
  reading: Reading,
  source: {
    read(stores: PaymentStores, after: Place | null): Promise<Row[]>;
    placeOf(row: Row): Place;
    limit?: number;
  },
): AsyncGenerator<readonly Row[]> {
  const { limit = pageSize } = source;
  let after: Place | null = null;
  for (;;) {
    const place: Place | null = after;
    const page: Row[] = await reading.deps.database.read((stores) => source.read(stores, place));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    after = source.placeOf(last);
  }
}

function paymentPages(reading: Reading): AsyncGenerator<readonly Payment[]> {
  const { provider, until } = reading;
  return paged(reading, {
    read: (stores, after) =>
      stores.payments.listPaymentsMadeBetween({
        provider,
        from: 0,
        to: until,
        limit: pageSize,
        after: after && { createdAt: after.at, id: after.id },
      }),
    placeOf: ({ createdAt, id }) => ({ at: createdAt, id }),
  });
}

type RowsOf = (stores: PaymentStores, payment: Payment) => Promise<ExportRow[]>;

async function* perPayment(reading: Reading, rowsOf: RowsOf): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of paymentPages(reading)) {
    yield await reading.deps.database.read(async (stores) => {
      const rows: ExportRow[] = [];
      for (const payment of page) rows.push(...(await rowsOf(stores, payment)));
      return rows;
    });
  }
}

/** An order may have several payments at the provider; what is the order's own is told with the first of them. */
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

async function* casePages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const { provider } = reading;
  const pages = paged(reading, {
    read: (stores, after) =>
      stores.cases.listCasesOfProvider({
        provider,
        kinds: decisionKinds,
        limit: pageSize,
        after: after && { openedAt: after.at, id: after.id },
      }),
    placeOf: ({ openedAt, id }) => ({ at: openedAt, id }),
  });
  for await (const page of pages) yield page.map(caseRow);
}

/** What was heard of each sale of a channel; its licences are not in it. */
async function* salePages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const { provider } = reading;
  const pages = paged(reading, {
    read: (stores, after) => stores.channelOrders.listMarks({ provider, after: after?.id ?? null, limit: pageSize }),
    placeOf: ({ updatedAt, reference }) => ({ at: updatedAt, id: reference }),
  });
  for await (const page of pages) yield page.map(saleRow);
}

async function* subscriptionPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  const { provider } = reading;
  const pages = paged(reading, {
    read: (stores, after) =>
      stores.channelOrders.listSubscriptions({ provider, after: after?.id ?? null, limit: pageSize }),
    placeOf: ({ updatedAt, reference }) => ({ at: updatedAt, id: reference }),
  });
  for await (const page of pages) yield page.map(subscriptionRow);
}

async function* eventPages(
  reading: Reading,
  rowOf: (event: InboxEvent) => ExportRow,
): AsyncGenerator<readonly ExportRow[]> {
  const { provider, until } = reading;
  const pages = paged(reading, {
    read: (stores, after) =>
      stores.inbox.listArrivals({
        source: provider,
        from: 0,
        to: until,
        eventType: null,
        limit: eventPageSize,
        after: after && { receivedAt: after.at, id: after.id },
      }),
    placeOf: ({ receivedAt, id }) => ({ at: receivedAt, id }),
    limit: eventPageSize,
  });
  for await (const page of pages) yield page.map(rowOf);
}

function rawRunPages(reading: Reading) {
  const { provider } = reading;
  return paged(reading, {
    read: (stores, after) =>
      stores.reconciliation.listRunsOf({
        provider,
        limit: pageSize,
        after: after && { startedAt: after.at, id: after.id },
      }),
    placeOf: ({ startedAt, id }) => ({ at: startedAt, id }),
  });
}

async function* runPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of rawRunPages(reading)) yield page.map(runRow);
}

async function* findingPages(reading: Reading): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of rawRunPages(reading)) {
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
