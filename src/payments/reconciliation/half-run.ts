// A long comparison whose process ends is not begun anew: after each part it is stored how far it has come and what was found, and the
// next run goes on from there. What is stored belongs to the window of the old run, and is given up when that is hours old.
import { recordAudit } from '#access/audit.ts';
import { hour, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { slicesOf } from '#kernel/page.ts';
import type { EventLog } from '#kernel/process.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationRun } from '../model/reconciliation.ts';
import type { ListedPayment } from '../model/snapshot.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { Lists, Part } from './compare-in-parts.ts';
import type { Difference } from './compare-with-provider.ts';
import type { Outcome } from './finish-reconciliation.ts';

/** By then more has come since than it has left to compare. */
export const takenUpWithinMs: Milliseconds = 3 * hour;

/** A run in which more than this differs stores no more of its parts: those after the last that was stored are compared again. */
const keptMax = 500;

/** Of what is stored; another release may have another form, and begins anew. */
const format = 1;

export interface HalfRun {
  run: ReconciliationRun;
  doneTo: Milliseconds;
  compared: number;
  outcomes: Outcome[];
  alone: Lists;
}

interface Content {
  format: typeof format;
  compared: number;
  outcomes: { difference: Omit<Difference, 'payment'>; paymentId: PaymentId | null; isHealed: boolean }[];
  aloneHere: PaymentId[];
  aloneThere: ListedPayment[];
}

export async function saveHalfRun(
  deps: TransactionDeps<PaymentStores>,
  { run, part, ...found }: Pick<HalfRun, 'run' | 'compared' | 'outcomes' | 'alone'> & { part: Part },
): Promise<void> {
  const { compared, outcomes, alone } = found;
  if (outcomes.length + alone.here.length + alone.there.length > keptMax) return;
  const content: Content = {
    format,
    compared,
    outcomes: outcomes.map(({ difference: { payment, ...difference }, isHealed }) => ({
      difference,
      paymentId: payment?.id ?? null,
      isHealed,
    })),
    aloneHere: alone.here.map(({ id }) => id),
    aloneThere: alone.there,
  };
  const half = { provider: run.provider, runId: run.id, storedAt: deps.clock.now(), doneTo: part.to };
  await deps.database.transaction(({ reconciliation }) =>
    reconciliation.saveHalf({ ...half, content: asJson(content) }),
  );
}

/** The provider's run whose process ended, `running` again; undefined where there is none, or it is too old. */
export async function takeUpHalfRun(
  deps: TransactionDeps<PaymentStores> & { log: EventLog },
  { provider, cause }: { provider: ProviderName; cause: Cause },
): Promise<HalfRun | undefined> {
  const now = deps.clock.now();
  const stored = await deps.database.read(({ reconciliation }) => reconciliation.findHalf(provider));
  const content = stored && readContent(stored.content);
  if (stored === undefined || content === undefined) return undefined;
  const run = await inTransaction(deps, cause, async (tx) => {
    const { reconciliation } = tx.stores;
    const found = await reconciliation.findRun(stored.runId);
    if (found === undefined || found.windowTo < now - takenUpWithinMs || found.windowTo > now) return undefined;
    if (!(await reconciliation.takeUpRun({ id: found.id, at: now }))) return undefined;
    if (cause.actor.kind === 'admin') {
      const about = { subject: `provider:${provider}`, details: { runId: found.id, takenUp: true } };
      await recordAudit(tx, { action: 'reconciliation.start', ...about });
    }
    return reconciliation.findRun(found.id);
  });
  if (run === undefined) return undefined;
  const half = await restore(deps, content);
  const { compared } = half;
  deps.log.info('reconciliation taken up', { provider, runId: run.id, compared });
  return { run, doneTo: stored.doneTo, ...half };
}

/** Payments are loaded as they are by now; one that was found different and is not by now is healed again, to no effect. */
async function restore(
  { database }: { database: Database<PaymentStores> },
  { compared, outcomes, aloneHere, aloneThere }: Content,
): Promise<Pick<HalfRun, 'compared' | 'outcomes' | 'alone'>> {
  const ids = new Set([...aloneHere, ...outcomes.flatMap(({ paymentId }) => paymentId ?? [])]);
  const payments = new Map<PaymentId, Payment>();
  for await (const slice of slicesOf(ids)) {
    for (const id of slice) {
      const payment = await database.read((stores) => stores.payments.findPayment(id));
      if (payment !== undefined) payments.set(id, payment);
    }
  }
  return {
    compared,
    outcomes: outcomes.map(({ difference, paymentId, isHealed }) => {
      const payment = paymentId === null ? null : (payments.get(paymentId) ?? null);
      return { difference: { ...difference, payment }, isHealed };
    }),
    alone: { here: aloneHere.flatMap((id) => payments.get(id) ?? []), there: aloneThere },
  };
}

/** Plain values only: what is undefined is left out, as JSON does it. */
function asJson(content: Content): JsonObject {
  return content as unknown as JsonObject;
}

/** What has this format was written by `saveHalfRun`. */
function readContent(content: JsonObject): Content | undefined {
  return content['format'] === format ? (content as unknown as Content) : undefined;
}
