CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`live_key` text,
	`kind` text NOT NULL,
	`severity` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`order_id` text,
	`payment_id` text,
	`facts` text NOT NULL,
	`actions` text NOT NULL,
	`occurrences` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`last_raised_at` integer NOT NULL,
	`acknowledged_at` integer,
	`acknowledged_by` text,
	`snoozed_until` integer,
	`resolved_at` integer,
	`resolved_by` text,
	CONSTRAINT "alerts_status" CHECK(status in ('open', 'acknowledged', 'snoozed', 'resolved')),
	CONSTRAINT "alerts_severity" CHECK(severity in ('critical', 'warning', 'info'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_live_key_unique` ON `alerts` (`live_key`);--> statement-breakpoint
CREATE INDEX `alerts_by_status` ON `alerts` (`status`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_by_order` ON `alerts` (`order_id`);--> statement-breakpoint
CREATE TABLE `audit_records` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`reason` text,
	`details` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_records_by_time` ON `audit_records` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_records_by_subject` ON `audit_records` (`subject`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `pending_actions` (
	`id` text PRIMARY KEY NOT NULL,
	`admin_id` integer NOT NULL,
	`action` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `pending_actions_by_expiry` ON `pending_actions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `inbox_events` (
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`event_key` text NOT NULL,
	`event_type` text NOT NULL,
	`reference` text NOT NULL,
	`trust` text NOT NULL,
	`body` blob NOT NULL,
	`received_at` integer NOT NULL,
	`available_at` integer NOT NULL,
	`locked_until` integer,
	`locked_by` text,
	`processed_at` integer,
	`abandoned_at` integer,
	`last_error` text,
	`started_attempts` integer DEFAULT 0 NOT NULL,
	`finished_attempts` integer DEFAULT 0 NOT NULL,
	`outcome` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `inbox_events_by_key` ON `inbox_events` (`source`,`event_key`);--> statement-breakpoint
CREATE INDEX `inbox_events_due` ON `inbox_events` (`available_at`,`id`) WHERE processed_at is null and abandoned_at is null;--> statement-breakpoint
CREATE INDEX `inbox_events_processed` ON `inbox_events` (`processed_at`) WHERE processed_at is not null;--> statement-breakpoint
CREATE INDEX `inbox_events_abandoned` ON `inbox_events` (`abandoned_at`,`id`) WHERE abandoned_at is not null;--> statement-breakpoint
CREATE TABLE `outbox_messages` (
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
	`outcome` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_messages_key_unique` ON `outbox_messages` (`key`);--> statement-breakpoint
CREATE INDEX `outbox_messages_due` ON `outbox_messages` (`lane`,`priority`,`available_at`,`id`) WHERE processed_at is null and abandoned_at is null;--> statement-breakpoint
CREATE INDEX `outbox_messages_processed` ON `outbox_messages` (`processed_at`) WHERE processed_at is not null;--> statement-breakpoint
CREATE INDEX `outbox_messages_abandoned` ON `outbox_messages` (`abandoned_at`,`id`) WHERE abandoned_at is not null;--> statement-breakpoint
CREATE TABLE `quarantined_webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`received_at` integer NOT NULL,
	`reason` text NOT NULL,
	`body_hash` text NOT NULL,
	`body_bytes` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `quarantined_webhooks_by_source` ON `quarantined_webhooks` (`source`,`received_at`,`id`);--> statement-breakpoint
CREATE TABLE `sent_messages` (
	`bot` text NOT NULL,
	`chat_id` integer NOT NULL,
	`subject` text NOT NULL,
	`message_id` integer NOT NULL,
	`shown_version` integer NOT NULL,
	`content_hash` text NOT NULL,
	`sent_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`subject`, `bot`, `chat_id`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `idempotent_requests` (
	`key` text PRIMARY KEY NOT NULL,
	`body_hash` text NOT NULL,
	`order_id` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `idempotent_requests_by_time` ON `idempotent_requests` (`created_at`);--> statement-breakpoint
CREATE TABLE `orders` (
	`id` text PRIMARY KEY NOT NULL,
	`number` integer NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`currency` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`items` text NOT NULL,
	`reference` text,
	`customer_email` text,
	`customer_name` text,
	`redirect_url` text,
	`metadata` text NOT NULL,
	`origin` text NOT NULL,
	`note` text,
	`attention` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`paid_at` integer,
	`fulfilled_at` integer,
	`search_text` text NOT NULL,
	`search_note` text NOT NULL,
	CONSTRAINT "orders_status" CHECK(status in ('awaiting_payment', 'paid', 'fulfilled', 'expired', 'cancelled', 'needs_attention', 'partially_refunded', 'refunded'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `orders_number_unique` ON `orders` (`number`);--> statement-breakpoint
CREATE INDEX `orders_by_time` ON `orders` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `orders_by_status` ON `orders` (`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `orders_by_expiry` ON `orders` (`status`,`expires_at`);--> statement-breakpoint
CREATE INDEX `orders_by_amount` ON `orders` (`amount_minor`);--> statement-breakpoint
CREATE TABLE `timeline_entries` (
	`id` text PRIMARY KEY NOT NULL,
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
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `timeline_entries_by_order` ON `timeline_entries` (`order_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `payment_transaction_ids` (
	`payment_id` text NOT NULL,
	`transaction_id` text NOT NULL,
	PRIMARY KEY(`transaction_id`, `payment_id`),
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `payment_transaction_ids_by_payment` ON `payment_transaction_ids` (`payment_id`);--> statement-breakpoint
CREATE TABLE `payments` (
	`id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`provider` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`creation` text NOT NULL,
	`currency` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`requested_amount` text NOT NULL,
	`requested_asset` text NOT NULL,
	`expected_amount` text,
	`received_amount` text,
	`received_asset` text,
	`reference` text,
	`checkout_url` text,
	`provider_status` text,
	`transaction_ids` text NOT NULL,
	`trust` text,
	`evidence_at` integer,
	`mismatched_at` integer,
	`paid_at` integer,
	`expires_at` integer NOT NULL,
	`next_poll_at` integer,
	`locked_until` integer,
	`locked_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_status" CHECK(status in ('created', 'pending', 'paid', 'underpaid', 'overpaid', 'paid_late', 'expired', 'failed', 'cancelled', 'reversed')),
	CONSTRAINT "payments_creation" CHECK(creation in ('requested', 'confirmed', 'refused'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_by_reference` ON `payments` (`reference`,`provider`);--> statement-breakpoint
CREATE INDEX `payments_by_order` ON `payments` (`order_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `payments_by_next_poll` ON `payments` (`next_poll_at`);--> statement-breakpoint
CREATE INDEX `payments_by_provider` ON `payments` (`provider`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `payments_by_status` ON `payments` (`provider`,`status`);--> statement-breakpoint
CREATE TABLE `reconciliation_findings` (
	`id` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`kind` text NOT NULL,
	`provider` text NOT NULL,
	`reference` text,
	`payment_id` text,
	`here` text NOT NULL,
	`there` text NOT NULL,
	`is_healed` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`run_id`) REFERENCES `reconciliation_runs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `reconciliation_findings_by_run` ON `reconciliation_findings` (`run_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `reconciliation_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`status` text NOT NULL,
	`window_from` integer NOT NULL,
	`window_to` integer NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`started_by` text NOT NULL,
	`compared_count` integer NOT NULL,
	`matched_count` integer NOT NULL,
	`healed_count` integer NOT NULL,
	`open_count` integer NOT NULL,
	`error` text,
	CONSTRAINT "reconciliation_runs_status" CHECK(status in ('running', 'finished', 'failed'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `reconciliation_runs_by_time` ON `reconciliation_runs` (`started_at`,`id`);