ALTER TABLE "pending_actions" ADD COLUMN "awaits_text_since" bigint;--> statement-breakpoint
CREATE INDEX "pending_actions_by_admin" ON "pending_actions" USING btree ("admin_id","awaits_text_since");