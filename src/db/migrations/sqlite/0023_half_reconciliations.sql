CREATE TABLE `half_reconciliations` (
	`provider` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`stored_at` integer NOT NULL,
	`done_to` integer NOT NULL,
	`content` text NOT NULL
) STRICT;
--> statement-breakpoint
ALTER TABLE `reconciliation_runs` ADD `taken_up_at` integer;