DROP INDEX `orders_by_amount`;--> statement-breakpoint
CREATE INDEX `orders_by_email` ON `orders` (lower(cast("customer_email" as varchar(200))),`number`);--> statement-breakpoint
CREATE INDEX `orders_by_reference` ON `orders` (lower(cast("reference" as varchar(200))),`number`);--> statement-breakpoint
CREATE INDEX `orders_by_amount` ON `orders` (`amount_minor`,`currency`,`number`);--> statement-breakpoint
CREATE INDEX `channel_subscriptions_by_time` ON `channel_subscriptions` (`updated_at`,`reference`);--> statement-breakpoint
CREATE INDEX `channel_subscriptions_by_email` ON `channel_subscriptions` (lower(cast("customer_email" as varchar(200))),`updated_at`,`reference`);--> statement-breakpoint
CREATE VIRTUAL TABLE `order_trigrams` USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1');--> statement-breakpoint
-- Orders with a lower number are put into it by a job, a few at a time.
INSERT INTO `counters` (`name`, `value`) SELECT 'order_trigrams_from', coalesce(max(`number`) + 1, 0) FROM `orders`;
