CREATE TABLE `refunds` (
	`id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`provider` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`currency` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`requested_amount` text NOT NULL,
	`requested_asset` text NOT NULL,
	`reason` text NOT NULL,
	`requested_by_kind` text NOT NULL,
	`requested_by_id` text NOT NULL,
	`approved_by_id` text,
	`reference` text,
	`claim_url` text,
	`provider_status` text,
	`transaction_ids` text NOT NULL,
	`sent_at` integer,
	`sends` integer NOT NULL,
	`next_poll_at` integer,
	`request_key` text,
	`request_hash` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`settled_at` integer,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "refunds_status" CHECK(status in ('awaiting_approval', 'requested', 'pending', 'succeeded', 'failed', 'cancelled', 'unknown'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `refunds_request_key_unique` ON `refunds` (`request_key`);--> statement-breakpoint
CREATE INDEX `refunds_by_order` ON `refunds` (`order_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `refunds_by_payment` ON `refunds` (`payment_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `refunds_by_next_poll` ON `refunds` (`next_poll_at`);--> statement-breakpoint
CREATE INDEX `refunds_by_time` ON `refunds` (`created_at`,`id`);