CREATE TABLE "provider_outages" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"live_provider" text,
	"status" text NOT NULL,
	"version" bigint NOT NULL,
	"began_at" bigint NOT NULL,
	"reason" text NOT NULL,
	"asked_at" bigint NOT NULL,
	"gone_since" bigint,
	"gone_count" bigint NOT NULL,
	"retired_at" bigint,
	"answered_at" bigint,
	"ended_at" bigint,
	"looked_count" bigint NOT NULL,
	"recovered_count" bigint NOT NULL,
	"lost_count" bigint NOT NULL,
	CONSTRAINT "provider_outages_live_provider_unique" UNIQUE("live_provider"),
	CONSTRAINT "provider_outages_status" CHECK (status in ('blind', 'retired', 'catching_up', 'over'))
);
--> statement-breakpoint
CREATE TABLE "webhook_rates" (
	"provider" text PRIMARY KEY NOT NULL,
	"per_hour" jsonb NOT NULL,
	"days" jsonb NOT NULL,
	"learned_until" bigint NOT NULL,
	"first_at" bigint,
	"heard_count" bigint NOT NULL,
	"checked_at" bigint
);
--> statement-breakpoint
ALTER TABLE "inbox_events" ADD COLUMN "headers" jsonb;--> statement-breakpoint
ALTER TABLE "quarantined_webhooks" ADD COLUMN "headers" jsonb;--> statement-breakpoint
ALTER TABLE "quarantined_webhooks" ADD COLUMN "body" "bytea";--> statement-breakpoint
CREATE INDEX "provider_outages_by_time" ON "provider_outages" USING btree ("began_at","id");--> statement-breakpoint
CREATE INDEX "inbox_events_by_arrival" ON "inbox_events" USING btree ("source","received_at","id");