// A provider as files: what is in them, what is not, and that they are read page by page.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportProvider } from '#exports/export-provider.ts';
import type { ExportRow } from '#exports/export-rows.ts';
import { second } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createFakeSalesChannel } from '#test/support/fakes/sales-channel.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
const actor = { kind: 'admin', id: '42' } as const;
const redact = (text: string): string => text.replaceAll('s3cret', '[redacted]');

beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

async function readAll(): Promise<Record<string, { rows: ExportRow[]; pages: number }>> {
  const tables = await exportProvider(deps, { provider: 'btcpay', actor, redact });
  const read: Record<string, { rows: ExportRow[]; pages: number }> = {};
  for (const table of tables) {
    const all = { rows: [] as ExportRow[], pages: 0 };
    for await (const page of table.pages()) {
      all.rows.push(...page);
      all.pages += 1;
    }
    read[table.name] = all;
  }
  return read;
}

async function hear(reference: string, body: Uint8Array): Promise<void> {
  const id = deps.ids.newId();
  await opened.database.transaction((stores) =>
    stores.inbox.append({
      id,
      receivedAt: deps.clock.now(),
      source: 'btcpay',
      eventKey: id,
      eventType: 'InvoiceSettled',
      reference,
      detail: null,
      trust: 'signed',
      body,
      headers: { 'btcpay-sig': 'sha256=of-the-signature' },
    }),
  );
  deps.clock.advance(second);
}

test('everything of the provider is there, and nothing of any other', async () => {
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference('ours') });
  await showSnapshot(deps, { paymentId, shows: { state: 'expired', reference: asProviderReference('ours') } });
  const { order, payment } = await detailsOf(deps, paymentId);
  await placeTestOrder(deps, { provider: 'bitpay', reference: asProviderReference('theirs') });
  // A second payment of the same order at the same provider, and one elsewhere: the order is one row.
  for (const [id, provider] of [['2', 'btcpay'] as const, ['3', 'bitpay'] as const]) {
    await opened.database.transaction((stores) =>
      stores.payments.insertPayment({
        ...payment,
        provider,
        reference: asProviderReference(`more-${id}`),
        id: `${payment.id}${id}` as typeof payment.id,
      }),
    );
  }
  const body = '{"amount":1e-7,\r\n "key":"s3cret"}';
  await hear('ours', new TextEncoder().encode(body));
  await hear('ours', new Uint8Array([0xff, 0xfe, 0x00]));
  const files = await readAll();
  expect(files['orders']?.rows).toMatchObject([{ id: order.id, number: `T-${order.number}`, amount: '49.00' }]);
  expect(files['payments']?.rows.map((row) => row['reference'])).toEqual(['ours', 'more-2']);
  expect(files['payments']?.rows[0]).toMatchObject({
    status: 'expired',
    requested_amount: '49.00',
    provider: 'btcpay',
  });
  expect(files['timeline']?.rows.map((row) => row['to_status'])).toContain('expired');
  expect(files['events']?.rows.map((row) => [row['body_encoding'], row['body']])).toEqual([
    ['text', '{"amount":1e-7,\r\n "key":"[redacted]"}'],
    ['base64', '//4A'],
  ]);
  expect(files['exceptions']?.rows).toMatchObject([{ kind: 'payment_expired', order_id: order.id }]);
  expect(JSON.stringify(files)).not.toContain('theirs');
});

test('each comparison is there with its findings, also one that found a single difference or none', async () => {
  const now = deps.clock.now();
  const counts = { comparedCount: 3, matchedCount: 2, healedCount: 0, openCount: 1 };
  const run = {
    ...counts,
    windowFrom: 0,
    windowTo: now,
    startedAt: now,
    finishedAt: now,
    startedBy: 'x',
    takenUpAt: null,
    error: null,
  };
  await opened.database.transaction(async ({ reconciliation }) => {
    for (const [id, found] of [['none', 0] as const, ['one', 1] as const, ['two', 2] as const]) {
      await reconciliation.insertRun({ ...run, id, provider: 'btcpay', status: 'running' });
      for (let at = 0; at < found; at += 1) {
        const about = {
          provider: 'btcpay',
          reference: null,
          paymentId: null,
          here: 'created',
          there: 'Settled',
        } as const;
        const finding = {
          ...about,
          id: `${id}-${at}`,
          runId: id,
          kind: 'status',
          isHealed: true,
          createdAt: now,
        } as const;
        await reconciliation.insertFinding(finding);
      }
    }
  });
  const files = await readAll();
  expect(files['reconciliation-runs']?.rows).toHaveLength(3);
  expect(files['reconciliation-findings']?.rows.map((row) => row['run_id'])).toEqual(['one', 'two', 'two']);
});

