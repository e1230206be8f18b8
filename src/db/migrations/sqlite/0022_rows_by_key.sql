CREATE TABLE `__new_timeline_entries` (
	`id` text NOT NULL,
	`order_id` text NOT NULL,
	`payment_id` text,
	`at` integer NOT NULL,
	`subject` text NOT NULL,
	`from_status` text,
	`to_status` text,
	`cause_kind` text NOT NULL,
	`cause_id` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`trust` text,
	`text` text NOT NULL,
	PRIMARY KEY(`order_id`, `at`, `id`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_timeline_entries`("id", "order_id", "payment_id", "at", "subject", "from_status", "to_status", "cause_kind", "cause_id", "actor_kind", "actor_id", "trust", "text") SELECT "id", "order_id", "payment_id", "at", "subject", "from_status", "to_status", "cause_kind", "cause_id", "actor_kind", "actor_id", "trust", "text" FROM `timeline_entries` ORDER BY "order_id", "at", "id";--> statement-breakpoint
DROP TABLE `timeline_entries`;--> statement-breakpoint
ALTER TABLE `__new_timeline_entries` RENAME TO `timeline_entries`;--> statement-breakpoint
CREATE TABLE `__new_payment_transaction_ids` (
	`payment_id` text NOT NULL,
	`transaction_id` text NOT NULL,
	PRIMARY KEY(`transaction_id`, `payment_id`),
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_payment_transaction_ids`("payment_id", "transaction_id") SELECT "payment_id", "transaction_id" FROM `payment_transaction_ids` ORDER BY "transaction_id", "payment_id";--> statement-breakpoint
DROP TABLE `payment_transaction_ids`;--> statement-breakpoint
ALTER TABLE `__new_payment_transaction_ids` RENAME TO `payment_transaction_ids`;--> statement-breakpoint
CREATE INDEX `payment_transaction_ids_by_payment` ON `payment_transaction_ids` (`payment_id`);
--> statement-breakpoint
CREATE TABLE `__new_outbox_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`topic` text NOT NULL,
	`lane` text NOT NULL,
	`priority` integer NOT NULL,
	`payload` text NOT NULL,
	`received_at` integer NOT NULL,
	`available_at` integer NOT NULL,
	`locked_until` integer,
	`locked_by` text,
	`processed_at` integer,
	`abandoned_at` integer,
	`last_error` text,
	`started_attempts` integer DEFAULT 0 NOT NULL,
	`finished_attempts` integer DEFAULT 0 NOT NULL,
	`outcome` text,
	`subject` text,
	`turn` integer
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_outbox_messages`("id", "key", "topic", "lane", "priority", "payload", "received_at", "available_at", "locked_until", "locked_by", "processed_at", "abandoned_at", "last_error", "started_attempts", "finished_attempts", "outcome", "subject", "turn") SELECT "id", "key", "topic", "lane", "priority", iif("processed_at" is null, "payload", json_remove("payload", '$.order')), "received_at", "available_at", "locked_until", "locked_by", "processed_at", "abandoned_at", "last_error", "started_attempts", "finished_attempts", "outcome", "subject", "turn" FROM `outbox_messages` ORDER BY "id";--> statement-breakpoint
DROP TABLE `outbox_messages`;--> statement-breakpoint
ALTER TABLE `__new_outbox_messages` RENAME TO `outbox_messages`;--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_messages_key_unique` ON `outbox_messages` (`key`);--> statement-breakpoint
CREATE INDEX `outbox_messages_due` ON `outbox_messages` (`lane`,`priority`,`available_at`,`id`) WHERE processed_at is null and abandoned_at is null;--> statement-breakpoint
CREATE INDEX `outbox_messages_processed` ON `outbox_messages` (`processed_at`) WHERE processed_at is not null;--> statement-breakpoint
CREATE INDEX `outbox_messages_abandoned` ON `outbox_messages` (`abandoned_at`,`id`) WHERE abandoned_at is not null;--> statement-breakpoint
CREATE INDEX `outbox_messages_leased` ON `outbox_messages` (`locked_by`) WHERE locked_by is not null;--> statement-breakpoint
CREATE INDEX `outbox_messages_in_turn` ON `outbox_messages` (`subject`,`turn`,`id`) WHERE processed_at is null and abandoned_at is null and subject is not null;
