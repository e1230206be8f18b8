ALTER TABLE "channel_sales" ADD COLUMN "refunds" jsonb;--> statement-breakpoint
ALTER TABLE "channel_sales" ADD COLUMN "counted_minor" bigint;--> statement-breakpoint
ALTER TABLE "channel_sales" ADD COLUMN "counted_currency" text;--> statement-breakpoint
ALTER TABLE "channel_sales" ADD COLUMN "counted_at" bigint;--> statement-breakpoint
CREATE INDEX "channel_sales_counted" ON "channel_sales" USING btree ("provider","counted_at");