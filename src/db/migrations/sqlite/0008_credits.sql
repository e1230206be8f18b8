-- What these brought is not written down yet: `countCredits` works it out at the next start, provider by provider.
UPDATE `payments` SET `credited_minor` = -1 WHERE `credited_minor` = 0 AND `status` IN ('paid', 'overpaid', 'underpaid', 'paid_late');--> statement-breakpoint
CREATE INDEX `payments_uncounted` ON `payments` (`id`) WHERE credited_minor < 0;