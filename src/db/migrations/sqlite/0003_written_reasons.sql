ALTER TABLE `pending_actions` ADD `awaits_text_since` integer;--> statement-breakpoint
CREATE INDEX `pending_actions_by_admin` ON `pending_actions` (`admin_id`,`awaits_text_since`);