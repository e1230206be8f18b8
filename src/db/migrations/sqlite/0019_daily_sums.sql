CREATE TABLE `daily_sums` (
	`begins_at` integer PRIMARY KEY NOT NULL,
	`ends_at` integer NOT NULL,
	`orders` text NOT NULL,
	`fees` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `uncounted_fees` (
	`payment_id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`counted` text NOT NULL,
	`changes` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `uncounted_fees_by_time` ON `uncounted_fees` (`created_at`,`payment_id`);--> statement-breakpoint
ALTER TABLE `orders` ADD `counted_status` text;--> statement-breakpoint
CREATE INDEX `orders_uncounted` ON `orders` (`created_at`,`id`) WHERE counted_status is not null;--> statement-breakpoint
CREATE INDEX `payments_asked` ON `payments` (`provider`,`next_poll_at`,`id`) WHERE next_poll_at is not null;--> statement-breakpoint
CREATE INDEX `sent_messages_by_update` ON `sent_messages` (`updated_at`);--> statement-breakpoint
CREATE INDEX `channel_sales_by_provider` ON `channel_sales` (`provider`,`reference`);