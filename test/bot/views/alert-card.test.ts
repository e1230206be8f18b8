import { describe, expect, test } from 'vitest';
import { alertCard, wakeNotice } from '#bot/screens/cases/alert-card-view.ts';
import { caseList } from '#bot/screens/cases/case-list-view.ts';
import { caseKinds, caseSeverities, caseStatuses } from '#cases/case.ts';
import { day } from '#kernel/clock.ts';
import { anAlert, aPage, aPlace, at, drawn, hostile, look } from '../support/values.ts';

const card = { ...look, place: 'card' } as const;
const minute = 60_000;

describe('an alert card', () => {
  test('says what happened, to which order, why, and how sure we are', () => {
    expect(drawn(alertCard(anAlert(), card))).toMatchInlineSnapshot(`
      "🔴 <b>CRITICAL</b> · Payment underpaid
      Order <b>T-1042</b> · <b>49.00 USD</b> · BTCPay
      20.00 of 49.00 USD received
      Why: BTCPay says: Expired / PaidPartial
      How sure: confirmed with BTCPay
      Since 22 Nov, 04:00
      [Acknowledge](alert:ack:AZL1oHw-eryN7wEjRWeJqw) [Snooze 1 h](alert:snooze:AZL1oHw-eryN7wEjRWeJqw)
      [New payment link](alert:link:AZL1oHw-eryN7wEjRWeJqw) [Open order](alert:open:AZL1oHw-eryN7wEjRWeJqw)"
    `);
  });

  test('tells who acknowledged it, when, and how often it happened again', () => {
    const alert = anAlert({
      status: 'acknowledged',
      acknowledgedAt: at + 5 * minute,
      acknowledgedBy: 'Ann',
      occurrences: 3,
      lastRaisedAt: at + 4 * minute,
    });
    expect(drawn(alertCard(alert, card))).toMatchInlineSnapshot(`
      "🔴 <b>CRITICAL</b> · Payment underpaid
      Order <b>T-1042</b> · <b>49.00 USD</b> · BTCPay
      20.00 of 49.00 USD received
      Why: BTCPay says: Expired / PaidPartial
      How sure: confirmed with BTCPay
      Happened 3 times, last 22 Nov, 04:04
      ✋ Acknowledged by Ann, 22 Nov, 04:05
      [Snooze 1 h](alert:snooze:AZL1oHw-eryN7wEjRWeJqw) [New payment link](alert:link:AZL1oHw-eryN7wEjRWeJqw)
      [Open order](alert:open:AZL1oHw-eryN7wEjRWeJqw)"
    `);
  });

  test('tells until when it is snoozed', () => {
    const alert = anAlert({ status: 'snoozed', acknowledgedBy: 'Ann', snoozedUntil: at + 60 * minute });
    expect(alertCard(alert, card).text).toMatchInlineSnapshot(`
      "🔴 <b>CRITICAL</b> · Payment underpaid
      Order <b>T-1042</b> · <b>49.00 USD</b> · BTCPay
      20.00 of 49.00 USD received
      Why: BTCPay says: Expired / PaidPartial
      How sure: confirmed with BTCPay
      Since 22 Nov, 04:00
      💤 Snoozed by Ann until 22 Nov, 05:00"
    `);
  });

  test('tells what resolved it, and loses its buttons', () => {
    const alert = anAlert({
      status: 'resolved',
      severity: 'warning',
      acknowledgedAt: at + minute,
      acknowledgedBy: 'Ann',
      resolvedAt: at + 30 * minute,
      outcome: 'The order is paid.',
    });
    expect(drawn(alertCard(alert, card))).toMatchInlineSnapshot(`
      "✅ <b>RESOLVED</b> · was warning · Payment underpaid
      Order <b>T-1042</b> · <b>49.00 USD</b> · BTCPay
      20.00 of 49.00 USD received
      Why: BTCPay says: Expired / PaidPartial
      How sure: confirmed with BTCPay
      Since 22 Nov, 04:00
      ✋ Acknowledged by Ann, 22 Nov, 04:01
      ✅ Resolved 22 Nov, 04:30: The order is paid."
    `);
  });

  test('shows hostile words as words', () => {
    const facts = { ...anAlert().facts, headline: hostile, why: hostile, detail: hostile };
    const { text } = alertCard(anAlert({ facts, acknowledgedBy: hostile, status: 'snoozed', snoozedUntil: at }), card);
    expect(text).toContain('&lt;b&gt;Eve&lt;/b&gt; &amp; &quot;co&quot; evil /refund T-1 😀');
    expect(text).not.toContain('<b>Eve');
    expect(text).not.toContain('\u202E');
    expect(text.length).toBeLessThanOrEqual(4096);
  });

  test.each(
    caseStatuses.flatMap((status) =>
      caseSeverities.flatMap((severity) => caseKinds.map((kind) => ({ status, severity, kind }))),
    ),
  )('$kind, $severity, $status: the first line says the severity, with at most four buttons', (differences) => {
    const { text, keyboard } = alertCard(anAlert(differences), card);
    expect(text.split('\n')[0]?.toLowerCase()).toContain(differences.severity);
    expect(keyboard.flat().length).toBeLessThanOrEqual(4);
  });

  test('rings again in one line when its snooze is over', () => {
    expect(wakeNotice(anAlert())).toMatchInlineSnapshot(
      `"⏰ The snooze is over and it is still open: <b>Payment underpaid</b> · T-1042"`,
    );
  });
});

