CREATE TABLE "book_closings" (
	"number" bigint NOT NULL,
	"day" text PRIMARY KEY NOT NULL,
	"time_zone" text NOT NULL,
	"closed_at" bigint NOT NULL,
	"ends_at" bigint NOT NULL,
	"content" text NOT NULL,
	"hash" text NOT NULL,
	"previous_hash" text NOT NULL,
	CONSTRAINT "book_closings_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "book_delays" (
	"day" text PRIMARY KEY NOT NULL,
	"since" bigint NOT NULL,
	"last_tried_at" bigint NOT NULL,
	"tries" bigint NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "book_entries" (
	"number" bigint NOT NULL,
	"payment_id" text NOT NULL,
	"day" text NOT NULL,
	"content" text NOT NULL,
	CONSTRAINT "book_entries_key" PRIMARY KEY("number","payment_id")
);
--> statement-breakpoint
CREATE TABLE "provider_figures" (
	"provider" text NOT NULL,
	"reference" text NOT NULL,
	"asset" text NOT NULL,
	"fee" text NOT NULL,
	"net" text NOT NULL,
	"standing" text NOT NULL,
	"payment_id" text,
	"at" bigint NOT NULL,
	"read_at" bigint NOT NULL,
	CONSTRAINT "provider_figures_key" PRIMARY KEY("provider","reference","asset"),
	CONSTRAINT "provider_figures_standing" CHECK (standing in ('booked', 'further', 'unmatched'))
);
--> statement-breakpoint
CREATE TABLE "settlements" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"currency" text NOT NULL,
	"amount" text NOT NULL,
	"status" text NOT NULL,
	"period_from" bigint,
	"period_to" bigint,
	"settled_at" bigint,
	"payment_references" jsonb,
	"read_at" bigint NOT NULL,
	CONSTRAINT "settlements_key" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "settled_at" bigint;--> statement-breakpoint
ALTER TABLE "book_entries" ADD CONSTRAINT "book_entries_number_book_closings_number_fk" FOREIGN KEY ("number") REFERENCES "public"."book_closings"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "book_entries_by_payment" ON "book_entries" USING btree ("payment_id","number");--> statement-breakpoint
CREATE INDEX "provider_figures_by_standing" ON "provider_figures" USING btree ("standing","at");--> statement-breakpoint
CREATE INDEX "provider_figures_by_payment" ON "provider_figures" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "settlements_by_time" ON "settlements" USING btree ("provider","settled_at");--> statement-breakpoint
CREATE INDEX "payment_exceptions_by_payment" ON "payment_exceptions" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_exceptions_by_reference" ON "payment_exceptions" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "payments_by_update" ON "payments" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "refunds_by_update" ON "refunds" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "refunds_by_end" ON "refunds" USING btree ("settled_at","id");