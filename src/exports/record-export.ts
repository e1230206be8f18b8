import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';

/** Writes to the audit trail who exports what; call it before the first page is sent. */
export function recordExport(
  deps: TransactionDeps<PaymentStores>,
  input: { actor: Actor; what: 'orders' | 'books'; details: JsonObject },
): Promise<void> {
  const { actor, what, details } = input;
  return inTransaction(deps, causeOf(actor), (tx) =>
    recordAudit(tx, { action: `export.${what}`, subject: `export:${what}`, details }),
  );
}
