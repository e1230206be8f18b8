CREATE TABLE `book_closings` (
	`number` integer NOT NULL,
	`day` text PRIMARY KEY NOT NULL,
	`time_zone` text NOT NULL,
	`closed_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`content` text NOT NULL,
	`hash` text NOT NULL,
	`previous_hash` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `book_closings_number_unique` ON `book_closings` (`number`);--> statement-breakpoint
CREATE TABLE `book_delays` (
	`day` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`last_tried_at` integer NOT NULL,
	`tries` integer NOT NULL,
	`reason` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `book_entries` (
	`number` integer NOT NULL,
	`payment_id` text NOT NULL,
	`day` text NOT NULL,
	`content` text NOT NULL,
	PRIMARY KEY(`number`, `payment_id`),
	FOREIGN KEY (`number`) REFERENCES `book_closings`(`number`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `book_entries_by_payment` ON `book_entries` (`payment_id`,`number`);--> statement-breakpoint
CREATE TABLE `provider_figures` (
	`provider` text NOT NULL,
	`reference` text NOT NULL,
	`asset` text NOT NULL,
	`fee` text NOT NULL,
	`net` text NOT NULL,
	`standing` text NOT NULL,
	`payment_id` text,
	`at` integer NOT NULL,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`provider`, `reference`, `asset`),
	CONSTRAINT "provider_figures_standing" CHECK(standing in ('booked', 'further', 'unmatched'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `provider_figures_by_standing` ON `provider_figures` (`standing`,`at`);--> statement-breakpoint
CREATE INDEX `provider_figures_by_payment` ON `provider_figures` (`payment_id`);--> statement-breakpoint
CREATE TABLE `settlements` (
	`provider` text NOT NULL,
	`id` text NOT NULL,
	`currency` text NOT NULL,
	`amount` text NOT NULL,
	`status` text NOT NULL,
	`period_from` integer,
	`period_to` integer,
	`settled_at` integer,
	`payment_references` text,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`provider`, `id`)
) STRICT;
--> statement-breakpoint
CREATE INDEX `settlements_by_time` ON `settlements` (`provider`,`settled_at`);--> statement-breakpoint
ALTER TABLE `payments` ADD `settled_at` integer;--> statement-breakpoint
CREATE INDEX `payments_by_update` ON `payments` (`updated_at`,`id`);--> statement-breakpoint
CREATE INDEX `payment_exceptions_by_payment` ON `payment_exceptions` (`payment_id`);--> statement-breakpoint
CREATE INDEX `payment_exceptions_by_reference` ON `payment_exceptions` (`reference`);--> statement-breakpoint
CREATE INDEX `refunds_by_update` ON `refunds` (`updated_at`,`id`);--> statement-breakpoint
CREATE INDEX `refunds_by_end` ON `refunds` (`settled_at`,`id`);