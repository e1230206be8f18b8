import { describe, expect, test } from 'vitest';
import { hour } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { WebhookRate } from '#payments/model/webhook-rate.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

function sampleOutage(id: string, change: Partial<Outage> = {}): Outage {
  return {
    id,
    provider: 'btcpay',
    status: 'blind',
    version: 1,
    beganAt: noon,
    reason: 'probe: HTTP 503',
    askedAt: noon + 30_000,
    goneSince: null,
    goneCount: 0,
    retiredAt: null,
    answeredAt: null,
    endedAt: null,
    lookedCount: 0,
    recoveredCount: 0,
    lostCount: 0,
    ...change,
  };
}

export function describeOutages(open: OpenContractDatabase): void {
  describe('an outage', () => {
    test('comes back as it was stored, and a provider has one at a time', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outages }) => {
        const outage = sampleOutage('1', { goneSince: noon, goneCount: 3, retiredAt: noon + hour });
        expect(await outages.insertOutage(outage)).toBe(true);
        expect(await outages.findLiveOutage('btcpay')).toEqual(outage);
        expect(await outages.insertOutage(sampleOutage('2'))).toBe(false);
        expect(await outages.insertOutage(sampleOutage('3', { provider: 'bitpay', beganAt: noon - 1 }))).toBe(true);
        expect((await outages.listLiveOutages()).map(({ id }) => id)).toEqual(['3', '1']);
        expect(await outages.findLiveOutage('coinbase')).toBeUndefined();
      });
    });

    test('changes only for who saw it as it is, and makes room for the next one when it is over', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outages }) => {
        const outage = sampleOutage('1');
        await outages.insertOutage(outage);
        const change = { status: 'catching_up', answeredAt: noon + hour } as const;
        await expect(outages.changeOutage({ ...outage, version: 2 }, change)).rejects.toThrow(ConcurrentChange);
        const changed = await outages.changeOutage(outage, change);
        expect(changed).toEqual({ ...outage, ...change, version: 2 });
        await expect(outages.changeOutage(outage, change)).rejects.toThrow(ConcurrentChange);
        expect(await outages.findLiveOutage('btcpay')).toEqual(changed);
        const over = { status: 'over', endedAt: noon + hour, recoveredCount: 4 } as const;
        await outages.changeOutage(changed, over);
        expect(await outages.findLiveOutage('btcpay')).toBeUndefined();
        expect(await outages.insertOutage(sampleOutage('2', { beganAt: noon + 2 * hour }))).toBe(true);
        const all = await outages.listOutages({ provider: 'btcpay', limit: 9 });
        expect(all.map(({ id, status }) => `${id} ${status}`)).toEqual(['2 blind', '1 over']);
        expect(await outages.listOutages({ provider: null, limit: 1 })).toHaveLength(1);
        expect(await outages.listLatestOutages(['bitpay', 'btcpay'])).toMatchObject([{ id: '2' }]);
        expect(await outages.listOutages({ provider: 'bitpay', limit: 9 })).toEqual([]);
      });
    });

    test('is forgotten when it ended long ago, and never while it lasts', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outages }) => {
        await outages.insertOutage(sampleOutage('1', { status: 'over', endedAt: noon }));
        await outages.insertOutage(sampleOutage('2', { status: 'over', endedAt: noon + hour }));
        await outages.insertOutage(sampleOutage('3'));
        expect(await outages.pruneOutages({ before: noon, limit: 9 })).toBe(0);
        expect(await outages.pruneOutages({ before: noon + 2 * hour, limit: 1 })).toBe(1);
        expect(await outages.pruneOutages({ before: noon + 2 * hour, limit: 9 })).toBe(1);
        expect((await outages.listOutages({ provider: null, limit: 9 })).map(({ id }) => id)).toEqual(['3']);
      });
    });
  });

  describe('the rate of webhooks', () => {
    test('is one row for each provider, which is replaced', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ webhookRates }) => {
        const rate: WebhookRate = {
          provider: 'btcpay',
          perHour: [0.25, 1.5],
          days: [1, 2],
          learnedUntil: noon,
          firstAt: null,
          heardCount: 0,
          checkedAt: null,
        };
        expect(await webhookRates.listRates(['btcpay'])).toEqual([]);
        await webhookRates.saveRate(rate);
        expect(await webhookRates.listRates(['btcpay', 'bitpay'])).toEqual([rate]);
        const later = { ...rate, perHour: [1 / 3, 2], firstAt: noon, heardCount: 7, checkedAt: noon + hour };
        await webhookRates.saveRate(later);
        expect(await webhookRates.listRates(['btcpay'])).toEqual([later]);
        expect(await webhookRates.listRates(['bitpay'])).toEqual([]);
      });
    });
  });
}
