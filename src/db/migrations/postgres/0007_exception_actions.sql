ALTER TABLE "payment_exceptions" ADD COLUMN "subject_at" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "coin_expected" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "coin_received" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "coin_asset" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "credited_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "accepted_by" text;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "accepted_reason" text;--> statement-breakpoint
CREATE INDEX "payment_exceptions_by_key" ON "payment_exceptions" USING btree ("key","opened_at","id");