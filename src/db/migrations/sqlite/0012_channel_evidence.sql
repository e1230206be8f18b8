ALTER TABLE `channel_sales` ADD `refunds` text;--> statement-breakpoint
ALTER TABLE `channel_sales` ADD `counted_minor` integer;--> statement-breakpoint
ALTER TABLE `channel_sales` ADD `counted_currency` text;--> statement-breakpoint
ALTER TABLE `channel_sales` ADD `counted_at` integer;--> statement-breakpoint
CREATE INDEX `channel_sales_counted` ON `channel_sales` (`provider`,`counted_at`);