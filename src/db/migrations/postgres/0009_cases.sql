CREATE TABLE "cases" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"live_key" text,
	"former_id" text,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL,
	"rings" boolean NOT NULL,
	"order_id" text,
	"payment_id" text,
	"refund_id" text,
	"provider" text,
	"reference" text,
	"subject_at" bigint,
	"facts" jsonb NOT NULL,
	"actions" jsonb NOT NULL,
	"occurrences" bigint NOT NULL,
	"opened_at" bigint NOT NULL,
	"last_raised_at" bigint NOT NULL,
	"assignee_id" bigint,
	"assignee_name" text,
	"assigned_at" bigint,
	"acknowledged_at" bigint,
	"acknowledged_by" text,
	"snoozed_until" bigint,
	"resolved_at" bigint,
	"resolution" text,
	"resolved_by" text,
	"reason" text,
	"outcome" text,
	"undo" jsonb,
	CONSTRAINT "cases_live_key_unique" UNIQUE("live_key"),
	CONSTRAINT "cases_status" CHECK (status in ('open', 'acknowledged', 'snoozed', 'resolved')),
	CONSTRAINT "cases_severity" CHECK (severity in ('critical', 'warning', 'info'))
);
--> statement-breakpoint
CREATE INDEX "cases_by_status" ON "cases" USING btree ("status","opened_at","id");
--> statement-breakpoint
CREATE INDEX "cases_by_provider" ON "cases" USING btree ("provider","opened_at","id");
--> statement-breakpoint
CREATE INDEX "cases_by_key" ON "cases" USING btree ("key","opened_at","id");
--> statement-breakpoint
CREATE INDEX "cases_by_order" ON "cases" USING btree ("order_id");
--> statement-breakpoint
CREATE INDEX "cases_by_payment" ON "cases" USING btree ("payment_id");
--> statement-breakpoint
CREATE INDEX "cases_by_reference" ON "cases" USING btree ("reference");
--> statement-breakpoint
CREATE INDEX "cases_by_former_id" ON "cases" USING btree ("former_id");
--> statement-breakpoint
-- A payment heard of by a webhook and found by a comparison was two exceptions: the finding goes on, as old as the elder
-- and with the owner of either, and the other one goes.
UPDATE payment_exceptions AS finding SET
  opened_at = (SELECT min(either.opened_at) FROM payment_exceptions AS either
    WHERE either.status = 'open' AND either.provider = finding.provider AND either.reference = finding.reference
      AND either.kind IN ('payment_unknown', 'finding_missing_here')),
  taken_at = coalesce(taken_at, (SELECT twin.taken_at FROM payment_exceptions AS twin
    WHERE twin.open_key = 'payment_unknown:' || finding.provider || ':' || finding.reference)),
  owner_name = coalesce(owner_name, (SELECT twin.owner_name FROM payment_exceptions AS twin
    WHERE twin.open_key = 'payment_unknown:' || finding.provider || ':' || finding.reference)),
  owner_id = coalesce(owner_id, (SELECT twin.owner_id FROM payment_exceptions AS twin
    WHERE twin.open_key = 'payment_unknown:' || finding.provider || ':' || finding.reference))
WHERE finding.kind = 'finding_missing_here' AND finding.status = 'open'
  AND EXISTS (SELECT 1 FROM payment_exceptions AS twin
    WHERE twin.open_key = 'payment_unknown:' || finding.provider || ':' || finding.reference);
--> statement-breakpoint
DELETE FROM payment_exceptions WHERE kind = 'payment_unknown'
  AND (status = 'open' OR (resolution = 'by_itself' AND resolved_by = 'A comparison has found it as well.'))
  AND EXISTS (SELECT 1 FROM payment_exceptions AS finding
    WHERE finding.kind = 'finding_missing_here' AND finding.provider = payment_exceptions.provider
      AND finding.reference = payment_exceptions.reference
      AND (payment_exceptions.status = 'resolved' OR finding.status = 'open'));
--> statement-breakpoint
UPDATE payment_exceptions SET
  key = 'unmatched:' || provider || ':' || reference,
  open_key = CASE WHEN status = 'open' THEN 'unmatched:' || provider || ':' || reference END
