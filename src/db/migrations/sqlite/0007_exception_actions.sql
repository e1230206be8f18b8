ALTER TABLE `payment_exceptions` ADD `subject_at` integer;--> statement-breakpoint
CREATE INDEX `payment_exceptions_by_key` ON `payment_exceptions` (`key`,`opened_at`,`id`);--> statement-breakpoint
ALTER TABLE `payments` ADD `coin_expected` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `coin_received` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `coin_asset` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `credited_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `accepted_by` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `accepted_reason` text;