test('no file has a claim link, a signature or another credential', async () => {
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference('ours') });
  const { order } = await detailsOf(deps, paymentId);
  await opened.database.transaction((stores) =>
    stores.refunds.insertRefund({
      id: deps.ids.newId() as never,
      orderId: order.id,
      paymentId,
      provider: 'btcpay',
      status: 'pending',
      version: 1,
      currency: 'USD',
      amountMinor: 100,
      requestedAmount: '1.00',
      requestedAsset: 'USD',
      reason: 'because',
      requestedByKind: 'admin',
      requestedById: '42',
      approvedById: null,
      reference: 'r',
      claimUrl: 'https://claim.example/whoever-has-this-is-paid',
      providerStatus: null,
      transactionIds: [],
      sentAt: null,
      sends: 0,
      nextPollAt: null,
      requestKey: 'an-idempotency-key',
      requestHash: 'h',
      createdAt: 1,
      updatedAt: 1,
      settledAt: null,
    }),
  );
  await hear('ours', new Uint8Array([0x7b, 0x7d]));
  const files = await readAll();
  expect(files['refunds']?.rows).toMatchObject([{ amount: '1.00', currency: 'USD', reason: 'because' }]);
  const everything = JSON.stringify(files);
  for (const door of ['claim.example', 'an-idempotency-key', 'of-the-signature'])
    expect(everything).not.toContain(door);
});

test('bodies of channel events are redacted by their channel, and left out while it is switched off', async () => {
  const at = deps.clock.now();
  const body = new TextEncoder().encode('a sale with its license');
  const about = { source: 'payhip', eventKey: 'k', eventType: 'paid', reference: 'sale-1', detail: null } as const;
  const row = { id: deps.ids.newId(), receivedAt: at, ...about, trust: 'token', headers: {}, body } as const;
  await opened.database.transaction((stores) => stores.inbox.append(row));
  deps.clock.advance(second);
  const channel = createFakeSalesChannel();
  const bodies = async (): Promise<unknown[]> => {
    const tables = await exportProvider({ ...deps, providers: channel }, { provider: 'payhip', actor, redact });
    const rows: ExportRow[] = [];
    for await (const page of tables.find(({ name }) => name === 'events')?.pages() ?? []) rows.push(...page);
    return rows.map(({ event_type: type, body: text }) => [type, text]);
  };
  expect(await bodies()).toEqual([['paid', 'a sale with its …']]);
  channel.isOff = true;
  expect(await bodies()).toEqual([['paid', '']]);
});

test('years of it are read page by page, and each row comes once', async () => {
  const references = Array.from({ length: 450 }, (_, index) => `r-${index}`);
  for (const reference of references) await placeTestOrder(deps, { reference: asProviderReference(reference) });
  for (let event = 0; event < 60; event += 1) await hear(`r-${event}`, new Uint8Array([0x7b, 0x7d]));
  const files = await readAll();
  expect(files['payments']?.pages).toBe(3);
  expect(new Set(files['payments']?.rows.map((row) => row['reference']))).toEqual(new Set(references));
  expect(files['payments']?.rows).toHaveLength(450);
  expect(files['events']?.pages).toBe(3);
  expect(files['events']?.rows).toHaveLength(60);
});

test('the audit trail names who made the export', async () => {
  await exportProvider(deps, { provider: 'btcpay', actor, redact });
  const audit = await opened.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 9 }));
  expect(audit).toMatchObject([{ action: 'provider.export', subject: 'provider:btcpay', actorId: '42' }]);
});
