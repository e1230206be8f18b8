CREATE INDEX "payments_leased" ON "payments" USING btree ("locked_by") WHERE locked_by is not null;--> statement-breakpoint
CREATE INDEX "inbox_events_leased" ON "inbox_events" USING btree ("locked_by") WHERE locked_by is not null;--> statement-breakpoint
CREATE INDEX "outbox_messages_leased" ON "outbox_messages" USING btree ("locked_by") WHERE locked_by is not null;