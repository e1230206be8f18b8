import { describeAccess } from './access.ts';
import { describeBookReading } from './book-reading.ts';
import { describeBooks } from './books.ts';
import { describeCaseGroups } from './case-groups.ts';
import { describeCases } from './cases.ts';
import { describeDailySums } from './daily-sums.ts';
import type { OpenContractDatabase } from './harness.ts';
import { describeMessageRecords } from './message-records.ts';
import { describeOrderSearch } from './order-search.ts';
import { describeOrders } from './orders.ts';
import { describeOutages } from './outages.ts';
import { describePayments } from './payments.ts';
import { describeProviderLists } from './provider-lists.ts';
import { describeQueues } from './queues.ts';
import { describeRefunds } from './refunds.ts';
import { describeSales } from './sales.ts';
import { describeStoredDigits } from './stored-digits.ts';
import { describeTransactions } from './transactions.ts';

/** The whole contract of the database: what holds on one engine holds on the other. */
export function describeContract(open: OpenContractDatabase): void {
  describeTransactions(open);
  describeQueues(open);
  describeOrders(open);
  describeOrderSearch(open);
  describePayments(open);
  describeAccess(open);
  describeCases(open);
  describeCaseGroups(open);
  describeRefunds(open);
  describeSales(open);
  describeBooks(open);
  describeBookReading(open);
  describeDailySums(open);
  describeMessageRecords(open);
  describeOutages(open);
  describeProviderLists(open);
  describeStoredDigits(open);
}