WHERE kind IN ('payment_unknown', 'finding_missing_here') AND provider IS NOT NULL AND reference IS NOT NULL;
--> statement-breakpoint
UPDATE alerts SET
  key = 'unmatched:' || substr(key, 17),
  live_key = CASE WHEN status <> 'resolved' THEN 'unmatched:' || substr(key, 17) END
WHERE key LIKE 'payment_unknown:%';
--> statement-breakpoint
-- Which alert rang for which exception: the live one of the same key, else the last that was raised in its lifetime.
CREATE TABLE case_pairs (exception_id text PRIMARY KEY NOT NULL, alert_id text NOT NULL UNIQUE);
--> statement-breakpoint
INSERT INTO case_pairs (exception_id, alert_id)
SELECT e.id, a.id FROM payment_exceptions AS e JOIN alerts AS a ON a.live_key = e.open_key;
--> statement-breakpoint
INSERT INTO case_pairs (exception_id, alert_id)
SELECT exception_id, alert_id FROM (
  SELECT e.id AS exception_id, a.id AS alert_id,
    row_number() OVER (PARTITION BY e.id ORDER BY a.opened_at DESC, a.id DESC) AS by_exception,
    row_number() OVER (PARTITION BY a.id ORDER BY e.opened_at DESC, e.id DESC) AS by_alert
  FROM payment_exceptions AS e
  JOIN alerts AS a ON a.key = e.key AND a.status = 'resolved'
    AND a.opened_at >= e.opened_at - 60000 AND (e.resolved_at IS NULL OR a.opened_at <= e.resolved_at)
  WHERE e.id NOT IN (SELECT exception_id FROM case_pairs) AND a.id NOT IN (SELECT alert_id FROM case_pairs)
) AS ranked WHERE by_exception = 1 AND by_alert = 1;
--> statement-breakpoint
INSERT INTO cases (id, key, live_key, former_id, kind, severity, status, version, rings, order_id, payment_id, refund_id, provider, reference, subject_at, facts, actions, occurrences, opened_at, last_raised_at, assignee_id, assignee_name, assigned_at, acknowledged_at, acknowledged_by, snoozed_until, resolved_at, resolution, resolved_by, reason, outcome, undo)
SELECT
  coalesce(a.id, e.id),
  e.key,
  e.open_key,
  CASE WHEN a.id IS NOT NULL THEN e.id END,
  e.kind,
  coalesce(a.severity, CASE
    WHEN e.kind IN ('payment_reversed', 'payment_mismatch', 'refund_unknown') THEN 'critical'
    WHEN e.kind IN ('payment_overpaid', 'payment_expired') THEN 'info' ELSE 'warning' END),
  CASE WHEN e.status = 'resolved' THEN 'resolved' WHEN e.waits_until IS NOT NULL THEN 'snoozed'
    WHEN a.status <> 'resolved' THEN a.status WHEN e.owner_id IS NOT NULL THEN 'acknowledged' ELSE 'open' END,
  coalesce(a.version, e.version),
  a.id IS NOT NULL OR e.kind NOT LIKE 'finding%',
  e.order_id,
  e.payment_id,
  e.refund_id,
  e.provider,
  e.reference,
  e.subject_at,
  jsonb_build_object(
    'headline', coalesce(a.facts -> 'headline', e.facts -> 'summary'), 'orderNumber', a.facts -> 'orderNumber', 'amount', a.facts -> 'amount',
    'detail', a.facts -> 'detail', 'why', coalesce(e.facts -> 'why', a.facts -> 'why'), 'trust', a.facts -> 'trust',
    'differenceFiat', e.facts -> 'gapFiat', 'differenceCoin', e.facts -> 'gapCoin', 'money', e.facts -> 'money',
    'label', e.facts -> 'label', 'here', e.facts -> 'here', 'there', e.facts -> 'there'),
  coalesce(a.actions, '[]'),
  coalesce(a.occurrences, 1),
  e.opened_at,
  coalesce(a.last_raised_at, e.last_seen_at),
  e.owner_id,
  e.owner_name,
  e.taken_at,
  CASE WHEN a.id IS NULL OR (e.status = 'open' AND a.status = 'resolved') THEN e.taken_at ELSE a.acknowledged_at END,
  CASE WHEN a.id IS NULL OR (e.status = 'open' AND a.status = 'resolved') THEN e.owner_name ELSE a.acknowledged_by END,
  CASE WHEN e.status = 'open' THEN coalesce(e.waits_until, CASE WHEN a.status = 'snoozed' THEN a.snoozed_until END) END,
  e.resolved_at,
  CASE e.resolution WHEN 'ignore' THEN 'dismiss' WHEN 'force_match' THEN 'dismiss' WHEN 'link' THEN 'keep'
    WHEN 'mark_received' THEN 'mark_paid' WHEN 'went_back' THEN 'confirm_refunded'
    WHEN 'did_not_go' THEN 'confirm_not_refunded' ELSE e.resolution END,
  CASE WHEN e.resolution <> 'by_itself' THEN e.resolved_by END,
  e.reason,
  CASE WHEN e.status = 'resolved' THEN coalesce(a.resolved_by,
    CASE WHEN e.resolution = 'by_itself' THEN e.resolved_by ELSE e.resolved_by || ': ' || e.reason END) END,
  e.undo
