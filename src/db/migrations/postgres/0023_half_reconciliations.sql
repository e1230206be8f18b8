CREATE TABLE "half_reconciliations" (
	"provider" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"stored_at" bigint NOT NULL,
	"done_to" bigint NOT NULL,
	"content" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "reconciliation_runs" ADD COLUMN "taken_up_at" bigint;