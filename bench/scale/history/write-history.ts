// Two years of a shop, row by row. The same plan gives the same rows. After each order it gives whoever writes the moment to
// bring what there is into the database.
import { createHash } from 'node:crypto';
import { caseRetention } from '#cases/prune-cases.ts';
import { searchable } from '#db/query/search.ts';
import type { Payment } from '#payments/model/payment.ts';
import { createStream } from '#test/simulation/engine/random.ts';
import { createBooks } from './books.ts';
import { createHistoryIds, type NewId } from './ids.ts';
import { createMessages } from './messages.ts';
import { endsAt, type HistoryPlan } from './period.ts';
import type { Write } from './rows.ts';
import { type ToldStory, tellStories } from './stories.ts';
import { writeSurroundings } from './surroundings.ts';

/** Comparisons find something about one of these. */
const recentMax = 5_000;
const ownerId = 42;

export function* writeHistory(plan: HistoryPlan, write: Write): Generator<void> {
  const newId = createHistoryIds(createStream(`${plan.seed}/ids`));
  const books = createBooks(write);
  const writeMessages = createMessages(write, newId);
  const recent: Payment[] = [];
  for (const story of tellStories(plan, newId)) {
    books.closeUntil(story.order.createdAt);
    writeOrder(write, story);
    writeCases(write, story);
    if (story.sale !== null) writeSale(write, story, newId);
    writeMessages(story);
    books.note(story);
    recent.push(...story.payments);
    if (recent.length > 2 * recentMax) recent.splice(0, recentMax);
    yield;
  }
  books.closeUntil(endsAt);
  writeSurroundings({ write, newId, plan }, recent);
}

function writeOrder(write: Write, story: ToldStory): void {
  const { order, payments, refunds, timeline, audit } = story;
  const names = order.items.map(({ name }) => name);
  const searchText = searchable([order.reference, order.customerEmail, order.customerName, ...names]);
  write('orders', { ...order, searchText, searchNote: searchable([order.note]), countedStatus: null });
  for (const payment of payments) {
    write('payments', payment);
    for (const transactionId of payment.transactionIds) {
      write('paymentTransactionIds', { paymentId: payment.id, transactionId });
    }
    writeFee(write, payment);
  }
  for (const refund of refunds) write('refunds', refund);
  for (const entry of timeline) write('timelineEntries', entry);
  for (const record of audit) write('auditRecords', record);
}

function writeFee(
  write: Write,
  { id, provider, reference, feeAmount, netAmount, figuresAsset, settledAt }: Payment,
): void {
  if (reference === null || feeAmount === null || netAmount === null || figuresAsset === null || settledAt === null)
    return;
  const fee = { asset: figuresAsset, fee: feeAmount, net: netAmount };
  write('providerFees', {
    provider,
    reference,
    ...fee,
    standing: 'booked',
    paymentId: id,
    at: settledAt,
    readAt: settledAt,
  });
}

function writeCases(write: Write, { cases }: ToldStory): void {
  for (const one of cases) {
    if (one.resolvedAt !== null && one.resolvedAt < endsAt - caseRetention.keptMs) continue;
    write('cases', { ...one, liveKey: one.resolvedAt === null ? one.key : null, formerId: null });
    write('sentMessages', {
      bot: 'pager',
      chatId: ownerId,
      subject: `case:${one.id}`,
      messageId: Math.floor(one.openedAt / 1_000) % 1_000_000_000,
      shownVersion: one.version,
      contentHash: createHash('sha256').update(one.id).digest('hex'),
      sentAt: one.openedAt,
      updatedAt: one.openedAt,
    });
  }
}

function writeSale(write: Write, { order, payments: [payment], sale }: ToldStory, newId: NewId): void {
  if (payment?.reference == null || sale === null) return;
  const { provider, reference } = payment;
  const { soldAt, returnedMinor, returnedAt } = sale;
  const counted = { countedMinor: order.amountMinor, countedCurrency: order.currency, countedAt: soldAt };
  write('channelOrderMarks', {
    provider,
    reference,
    returnedMinor,
    returnedAt,
    refunds: [],
    ...counted,
    soldAt,
    updatedAt: soldAt,
  });
  const licenseHash = createHash('sha256').update(reference).digest('hex');
  write('channelLicenses', { licenseHash, provider, reference, createdAt: soldAt });
  if (order.number % 20 !== 0) return;
  const { customerEmail, customerName } = order;
  const names = { customerEmail, customerName, planName: 'Monthly', productName: order.items[0]?.name ?? '' };
  const searchText = searchable([customerEmail, customerName]);
  const times = { startedAt: soldAt, endedAt: null, updatedAt: soldAt };
  write('channelSubscriptions', {
    reference: newId(soldAt),
    provider,
    status: 'active',
    ...names,
    ...times,
    searchText,
  });
}
