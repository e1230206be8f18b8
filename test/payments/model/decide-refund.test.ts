import { describe, expect, test } from 'vitest';
import { decideRefund, type RefundEvent, refundEvents } from '#payments/model/decide-refund.ts';
import { type RefundStatus, refundStatuses } from '#payments/model/refund.ts';

/** `=` unchanged, `x` refused. */
type Outcome = RefundStatus | '=' | 'x';

const all = (outcome: Outcome): Record<RefundStatus, Outcome> =>
  Object.fromEntries(refundStatuses.map((status) => [status, outcome])) as Record<RefundStatus, Outcome>;

const table: Record<RefundEvent, Record<RefundStatus, Outcome>> = {
  approve: { ...all('x'), awaiting_approval: 'requested' },
  decline: { ...all('x'), awaiting_approval: 'cancelled' },
  withdraw: { ...all('x'), awaiting_approval: 'cancelled', requested: 'cancelled' },
  unanswered: { ...all('='), requested: 'unknown' },
  refuse: { ...all('='), requested: 'failed', unknown: 'failed' },
  confirmed_refunded: { ...all('x'), unknown: 'succeeded' },
  confirmed_not_refunded: { ...all('x'), unknown: 'failed' },
  seen_pending: { ...all('pending'), pending: '=', succeeded: '=' },
  seen_succeeded: { ...all('succeeded'), succeeded: '=' },
  seen_failed: { ...all('failed'), failed: '=' },
  seen_cancelled: { ...all('cancelled'), cancelled: '=', failed: '=' },
};

describe('the life cycle of a refund', () => {
  for (const event of refundEvents) {
    for (const status of refundStatuses) {
      test(`${status} and ${event} give ${table[event][status]}`, () => {
        const decision = decideRefund(status, event);
        const outcome = { changed: '', unchanged: '=', refused: 'x' }[decision.kind];
        expect(decision.kind === 'changed' ? decision.to : outcome).toBe(table[event][status]);
      });
    }
  }
});
