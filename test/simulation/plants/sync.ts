import type { Plant } from './plant.ts';

export const syncPlants: readonly Plant[] = [
  {
    name: 'webhook-answered-before-it-is-stored',
    file: 'src/payments/webhooks/receive-webhook.ts',
    from: `    const isNew = await deps.database.transaction((stores) =>
      stores.inbox.append({
        id: eventId,
        receivedAt: now,
        source: provider.name,
        eventKey: verdict.eventKey,
        eventType: verdict.eventType,
        reference: verdict.reference,
        detail: verdict.detail ?? null,
        trust: verdict.trust,
        body: delivery.body,
        headers: keptHeaders(delivery.headers),
      }),
    );
    return isNew ? { kind: 'accepted', eventId } : { kind: 'duplicate' };`,
    to: `    const storing = deps.database.transaction((stores) =>
      stores.inbox.append({
        id: eventId,
        receivedAt: now,
        source: provider.name,
        eventKey: verdict.eventKey,
        eventType: verdict.eventType,
        reference: verdict.reference,
        detail: verdict.detail ?? null,
        trust: verdict.trust,
        body: delivery.body,
        headers: keptHeaders(delivery.headers),
      }),
    );
    storing.catch(() => undefined);
    return { kind: 'accepted', eventId };`,
    sentence: 'A webhook is answered 200 while its commit is still on its way.',
    breaks: [4],
  },
  {
    name: 'webhook-that-failed-is-accepted',
    file: 'src/server/webhooks/provider-webhooks.ts',
    from: `    const detail = 'The event could not be stored: send it again later.';
    return { outcome: 'failed', response: unavailable({ detail, retryAfterSeconds }) };`,
    to: `    const retryLater = { 'retry-after': String(retryAfterSeconds), ...emptyBody };
    return { outcome: 'failed', response: new Response(null, { status: 200, headers: retryLater }) };`,
    sentence: 'A webhook that could not be stored is answered 200, so that the provider does not come again.',
    breaks: [4],
  },
  {
    name: 'webhook-settled-without-an-answer',
    file: 'src/payments/webhooks/handle-inbox-event.ts',
    from: "return { kind: 'retry', error: failureWords(error), retryAfterMs: null };",
    to: "return { kind: 'done', outcome: failureWords(error) };",
    sentence: 'An event whose payment could not be fetched is done with.',
    breaks: [4, 1],
  },
  {
    name: 'reconciliation-reaches-back-an-hour',
    file: 'src/payments/reconciliation/reconcile-provider.ts',
    from: 'const windowMs: Milliseconds = 9 * day;',
    to: 'const windowMs: Milliseconds = day / 24;',
    sentence: 'A reconciliation does not see money that comes more than an hour after its payment was made.',
    breaks: [1],
    isHard: true,
  },
  {
    name: 'transition-counted-twice',
    file: 'src/payments/sync/refresh-payment.ts',
    from: 'return applySnapshot(deps, { paymentId: payment.id, lease, snapshot, details: shown, cause });',
    to: `const refresh = await applySnapshot(deps, { paymentId: payment.id, lease, snapshot, details: shown, cause });
  if (refresh.kind === 'changed') deps.onTransition?.({ from: refresh.from, to: refresh.to });
  return refresh;`,
    sentence: 'A change of a payment is counted twice in the metrics when it was fetched.',
    breaks: [10],
  },
  {
    name: 'start-trusts-the-clock',
    file: 'src/payments/sync/watch-clock.ts',
    from: 'const waitAtStartMaxMs: Milliseconds = hour;',
    to: 'const waitAtStartMaxMs: Milliseconds = 100_000 * hour;',
    sentence: 'After a restart with the clock set back, what waits goes on waiting for the time that is gone.',
    breaks: [9],
    isHard: true,
  },
  {
    name: 'catch-up-forgotten-at-a-restart',
    file: 'src/payments/availability/catch-up.ts',
    from: "const due = live.filter(({ status }) => status === 'catching_up');",
    to: "const since = deps.clock.now() - minute;\n    const due = live.filter(({ status, answeredAt }) => status === 'catching_up' && (answeredAt ?? 0) >= since);",
    sentence: 'A catch-up that did not end within a minute, because the process died, is never taken up again.',
    breaks: [5, 9],
    isHard: true,
  },
  {
    name: 'early-refund-of-a-sale-forgotten',
    file: 'src/payments/channels/record-channel-order.ts',
    from: 'if (mark.refunds.length > 0) await bookReturns(',
    to: 'if (mark.refunds.length > 1) await bookReturns(',
    sentence: 'A refund that was reported before its sale is not counted when the sale comes.',
    breaks: [3, 5, 8],
    isHard: true,
  },
];
