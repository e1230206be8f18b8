import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { findingKinds, reconciliationStatuses } from '#payments/model/reconciliation.ts';
import { type Kit, oneOf } from './kit.ts';

export function buildReconciliationRuns({ check, index, integer, table, text }: Kit) {
  return table(
    'reconciliation_runs',
    {
      id: text('id').primaryKey(),
      provider: text('provider', { enum: providerNames }).notNull(),
      status: text('status', { enum: reconciliationStatuses }).notNull(),
      windowFrom: integer('window_from').notNull(),
      windowTo: integer('window_to').notNull(),
      startedAt: integer('started_at').notNull(),
      finishedAt: integer('finished_at'),
      takenUpAt: integer('taken_up_at'),
      startedBy: text('started_by').notNull(),
      comparedCount: integer('compared_count').notNull(),
      matchedCount: integer('matched_count').notNull(),
      healedCount: integer('healed_count').notNull(),
      openCount: integer('open_count').notNull(),
      error: text('error'),
    },
    (row) => [
      index('reconciliation_runs_by_time').on(row.startedAt, row.id),
      check('reconciliation_runs_status', oneOf('status', reconciliationStatuses)),
    ],
  );
}

export function buildHalfReconciliations({ integer, json, table, text }: Kit) {
  return table('half_reconciliations', {
    provider: text('provider', { enum: providerNames }).primaryKey(),
    runId: text('run_id').notNull(),
    storedAt: integer('stored_at').notNull(),
    doneTo: integer('done_to').notNull(),
    content: json('content').notNull().$type<JsonObject>(),
  });
}

export function buildReconciliationFindings(
  { boolean, index, integer, table, text }: Kit,
  reconciliationRuns: ReturnType<typeof buildReconciliationRuns>,
) {
  return table(
    'reconciliation_findings',
    {
      id: text('id').primaryKey(),
      runId: text('run_id')
        .notNull()
        .references(() => reconciliationRuns.id),
      kind: text('kind', { enum: findingKinds }).notNull(),
      provider: text('provider', { enum: providerNames }).notNull(),
      reference: text('reference').$type<ProviderReference>(),
      paymentId: text('payment_id').$type<PaymentId>(),
      here: text('here').notNull(),
      there: text('there').notNull(),
      isHealed: boolean('is_healed').notNull(),
      createdAt: integer('created_at').notNull(),
    },
    (row) => [index('reconciliation_findings_by_run').on(row.runId, row.createdAt, row.id)],
  );
}
