DROP INDEX "orders_by_amount";--> statement-breakpoint
CREATE INDEX "orders_by_email" ON "orders" USING btree (lower(cast("customer_email" as varchar(200))),"number");--> statement-breakpoint
CREATE INDEX "orders_by_reference" ON "orders" USING btree (lower(cast("reference" as varchar(200))),"number");--> statement-breakpoint
CREATE INDEX "channel_subscriptions_by_time" ON "channel_subscriptions" USING btree ("updated_at","reference");--> statement-breakpoint
CREATE INDEX "channel_subscriptions_by_email" ON "channel_subscriptions" USING btree (lower(cast("customer_email" as varchar(200))),"updated_at","reference");--> statement-breakpoint
CREATE INDEX "orders_by_amount" ON "orders" USING btree ("amount_minor","currency","number");--> statement-breakpoint
CREATE TABLE "order_trigrams" ("number" bigint PRIMARY KEY NOT NULL, "trigrams" text[] NOT NULL);--> statement-breakpoint
CREATE INDEX "order_trigrams_by_trigram" ON "order_trigrams" USING gin ("trigrams");--> statement-breakpoint
-- Orders with a lower number are put into it by a job, a few at a time.
INSERT INTO "counters" ("name", "value") SELECT 'order_trigrams_from', coalesce(max("number") + 1, 0) FROM "orders";
