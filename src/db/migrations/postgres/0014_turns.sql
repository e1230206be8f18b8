ALTER TABLE "outbox_messages" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "outbox_messages" ADD COLUMN "turn" bigint;--> statement-breakpoint
CREATE INDEX "outbox_messages_in_turn" ON "outbox_messages" USING btree ("subject","turn","id") WHERE processed_at is null and abandoned_at is null and subject is not null;