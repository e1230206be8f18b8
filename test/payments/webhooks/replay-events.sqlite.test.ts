// Stored events once more: what a dry run says, what the real run does, and where both end.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { verifyBtcpayWebhook } from '#payments/providers/btcpay/webhook.ts';
import type { ReplayMode, ReplayRange, ReplayReport } from '#payments/webhooks/replay.ts';
import { replayEvents } from '#payments/webhooks/replay-events.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
let slept: number[];
const actor = { kind: 'admin', id: '42' } as const;
const secrets = ['today'];
const paid: Partial<PaymentSnapshot> = {
  state: 'confirmed',
  providerStatus: 'Settled',
  settlement: { expected: '49.00', received: '49.00', asset: 'USD' },
};

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  slept = [];
  const pause = async (ms: number): Promise<void> => {
    slept.push(ms);
    made.clock.advance(ms);
  };
  const clock = { ...made.clock, pause };
  providers = createScriptedProviders(['btcpay'], clock);
  const scripted = providers.find('btcpay');
  if (scripted === undefined) throw new Error('btcpay is off');
  const provider: PaymentProvider = {
    ...scripted,
    verifyWebhook: (delivery) => verifyBtcpayWebhook(delivery, { webhookSecrets: secrets, storeId: 'store' }),
  };
  deps = { ...made, clock, providers: { ...providers, list: () => [provider], find: () => provider } };
});
afterEach(() => opened.remove());

