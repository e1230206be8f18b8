CREATE TABLE `provider_outages` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`live_provider` text,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`began_at` integer NOT NULL,
	`reason` text NOT NULL,
	`asked_at` integer NOT NULL,
	`gone_since` integer,
	`gone_count` integer NOT NULL,
	`retired_at` integer,
	`answered_at` integer,
	`ended_at` integer,
	`looked_count` integer NOT NULL,
	`recovered_count` integer NOT NULL,
	`lost_count` integer NOT NULL,
	CONSTRAINT "provider_outages_status" CHECK(status in ('blind', 'retired', 'catching_up', 'over'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `provider_outages_live_provider_unique` ON `provider_outages` (`live_provider`);--> statement-breakpoint
CREATE INDEX `provider_outages_by_time` ON `provider_outages` (`began_at`,`id`);--> statement-breakpoint
CREATE TABLE `webhook_rates` (
	`provider` text PRIMARY KEY NOT NULL,
	`per_hour` text NOT NULL,
	`days` text NOT NULL,
	`learned_until` integer NOT NULL,
	`first_at` integer,
	`heard_count` integer NOT NULL,
	`checked_at` integer
) STRICT;
--> statement-breakpoint
ALTER TABLE `inbox_events` ADD `headers` text;--> statement-breakpoint
CREATE INDEX `inbox_events_by_arrival` ON `inbox_events` (`source`,`received_at`,`id`);--> statement-breakpoint
ALTER TABLE `quarantined_webhooks` ADD `headers` text;--> statement-breakpoint
ALTER TABLE `quarantined_webhooks` ADD `body` blob;