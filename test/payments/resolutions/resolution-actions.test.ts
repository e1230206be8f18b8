import { describe, expect, test } from 'vitest';
import { actionText } from '#bot/screens/cases/case-card-view.ts';
import { decisionKinds } from '#cases/case.ts';
import { offeredActions, type Situation } from '#payments/resolutions/options/offered-actions.ts';
import {
  allowedActions,
  resolutionActions,
  resolvingActions,
} from '#payments/resolutions/options/resolution-actions.ts';
import { anException, anOrder, aPayment } from '#test/bot/support/values.ts';

/** What may be decided about which kind: a change here is a change of what people may do with money. */
const table: Record<(typeof decisionKinds)[number], string> = {
  payment_underpaid: 'ask_rest accept refund wait new_link cancel',
  payment_overpaid: 'keep refund_surplus',
  payment_paid_twice: 'refund_surplus keep',
  payment_paid_late: 'accept refund',
  payment_failed: 'new_link check mark_paid cancel',
  payment_unconfirmed: 'refund accept check cancel new_link dismiss',
  payment_double_spent: 'check wait new_link mark_paid cancel',
  payment_expired: 'new_link check mark_paid cancel',
  payment_reversed: 'check new_link write_off cancel',
  payment_duplicate: 'keep refund',
  payment_unexpected: 'accept keep refund',
  payment_mismatch: 'new_link check correct dismiss mark_paid cancel',
  payment_unknown: 'link_order dismiss',
  payment_not_created: 'new_link check mark_paid cancel',
  payment_stuck: 'new_link check mark_paid cancel',
  payment_held: 'accept reject',
  payment_unread: 'check mark_paid dismiss',
  refund_failed: 'check dismiss',
  refund_held: 'dismiss',
  refund_unknown: 'check confirm_refunded confirm_not_refunded',
  finding_missing_here: 'link_order dismiss',
  finding_missing_there: 'dismiss correct mark_paid write_off',
  finding_status: 'dismiss correct mark_paid write_off',
  finding_amount: 'dismiss correct mark_paid write_off',
  finding_currency: 'dismiss mark_paid write_off',
};

describe('the table of decisions', () => {
  test.each(decisionKinds)('%s allows exactly what it should', (kind) => {
    expect(allowedActions[kind].join(' ')).toBe(table[kind]);
  });

  test('has a use for every decision, and a name for every button', () => {
    const used = new Set(Object.values(allowedActions).flat());
    expect([...used].sort()).toEqual([...resolutionActions].sort());
    for (const kind of decisionKinds) {
      for (const action of allowedActions[kind]) expect(actionText(kind, action)).toMatch(/^[A-Z]/);
    }
    expect(resolvingActions).not.toContain('check');
  });
});

describe('of these, the situation offers', () => {
  const situation = (differences: Partial<Situation> = {}): Situation => ({
    order: anOrder({ status: 'needs_attention' }),
    payment: aPayment(),
    payments: [aPayment()],
    refunds: [],
    refundableMinor: 0,
    hasSuggestions: false,
    canAsk: true,
    ...differences,
  });
  const short = aPayment({ status: 'underpaid', capturedMinor: 2450 });
  const offered = (kind: (typeof decisionKinds)[number], differences: Partial<Situation> = {}) =>
    offeredActions(anException({ kind }), situation(differences)).join(' ');

  test('nothing about what is over', () => {
    expect(offeredActions(anException({ status: 'resolved' }), situation())).toEqual([]);
  });

  test('the rest where a part is there, and a new link where nothing is', () => {
    expect(offered('payment_underpaid', { payments: [short] })).toBe('ask_rest accept wait');
    expect(offered('payment_underpaid')).toBe('accept wait new_link cancel');
  });

  test('a refund only of what may go back', () => {
    expect(offered('payment_paid_late', { refundableMinor: 4900 })).toBe('accept refund');
    expect(offered('payment_paid_late')).toBe('accept');
    const over = aPayment({ status: 'overpaid', capturedMinor: 6000 });
    const paid = { order: anOrder({ status: 'paid' }), payment: over, payments: [over] };
    expect(offered('payment_overpaid', { ...paid, refundableMinor: 6000 })).toBe('keep refund_surplus');
    expect(offered('payment_overpaid', paid)).toBe('keep');
  });

  test('no acceptance of what is paid already, and no link or cancellation where goods have left or money is there', () => {
    expect(offered('payment_failed', { order: anOrder({ status: 'paid' }) })).toBe('check');
    const delivered = anOrder({ status: 'needs_attention', fulfilledAt: 1 });
    expect(offered('payment_reversed', { order: delivered })).toBe('check new_link write_off');
    expect(offered('payment_reversed', { payments: [short] })).toBe('check');
  });

  test('a rejection only while the sale is held', () => {
    expect(offered('payment_held', { payment: aPayment({ heldAt: 1 }) })).toBe('accept reject');
    expect(offered('payment_held')).toBe('accept');
  });

  test('orders only where there are any to suggest, and the provider’s word only about a payment of ours', () => {
    expect(offered('finding_missing_here')).toBe('dismiss');
    expect(offered('finding_missing_here', { hasSuggestions: true })).toBe('link_order dismiss');
    expect(offered('finding_status', { payment: null, order: null })).toBe('dismiss');
  });

  test('nothing that the provider would have to be asked for where it cannot be', () => {
    const mute = { canAsk: false, hasSuggestions: true };
    expect(offered('finding_status', mute)).toBe('dismiss mark_paid write_off');
    expect(offered('finding_missing_here', mute)).toBe('dismiss');
    expect(offered('payment_mismatch', mute)).toBe('new_link dismiss mark_paid cancel');
    expect(offered('refund_unknown', mute)).toBe('confirm_refunded confirm_not_refunded');
  });
});
