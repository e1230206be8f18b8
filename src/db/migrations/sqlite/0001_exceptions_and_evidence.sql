CREATE TABLE `payment_exceptions` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`open_key` text,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`provider` text,
	`reference` text,
	`order_id` text,
	`payment_id` text,
	`refund_id` text,
	`facts` text NOT NULL,
	`owner_id` integer,
	`owner_name` text,
	`taken_at` integer,
	`opened_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`waits_until` integer,
	`resolved_at` integer,
	`resolution` text,
	`resolved_by` text,
	`reason` text,
	`undo` text,
	CONSTRAINT "payment_exceptions_status" CHECK(status in ('open', 'resolved'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `payment_exceptions_open_key_unique` ON `payment_exceptions` (`open_key`);--> statement-breakpoint
CREATE INDEX `payment_exceptions_by_age` ON `payment_exceptions` (`status`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `payment_exceptions_by_order` ON `payment_exceptions` (`order_id`);--> statement-breakpoint
ALTER TABLE `inbox_events` ADD `detail` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `details` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `held_at` integer;--> statement-breakpoint
ALTER TABLE `payments` ADD `accepted_at` integer;--> statement-breakpoint
ALTER TABLE `payments` ADD `fee_amount` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `net_amount` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `figures_asset` text;