/** An event about the reference, signed with the secret; without headers as in old times when there is none. */
async function hear(reference: string, more: { secret?: string | null; type?: string } = {}): Promise<string> {
  const { secret = 'today', type = 'InvoiceSettled' } = more;
  const id = deps.ids.newId();
  const body = Buffer.from(JSON.stringify({ type, storeId: 'store', invoiceId: reference, deliveryId: id }));
  const sign = (key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
  await opened.database.transaction((stores) =>
    stores.inbox.append({
      id,
      receivedAt: deps.clock.now(),
      source: 'btcpay',
      eventKey: id,
      eventType: type,
      reference,
      detail: null,
      trust: 'signed',
      body,
      headers: secret === null ? null : { 'btcpay-sig': sign(secret) },
    }),
  );
  deps.clock.advance(minute);
  return id;
}

async function place(reference: string, shows: Partial<PaymentSnapshot> = {}): Promise<PaymentId> {
  const paymentId = await placeTestOrder(deps, {
    reference: asProviderReference(reference),
    creation: 'confirmed',
  });
  providers.shows(reference, { paymentId, ...shows });
  return paymentId;
}

const rangeOf = (change: Partial<Extract<ReplayRange, { kind: 'range' }>> = {}): ReplayRange => ({
  kind: 'range',
  provider: 'btcpay',
  from: 0,
  to: deps.clock.now() + 1,
  eventType: null,
  ...change,
});
const replay = (mode: ReplayMode, range: ReplayRange = rangeOf()): Promise<ReplayReport> =>
  replayEvents(deps, { range, mode, actor });
const statusOf = async (paymentId: PaymentId) => (await detailsOf(deps, paymentId)).payment.status;

/** Everything that is stored, except for the audit trail, which has the dry run itself. */
async function everything(paymentId: PaymentId): Promise<unknown> {
  const { order, payment, timeline } = await detailsOf(deps, paymentId);
  const rest = await opened.database.read(async (stores) => ({
    alerts: await listAlerts(stores, ['open', 'resolved']),
    outbox: await stores.outbox.depths(deps.clock.now()),
  }));
  return { order, payment, timeline, ...rest };
}

describe('a dry run', () => {
  test('says what would change and changes nothing', async () => {
    const paymentId = await place('a', paid);
    await place('b');
    await hear('a');
    await hear('b');
    const before = await everything(paymentId);
    const report = await replay('dry_run');
    const { order } = await detailsOf(deps, paymentId);
    expect(report).toMatchObject({
      mode: 'dry_run',
      found: 2,
      refused: 0,
      total: 2,
      processed: 2,
      movedCount: 1,
      unchanged: 1,
      unknown: 0,
      moves: [{ orderNumber: `T-${order.number}`, provider: 'btcpay', from: 'created', to: 'paid' }],
      stoppedBy: null,
    });
    expect(await everything(paymentId)).toEqual(before);
  });

  test('forecasts what the real run then does', async () => {
    const paymentId = await place('a', paid);
    await hear('a');
    const forecast = await replay('dry_run');
    const done = await replay('real');
    expect(done.moves).toEqual(forecast.moves);
    expect(await statusOf(paymentId)).toBe('paid');
    expect(await replay('real')).toMatchObject({ movedCount: 0, unchanged: 1 });
    const { timeline } = await detailsOf(deps, paymentId);
    expect(timeline.at(-1)).toMatchObject({ causeKind: 'admin', causeId: '42' });
  });

  test('fetches a payment once, however many events it has', async () => {
    await place('a');
    for (let event = 0; event < 5; event += 1) await hear('a');
    expect(await replay('dry_run')).toMatchObject({ found: 5, total: 1, processed: 1 });
  });

  test('counts unknown payments, and asks the provider which order they belong to', async () => {
    await hear('foreign');
    expect(await replay('dry_run')).toMatchObject({ unknown: 1, movedCount: 0 });
    const paymentId = await placeTestOrder(deps, { creation: 'requested' });
    providers.shows('lost-create', { paymentId, ...paid });
    await hear('lost-create');
    expect(await replay('dry_run')).toMatchObject({ unknown: 1, movedCount: 1 });
    expect(await replay('real')).toMatchObject({ movedCount: 1 });
    expect(await statusOf(paymentId)).toBe('paid');
  });
});

describe('an event', () => {
  test('that today’s secrets do not accept is left out', async () => {
    const paymentId = await place('a', paid);
    await hear('a', { secret: 'yesterday' });
    expect(await replay('real')).toMatchObject({ found: 1, refused: 1, total: 0, processed: 0 });
    expect(await statusOf(paymentId)).toBe('created');
  });

  test('from before headers were stored is replayed: its payment is fetched in any case', async () => {
    await place('a', paid);
    await hear('a', { secret: null });
    expect(await replay('real')).toMatchObject({ refused: 0, movedCount: 1 });
  });

  test('is replayed alone by its id', async () => {
    const first = await place('a', paid);
    const second = await place('b', paid);
    const eventId = await hear('a');
    await hear('b');
    expect(await replay('real', { kind: 'event', eventId })).toMatchObject({ found: 1, movedCount: 1 });
    expect(await Promise.all([statusOf(first), statusOf(second)])).toEqual(['paid', 'created']);
    expect(await replay('dry_run', { kind: 'event', eventId: 'none' })).toMatchObject({ found: 0, total: 0 });
  });
});

describe('a range', () => {
  test('takes what came in its time, and of its type', async () => {
    for (const reference of ['a', 'b', 'c']) await place(reference, paid);
    await hear('a');
    const from = deps.clock.now();
    await hear('b', { type: 'InvoiceExpired' });
    await hear('c');
    const to = deps.clock.now();
    deps.clock.advance(hour);
    await hear('a');
    expect(await replay('dry_run', rangeOf({ from, to }))).toMatchObject({ found: 2, movedCount: 2 });
    expect(await replay('dry_run', rangeOf({ from, to, eventType: 'InvoiceSettled' }))).toMatchObject({ found: 1 });
  });

  test('takes a thousand events at most, and says that there are more', async () => {
    await place('a');
    await opened.database.transaction(async (stores) => {
      for (let event = 0; event < 1_001; event += 1) {
        const id = deps.ids.newId();
        await stores.inbox.append({
          id,
          receivedAt: deps.clock.now(),
          source: 'btcpay',
          eventKey: id,
          eventType: 'x',
          reference: 'a',
          detail: null,
          trust: 'signed',
          body: new Uint8Array(),
        });
      }
    });
    expect(await replay('dry_run')).toMatchObject({ found: 1_000, isCut: true, total: 1 });
  });
});

describe('the fetches', () => {
  test('come two a second', async () => {
    for (const reference of ['a', 'b', 'c']) {
      await place(reference);
      await hear(reference);
    }
    await replay('dry_run');
    expect(slept).toEqual([500, 500]);
  });

  test('end cleanly when their signal aborts, and when the provider becomes unavailable', async () => {
    for (const reference of ['a', 'b', 'c']) {
      await place(reference, paid);
      await hear(reference);
    }
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const options = { range: rangeOf(), mode: 'real', actor, onProgress, signal: stop.signal } as const;
    expect(await replayEvents(deps, options)).toMatchObject({
      processed: 1,
      movedCount: 1,
      stoppedBy: 'It was stopped.',
    });
    providers.feels('btcpay', { breaker: 'open' });
    expect(await replay('real')).toMatchObject({ processed: 0, stoppedBy: 'BTCPay does not answer.' });
  });

  test('leave a line in the audit, the dry ones and the real ones', async () => {
    await replay('dry_run', rangeOf({ from: 1, to: 2, eventType: 'InvoiceSettled' }));
    await replay('real', { kind: 'event', eventId: 'e' });
    const audit = await opened.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 9 }));
    expect(audit).toMatchObject([
      { action: 'replay.run', subject: 'event:e', actorId: '42' },
      {
        action: 'replay.dry_run',
        subject: 'provider:btcpay',
        actorId: '42',
        details: { from: 1, to: 2, eventType: 'InvoiceSettled' },
      },
    ]);
  });
});
