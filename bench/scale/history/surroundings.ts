// What a shop has whatever its number of orders: its catalogue, two years of settings, outages and settlements, and the
// comparisons with each provider's list within their retention, one an hour.
import { createHash } from 'node:crypto';
import { day, hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { digitsByCode } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Payment } from '#payments/model/payment.ts';
import { reconciliationRetention } from '#payments/reconciliation/reconciliation-runs.ts';
import { createStream } from '#test/simulation/engine/random.ts';
import type { NewId } from './ids.ts';
import { wares } from './people.ts';
import { beganAt, daysClosed, endsAt, type HistoryPlan } from './period.ts';
import type { Write } from './rows.ts';
import { firstNumber } from './stories.ts';

const compared: readonly ProviderName[] = ['coinbase', 'bitpay', 'btcpay', 'nowpayments'];
/** A run compares the last days; a finding is rare. */
const windowMs = 9 * day;
const findingsShare = 0.000_4;

interface Deps {
  write: Write;
  newId: NewId;
  plan: HistoryPlan;
}

export function writeSurroundings(deps: Deps, recent: readonly Payment[]): void {
  writeCatalogue(deps);
  writeComparisons(deps, recent);
  writeProviders(deps);
}

function writeCatalogue({ write, newId, plan }: Deps): void {
  for (const { sku, name, amountMinor } of wares) {
    const times = { createdAt: beganAt, updatedAt: beganAt };
    const ofChannel = { channel: null, channelKey: null, licenseSecret: null };
    const price = { amountMinor, currency: 'USD' };
    write('products', {
      id: newId(beganAt),
      sku,
      skuKey: sku.toLowerCase(),
      name,
      ...price,
      version: 1,
      ...ofChannel,
      ...times,
    });
  }
  write('counters', { name: 'order_number', value: firstNumber + plan.orders - 1 });
  write('storedSettings', {
    key: 'money.digits',
    value: Object.fromEntries(digitsByCode),
    version: 1,
    updatedAt: beganAt,
  });
}

function writeComparisons({ write, newId, plan }: Deps, recent: readonly Payment[]): void {
  const chance = createStream(`${plan.seed}/comparisons`);
  const perRun = Math.round((plan.orders * windowMs) / (endsAt - beganAt) / compared.length);
  for (let at = endsAt - reconciliationRetention.keptMs; at < endsAt; at += hour) {
    for (const provider of compared) {
      const id = newId(at);
      const isFailed = chance.chance(0.01);
      const healed = isFailed || !chance.chance(perRun * findingsShare) ? 0 : 1;
      write('reconciliationRuns', {
        id,
        provider,
        status: isFailed ? 'failed' : 'finished',
        windowFrom: at - windowMs,
        windowTo: at,
        startedAt: at,
        finishedAt: at + minute / 4,
        takenUpAt: null,
        startedBy: 'reconcile',
        comparedCount: isFailed ? 0 : perRun,
        matchedCount: isFailed ? 0 : perRun - healed,
        healedCount: healed,
        openCount: 0,
        error: isFailed ? 'The provider did not answer.' : null,
      });
      const payment = recent[chance.int(recent.length)];
      if (healed === 0 || payment === undefined) continue;
      const about = { provider, reference: payment.reference, paymentId: payment.id };
      const words = { here: 'pending', there: 'paid' };
      write('reconciliationFindings', {
        id: newId(at),
        runId: id,
        kind: 'status',
        ...about,
        ...words,
        isHealed: true,
        createdAt: at,
      });
    }
  }
}

function writeProviders({ write, newId, plan }: Deps): void {
  const chance = createStream(`${plan.seed}/providers`);
  for (const provider of compared) {
    const usual = plan.orders / daysClosed / 24 / compared.length;
    const learnt = {
      learnedUntil: endsAt - hour,
      firstAt: beganAt,
      heardCount: Math.round(plan.orders / 4),
      checkedAt: null,
    };
    write('webhookRates', { provider, perHour: Array(24).fill(usual), days: Array(24).fill(daysClosed), ...learnt });
    for (let count = 0; count < 5; count += 1) {
      const at = beganAt + chance.int(daysClosed) * day;
      write('providerOutages', {
        id: newId(at),
        provider,
        liveProvider: null,
        status: 'over',
        version: 4,
        beganAt: at,
        reason: 'no answer in time',
        askedAt: at,
        goneSince: null,
        goneCount: 0,
        retiredAt: null,
        answeredAt: at + hour,
        endedAt: at + hour + minute,
        lookedCount: 12,
        recoveredCount: 12,
        lostCount: 0,
      });
    }
  }
  for (let index = 0; index < daysClosed; index += 1) {
    const from = beganAt + index * day;
    const amount = ((plan.orders / daysClosed) * 30).toFixed(2);
    const money = { currency: 'USD', amount, status: 'settled', references: [asProviderReference(`day-${index}`)] };
    write('settlements', {
      provider: 'bitpay',
      id: `S-${index}`,
      ...money,
      from,
      to: from + day,
      settledAt: from + 2 * day,
      readAt: from + 2 * day,
    });
  }
  for (let count = 0; count < 30; count += 1) {
    const body = Buffer.from(`{"forged":${count}}`);
    const at = endsAt - (count + 1) * hour;
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const kept = { bodyHash, bodyBytes: body.length, headers: null, body };
    write('quarantinedWebhooks', { id: newId(at), source: 'btcpay', receivedAt: at, reason: 'bad signature', ...kept });
  }
}
