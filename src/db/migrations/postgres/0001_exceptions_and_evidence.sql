CREATE TABLE "payment_exceptions" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"open_key" text,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL,
	"provider" text,
	"reference" text,
	"order_id" text,
	"payment_id" text,
	"refund_id" text,
	"facts" jsonb NOT NULL,
	"owner_id" bigint,
	"owner_name" text,
	"taken_at" bigint,
	"opened_at" bigint NOT NULL,
	"last_seen_at" bigint NOT NULL,
	"waits_until" bigint,
	"resolved_at" bigint,
	"resolution" text,
	"resolved_by" text,
	"reason" text,
	"undo" jsonb,
	CONSTRAINT "payment_exceptions_open_key_unique" UNIQUE("open_key"),
	CONSTRAINT "payment_exceptions_status" CHECK (status in ('open', 'resolved'))
);
--> statement-breakpoint
ALTER TABLE "inbox_events" ADD COLUMN "detail" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "details" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "held_at" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "accepted_at" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "fee_amount" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "net_amount" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "figures_asset" text;--> statement-breakpoint
CREATE INDEX "payment_exceptions_by_age" ON "payment_exceptions" USING btree ("status","opened_at","id");--> statement-breakpoint
CREATE INDEX "payment_exceptions_by_order" ON "payment_exceptions" USING btree ("order_id");