CREATE TABLE "stored_settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" text PRIMARY KEY NOT NULL,
	"sku" text NOT NULL,
	"sku_key" text NOT NULL,
	"name" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"version" bigint NOT NULL,
	"channel" text,
	"channel_key" text,
	"licence_secret" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "products_sku_key_unique" UNIQUE("sku_key")
);
--> statement-breakpoint
CREATE TABLE "channel_licences" (
	"licence_hash" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"reference" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channel_sales" (
	"provider" text NOT NULL,
	"reference" text NOT NULL,
	"returned_minor" bigint NOT NULL,
	"returned_at" bigint,
	"sold_at" bigint,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "channel_sales_key" PRIMARY KEY("reference","provider")
);
--> statement-breakpoint
CREATE TABLE "channel_subscriptions" (
	"reference" text NOT NULL,
	"provider" text NOT NULL,
	"status" text NOT NULL,
	"customer_email" text,
	"customer_name" text,
	"plan_name" text NOT NULL,
	"product_name" text NOT NULL,
	"started_at" bigint,
	"ended_at" bigint,
	"updated_at" bigint NOT NULL,
	"search_text" text NOT NULL,
	CONSTRAINT "channel_subscriptions_key" PRIMARY KEY("reference","provider"),
	CONSTRAINT "channel_subscriptions_status" CHECK (status in ('active', 'canceled'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "products_by_channel_key" ON "products" USING btree ("channel_key","channel");--> statement-breakpoint
CREATE INDEX "channel_sales_waiting" ON "channel_sales" USING btree ("sold_at","updated_at");