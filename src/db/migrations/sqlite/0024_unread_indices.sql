DROP INDEX `payment_transaction_ids_by_payment`;--> statement-breakpoint
DROP INDEX `refunds_by_time`;