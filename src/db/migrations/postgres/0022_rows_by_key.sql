ALTER TABLE "timeline_entries" DROP CONSTRAINT "timeline_entries_pkey";--> statement-breakpoint
ALTER TABLE "timeline_entries" ADD CONSTRAINT "timeline_entries_key" PRIMARY KEY("order_id","at","id");--> statement-breakpoint
DROP INDEX "timeline_entries_by_order";--> statement-breakpoint
UPDATE "outbox_messages" SET "payload" = "payload" - 'order' WHERE "processed_at" IS NOT NULL AND "payload" ? 'order';