FROM payment_exceptions AS e
LEFT JOIN case_pairs AS pair ON pair.exception_id = e.id
LEFT JOIN alerts AS a ON a.id = pair.alert_id;
--> statement-breakpoint
INSERT INTO cases (id, key, live_key, former_id, kind, severity, status, version, rings, order_id, payment_id, refund_id, provider, reference, subject_at, facts, actions, occurrences, opened_at, last_raised_at, assignee_id, assignee_name, assigned_at, acknowledged_at, acknowledged_by, snoozed_until, resolved_at, resolution, resolved_by, reason, outcome, undo)
SELECT
  a.id,
  a.key,
  a.live_key,
  null,
  a.kind,
  a.severity,
  a.status,
  a.version,
  true,
  a.order_id,
  a.payment_id,
  null,
  a.facts ->> 'provider',
  null,
  null::bigint,
  jsonb_build_object(
    'headline', a.facts -> 'headline', 'orderNumber', a.facts -> 'orderNumber', 'amount', a.facts -> 'amount',
    'detail', a.facts -> 'detail', 'why', a.facts -> 'why', 'trust', a.facts -> 'trust',
    'differenceFiat', null, 'differenceCoin', null, 'money', null, 'label', null, 'here', null, 'there', null),
  a.actions,
  a.occurrences,
  a.opened_at,
  a.last_raised_at,
  null::bigint,
  null,
  null::bigint,
  a.acknowledged_at,
  a.acknowledged_by,
  CASE WHEN a.status = 'snoozed' THEN a.snoozed_until END,
  a.resolved_at,
  CASE WHEN a.status = 'resolved' THEN 'by_itself' END,
  null,
  null,
  a.resolved_by,
  null::jsonb
FROM alerts AS a WHERE a.id NOT IN (SELECT alert_id FROM case_pairs);
--> statement-breakpoint
-- Messages that were sent go on being edited, and those that are owed go on being sent.
UPDATE sent_messages SET subject = 'case:' || substr(subject, 7) WHERE subject LIKE 'alert:%';
--> statement-breakpoint
UPDATE outbox_messages SET payload = (payload - 'alertId') || jsonb_build_object('caseId', payload -> 'alertId')
WHERE topic = 'alert.card' AND processed_at IS NULL;
--> statement-breakpoint
UPDATE pending_actions SET action = replace(action, 'exception.', 'case.'),
  payload = (payload - 'exceptionId') || jsonb_build_object('caseId', payload -> 'exceptionId')
WHERE payload -> 'exceptionId' IS NOT NULL;
--> statement-breakpoint
DROP TABLE case_pairs;
--> statement-breakpoint
DROP TABLE "alerts" CASCADE;
--> statement-breakpoint
DROP TABLE "payment_exceptions" CASCADE;
