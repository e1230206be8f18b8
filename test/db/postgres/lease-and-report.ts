// Run by a test as a process of its own: leases what is due and a payment, reports its name, and lives on without a word.
import { openDatabase } from '#db/database/open-database.ts';
import { asPaymentId } from '#kernel/ids.ts';

const [url = '', paymentId = ''] = process.argv.slice(2);
const database = await openDatabase({ target: { engine: 'postgres', url } });
const { holder } = database;
const now = Date.now();
await database.transaction(async ({ outbox, inbox, payments }) => {
  const claim = { lane: null, now, lockedUntil: now + 3_600_000, lockedBy: holder, limit: 9, suspectedPoison: false };
  await outbox.claimDue(claim);
  await inbox.claimDue(claim);
  const lease = { id: asPaymentId(paymentId), by: `${holder}:1`, now, until: now + 3_600_000 };
  if (!(await payments.leasePayment(lease))) throw new Error('the payment was leased already');
});
process.stdout.write(`${holder}\n`);
// As long as its standard input is open; the lock's session alone keeps nothing alive.
process.stdin.resume();
