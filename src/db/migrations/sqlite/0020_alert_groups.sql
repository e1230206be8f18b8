CREATE TABLE `case_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`live_key` text,
	`kind` text NOT NULL,
	`severity` text NOT NULL,
	`opened_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `case_groups_live_key_unique` ON `case_groups` (`live_key`);--> statement-breakpoint
CREATE INDEX `case_groups_by_age` ON `case_groups` (`opened_at`,`id`);--> statement-breakpoint
ALTER TABLE `cases` ADD `group_id` text;--> statement-breakpoint
CREATE INDEX `cases_by_kind` ON `cases` (`kind`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `cases_by_group` ON `cases` (`group_id`,`status`,`opened_at`,`id`) WHERE group_id is not null;