CREATE TABLE "case_groups" (
	"id" text PRIMARY KEY NOT NULL,
	"live_key" text,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"opened_at" bigint NOT NULL,
	CONSTRAINT "case_groups_live_key_unique" UNIQUE("live_key")
);
--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "group_id" text;--> statement-breakpoint
CREATE INDEX "case_groups_by_age" ON "case_groups" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "cases_by_kind" ON "cases" USING btree ("kind","opened_at","id");--> statement-breakpoint
CREATE INDEX "cases_by_group" ON "cases" USING btree ("group_id","status","opened_at","id") WHERE group_id is not null;