describe('the list of alerts', () => {
  const alertList = (page: Parameters<typeof caseList>[0]['page']) =>
    caseList({ page, counts: [] }, { ...look, filter: 'alerts' });
  const facts = anAlert().facts;

  test('has one line for each, and short buttons of the same names', () => {
    const alerts = [
      anAlert(),
      anAlert({ severity: 'info', status: 'snoozed', facts: { ...facts, orderNumber: null }, lastRaisedAt: at - day }),
    ];
    expect(drawn(alertList(aPage(alerts, { key: aPlace, index: 1, hasMore: true })))).toMatchInlineSnapshot(`
      "<b>Alerts</b> · page 2
      🔴 <b>T-1042</b> Payment underpaid · 04:00
      🔵💤 <b>BTCPay</b> Payment underpaid · 21 Nov
      [T-1042](alert_view:AZL1oHw-eryN7wEjRWeJqw) [BTCPay](alert_view:AZL1oHw-eryN7wEjRWeJqw)
      [‹ Newer](alerts) [Older ›](alerts:2mwr91400AZL1oHw-eryN7wEjRWeJqw)"
    `);
  });

  test('names two alerts of one order apart, and one without order and provider by its kind', () => {
    const stray = { ...facts, orderNumber: null };
    const alerts = [
      anAlert(),
      anAlert({ status: 'acknowledged' }),
      anAlert({ kind: 'dead_letter', provider: null, facts: stray }),
      anAlert({ kind: 'shop_untold', provider: null, facts: stray }),
    ];
    const { text, keyboard } = alertList(aPage(alerts, { key: aPlace }));
    expect(keyboard.map((row) => row.map((button) => button.text))).toEqual([
      ['T-1042', 'T-1042 (2)'],
      ['Dead letter', 'Shop not told'],
    ]);
    expect(text).toContain('🔴✋ <b>T-1042 (2)</b>');
  });

  test.each([
    [1, [1]],
    [4, [4]],
    [5, [3, 2]],
    [7, [4, 3]],
    [8, [4, 4]],
  ])('shares %i short buttons out evenly', (count, rows) => {
    const alerts = Array.from({ length: count }, (_, index) =>
      anAlert({ facts: { ...facts, orderNumber: `T-104${index}` } }),
    );
    const { keyboard } = alertList(aPage(alerts, { key: aPlace }));
    expect(keyboard.map((row) => row.length)).toEqual(rows);
  });

  test('leaves no button alone where names are long', () => {
    const alerts = Array.from({ length: 7 }, () => anAlert({ facts: { ...facts, orderNumber: 'T-104' } }));
    const { keyboard } = alertList(aPage(alerts, { key: aPlace }));
    expect(keyboard.map((row) => row.length)).toEqual([3, 2, 2]);
  });

  test('says when nothing needs a human', () => {
    expect(alertList(aPage([], { key: aPlace })).text).toMatchInlineSnapshot(`
      "<b>Alerts</b>
      ✅ Nothing needs a human."
    `);
  });
});
