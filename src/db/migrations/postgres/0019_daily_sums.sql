CREATE TABLE "daily_sums" (
	"begins_at" bigint PRIMARY KEY NOT NULL,
	"ends_at" bigint NOT NULL,
	"orders" jsonb NOT NULL,
	"fees" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uncounted_fees" (
	"payment_id" text PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"counted" jsonb NOT NULL,
	"changes" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "counted_status" text;--> statement-breakpoint
CREATE INDEX "uncounted_fees_by_time" ON "uncounted_fees" USING btree ("created_at","payment_id");--> statement-breakpoint
CREATE INDEX "orders_uncounted" ON "orders" USING btree ("created_at","id") WHERE counted_status is not null;--> statement-breakpoint
CREATE INDEX "payments_asked" ON "payments" USING btree ("provider","next_poll_at","id") WHERE next_poll_at is not null;--> statement-breakpoint
CREATE INDEX "sent_messages_by_update" ON "sent_messages" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "channel_sales_by_provider" ON "channel_sales" USING btree ("provider","reference");