CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"live_key" text,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL,
	"order_id" text,
	"payment_id" text,
	"facts" jsonb NOT NULL,
	"actions" jsonb NOT NULL,
	"occurrences" bigint NOT NULL,
	"opened_at" bigint NOT NULL,
	"last_raised_at" bigint NOT NULL,
	"acknowledged_at" bigint,
	"acknowledged_by" text,
	"snoozed_until" bigint,
	"resolved_at" bigint,
	"resolved_by" text,
	CONSTRAINT "alerts_live_key_unique" UNIQUE("live_key"),
	CONSTRAINT "alerts_status" CHECK (status in ('open', 'acknowledged', 'snoozed', 'resolved')),
	CONSTRAINT "alerts_severity" CHECK (severity in ('critical', 'warning', 'info'))
);
--> statement-breakpoint
CREATE TABLE "audit_records" (
	"id" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"reason" text,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pending_actions" (
	"id" text PRIMARY KEY NOT NULL,
	"admin_id" bigint NOT NULL,
	"action" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_events" (
	"id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"event_key" text NOT NULL,
	"event_type" text NOT NULL,
	"reference" text NOT NULL,
	"trust" text NOT NULL,
	"body" "bytea" NOT NULL,
	"received_at" bigint NOT NULL,
	"available_at" bigint NOT NULL,
	"locked_until" bigint,
	"locked_by" text,
	"processed_at" bigint,
	"abandoned_at" bigint,
	"last_error" text,
	"started_attempts" bigint DEFAULT 0 NOT NULL,
	"finished_attempts" bigint DEFAULT 0 NOT NULL,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "outbox_messages" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"topic" text NOT NULL,
	"lane" text NOT NULL,
	"priority" bigint NOT NULL,
	"payload" jsonb NOT NULL,
	"received_at" bigint NOT NULL,
	"available_at" bigint NOT NULL,
	"locked_until" bigint,
	"locked_by" text,
	"processed_at" bigint,
	"abandoned_at" bigint,
	"last_error" text,
	"started_attempts" bigint DEFAULT 0 NOT NULL,
	"finished_attempts" bigint DEFAULT 0 NOT NULL,
	"outcome" text,
	CONSTRAINT "outbox_messages_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "quarantined_webhooks" (
	"id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"received_at" bigint NOT NULL,
	"reason" text NOT NULL,
	"body_hash" text NOT NULL,
	"body_bytes" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sent_messages" (
	"bot" text NOT NULL,
	"chat_id" bigint NOT NULL,
	"subject" text NOT NULL,
	"message_id" bigint NOT NULL,
	"shown_version" bigint NOT NULL,
	"content_hash" text NOT NULL,
	"sent_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "sent_messages_key" PRIMARY KEY("subject","bot","chat_id")
);
--> statement-breakpoint
CREATE TABLE "counters" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotent_requests" (
	"key" text PRIMARY KEY NOT NULL,
	"body_hash" text NOT NULL,
	"order_id" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" text PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"items" jsonb NOT NULL,
	"reference" text,
	"customer_email" text,
	"customer_name" text,
	"redirect_url" text,
	"metadata" jsonb NOT NULL,
	"origin" text NOT NULL,
	"note" text,
	"attention" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"paid_at" bigint,
	"fulfilled_at" bigint,
	"search_text" text NOT NULL,
	"search_note" text NOT NULL,
	CONSTRAINT "orders_number_unique" UNIQUE("number"),
	CONSTRAINT "orders_status" CHECK (status in ('awaiting_payment', 'paid', 'fulfilled', 'expired', 'cancelled', 'needs_attention', 'partially_refunded', 'refunded'))
);
--> statement-breakpoint
CREATE TABLE "timeline_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"payment_id" text,
	"at" bigint NOT NULL,
	"subject" text NOT NULL,
	"from_status" text,
	"to_status" text,
	"cause_kind" text NOT NULL,
	"cause_id" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"trust" text,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_transaction_ids" (
	"payment_id" text NOT NULL,
	"transaction_id" text NOT NULL,
	CONSTRAINT "payment_transaction_ids_key" PRIMARY KEY("transaction_id","payment_id")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"provider" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL,
	"creation" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"requested_amount" text NOT NULL,
	"requested_asset" text NOT NULL,
	"expected_amount" text,
	"received_amount" text,
	"received_asset" text,
	"reference" text,
	"checkout_url" text,
	"provider_status" text,
	"transaction_ids" jsonb NOT NULL,
	"trust" text,
	"evidence_at" bigint,
	"mismatched_at" bigint,
	"paid_at" bigint,
	"expires_at" bigint NOT NULL,
	"next_poll_at" bigint,
	"locked_until" bigint,
	"locked_by" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "payments_status" CHECK (status in ('created', 'pending', 'paid', 'underpaid', 'overpaid', 'paid_late', 'expired', 'failed', 'cancelled', 'reversed')),
	CONSTRAINT "payments_creation" CHECK (creation in ('requested', 'confirmed', 'refused'))
);
--> statement-breakpoint
CREATE TABLE "reconciliation_findings" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"kind" text NOT NULL,
	"provider" text NOT NULL,
	"reference" text,
	"payment_id" text,
	"here" text NOT NULL,
	"there" text NOT NULL,
	"is_healed" boolean NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reconciliation_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"status" text NOT NULL,
	"window_from" bigint NOT NULL,
	"window_to" bigint NOT NULL,
	"started_at" bigint NOT NULL,
	"finished_at" bigint,
	"started_by" text NOT NULL,
	"compared_count" bigint NOT NULL,
	"matched_count" bigint NOT NULL,
	"healed_count" bigint NOT NULL,
	"open_count" bigint NOT NULL,
	"error" text,
	CONSTRAINT "reconciliation_runs_status" CHECK (status in ('running', 'finished', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "timeline_entries" ADD CONSTRAINT "timeline_entries_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_transaction_ids" ADD CONSTRAINT "payment_transaction_ids_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation_findings" ADD CONSTRAINT "reconciliation_findings_run_id_reconciliation_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."reconciliation_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alerts_by_status" ON "alerts" USING btree ("status","opened_at","id");--> statement-breakpoint
CREATE INDEX "alerts_by_order" ON "alerts" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "audit_records_by_time" ON "audit_records" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_records_by_subject" ON "audit_records" USING btree ("subject","at","id");--> statement-breakpoint
CREATE INDEX "pending_actions_by_expiry" ON "pending_actions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "inbox_events_by_key" ON "inbox_events" USING btree ("source","event_key");--> statement-breakpoint
CREATE INDEX "inbox_events_due" ON "inbox_events" USING btree ("available_at","id") WHERE processed_at is null and abandoned_at is null;--> statement-breakpoint
CREATE INDEX "inbox_events_processed" ON "inbox_events" USING btree ("processed_at") WHERE processed_at is not null;--> statement-breakpoint
CREATE INDEX "inbox_events_abandoned" ON "inbox_events" USING btree ("abandoned_at","id") WHERE abandoned_at is not null;--> statement-breakpoint
CREATE INDEX "outbox_messages_due" ON "outbox_messages" USING btree ("lane","priority","available_at","id") WHERE processed_at is null and abandoned_at is null;--> statement-breakpoint
CREATE INDEX "outbox_messages_processed" ON "outbox_messages" USING btree ("processed_at") WHERE processed_at is not null;--> statement-breakpoint
CREATE INDEX "outbox_messages_abandoned" ON "outbox_messages" USING btree ("abandoned_at","id") WHERE abandoned_at is not null;--> statement-breakpoint
CREATE INDEX "quarantined_webhooks_by_source" ON "quarantined_webhooks" USING btree ("source","received_at","id");--> statement-breakpoint
CREATE INDEX "idempotent_requests_by_time" ON "idempotent_requests" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "orders_by_time" ON "orders" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_status" ON "orders" USING btree ("status","created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_expiry" ON "orders" USING btree ("status","expires_at");--> statement-breakpoint
CREATE INDEX "orders_by_amount" ON "orders" USING btree ("amount_minor");--> statement-breakpoint
CREATE INDEX "timeline_entries_by_order" ON "timeline_entries" USING btree ("order_id","at","id");--> statement-breakpoint
CREATE INDEX "payment_transaction_ids_by_payment" ON "payment_transaction_ids" USING btree ("payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_by_reference" ON "payments" USING btree ("reference","provider");--> statement-breakpoint
CREATE INDEX "payments_by_order" ON "payments" USING btree ("order_id","created_at","id");--> statement-breakpoint
CREATE INDEX "payments_by_next_poll" ON "payments" USING btree ("next_poll_at");--> statement-breakpoint
CREATE INDEX "payments_by_provider" ON "payments" USING btree ("provider","created_at","id");--> statement-breakpoint
CREATE INDEX "payments_by_status" ON "payments" USING btree ("provider","status");--> statement-breakpoint
CREATE INDEX "reconciliation_findings_by_run" ON "reconciliation_findings" USING btree ("run_id","created_at","id");--> statement-breakpoint
CREATE INDEX "reconciliation_runs_by_time" ON "reconciliation_runs" USING btree ("started_at","id");