import { describe, expect, test } from 'vitest';
import { providersView } from '#bot/screens/providers/providers-view.ts';
import { day, hour } from '#kernel/clock.ts';
import { anOutage, aReport, at, drawn, look } from '../support/values.ts';

const { health } = aReport();
const served = { ...look, setUp: { report: undefined, isRunning: false } };

describe('the list of providers', () => {
  test('shows each with its breaker, its last failure and its gaps', () => {
    const failing = { breaker: 'open', openedAt: at, lastError: '4200 <timeout>' } as const;
    const reports = [
      aReport(),
      aReport({
        health: { ...health, provider: 'bitpay', ...failing },
        gaps: ['Without a merchant token payments cannot be listed.'],
        webhooks: { lastAt: null, usualPerDay: null, silentSince: null },
      }),
    ];
    expect(providersView(reports, served).text).toMatchInlineSnapshot(`
      "<b>Providers</b>

      <b>BTCPay</b> 🟢 reachable
      Answered 04:00 · webhook 04:00

      <b>BitPay</b> 🔴 not called: too many failures since 22 Nov, 04:00
      Last failure: 4200 &lt;timeout&gt;
      Answered 04:00 · no webhook yet
      • Without a merchant token payments cannot be listed.

      🔧 Set-up not checked yet"
    `);
  });

  test('shows one that is away, one that is being caught up with and one that is taken for gone', () => {
    const reports = [
      aReport({ outage: anOutage({ status: 'blind', answeredAt: null, endedAt: null }) }),
      aReport({
        health: { ...health, provider: 'coinbase' },
        outage: anOutage({ provider: 'coinbase', status: 'catching_up', endedAt: null }),
      }),
      aReport({
        health: { ...health, provider: 'bitpay', retiredAt: at },
        outage: anOutage({ provider: 'bitpay', status: 'retired', retiredAt: at, reason: 'probe: HTTP 410' }),
      }),
    ];
    expect(drawn(providersView(reports, served))).toMatchInlineSnapshot(`
      "<b>Providers</b>

      <b>BTCPay</b> 🔴 unavailable since 22 Nov, 04:00
      Last failure: probe: ECONNREFUSED
      Answered 04:00 · webhook 04:00

      <b>Coinbase</b> 🟡 back, catching up since 22 Nov, 05:01
      Answered 04:00 · webhook 04:00

      <b>BitPay</b> ⚫ decommissioned since 22 Nov, 04:00, asked once a day
      Last failure: probe: HTTP 410
      Answered 04:00 · webhook 04:00

      🔧 Set-up not checked yet
      [Refresh](providers) [Check now](set_up:providers)
      [Ask BitPay again](provider:ask:bitpay)"
    `);
  });

  test('shows how its webhooks come, what is kept of refused ones, and what its last outages came to', () => {
    const reports = [
      aReport({
        webhooks: { lastAt: at, usualPerDay: 11.6, silentSince: null },
        quarantine: { count: 3, withBody: 2 },
        pastOutages: [anOutage(), anOutage({ beganAt: at - 3 * day, answeredAt: at - 3 * day + hour, lostCount: 1 })],
      }),
      aReport({ webhooks: { lastAt: at, usualPerDay: 0.4, silentSince: at } }),
    ];
    expect(drawn(providersView(reports, served))).toMatchInlineSnapshot(`
      "<b>Providers</b>

      <b>BTCPay</b> 🟢 reachable
      Answered 04:00 · webhook 04:00, of about 12 payments a day
      🧪 3 refused webhooks kept, 2 may be real
      Outage 04:00: unavailable for 61 minutes, 4 payments recovered, 0 lost
      Outage 19 Nov: unavailable for 60 minutes, 4 payments recovered, 1 lost

      <b>BTCPay</b> 🟢 reachable
      Answered 04:00
      🔕 No webhook since 22 Nov, 04:00

      🔧 Set-up not checked yet
      [Refresh](providers) [Check now](set_up:providers)
      [Check quarantine](provider:quarantine:all)"
    `);
  });

  test('fits a phone however much there is to say', () => {
    const talkative = aReport({
      gaps: Array.from({ length: 9 }, () => 'It cannot do this, nor that, and the other thing only on Sundays.'),
      pastOutages: [anOutage(), anOutage()],
      quarantine: { count: 200, withBody: 200 },
    });
    const { text } = providersView([talkative, talkative, talkative, talkative, talkative], served);
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
  });
});
