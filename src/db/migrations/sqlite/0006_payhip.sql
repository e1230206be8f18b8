CREATE TABLE `stored_settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `products` (
	`id` text PRIMARY KEY NOT NULL,
	`sku` text NOT NULL,
	`sku_key` text NOT NULL,
	`name` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`version` integer NOT NULL,
	`channel` text,
	`channel_key` text,
	`licence_secret` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `products_sku_key_unique` ON `products` (`sku_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `products_by_channel_key` ON `products` (`channel_key`,`channel`);--> statement-breakpoint
CREATE TABLE `channel_licences` (
	`licence_hash` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`reference` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `channel_sales` (
	`provider` text NOT NULL,
	`reference` text NOT NULL,
	`returned_minor` integer NOT NULL,
	`returned_at` integer,
	`sold_at` integer,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`reference`, `provider`)
) STRICT;
--> statement-breakpoint
CREATE INDEX `channel_sales_waiting` ON `channel_sales` (`sold_at`,`updated_at`);--> statement-breakpoint
CREATE TABLE `channel_subscriptions` (
	`reference` text NOT NULL,
	`provider` text NOT NULL,
	`status` text NOT NULL,
	`customer_email` text,
	`customer_name` text,
	`plan_name` text NOT NULL,
	`product_name` text NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`updated_at` integer NOT NULL,
	`search_text` text NOT NULL,
	PRIMARY KEY(`reference`, `provider`),
	CONSTRAINT "channel_subscriptions_status" CHECK(status in ('active', 'canceled'))
) STRICT;
