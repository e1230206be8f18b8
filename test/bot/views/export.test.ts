import { expect, test } from 'vitest';
import { confirmationView } from '#bot/kit/confirmation.ts';
import { type ExportProgress, exitQuestion, exportView } from '#bot/screens/providers/exit-view.ts';
import { drawn } from '../support/values.ts';

const progress: ExportProgress = {
  provider: 'btcpay',
  tablesMax: 9,
  files: 3,
  end: 'under_way',
  tables: [
    { name: 'orders', rows: 40 },
    { name: 'reconciliation-runs', rows: 1 },
  ],
};

test('an export asks first, and says whose data it is', () => {
  expect(
    drawn(confirmationView(exitQuestion('btcpay'), { pendingId: 'AAECAwQFBgcICQoLDA0ODw' })),
  ).toMatchInlineSnapshot(`
    "❓ <b>Export everything of BTCPay?</b>
    Orders, payments, timeline, refunds, exceptions, raw events, reconciliation and outages come here as files.
    They hold your customers’ names and e-mail addresses: keep them safe.
    Nothing is changed or deleted.
    <i>Good for 2 minutes, for you only.</i>
    [Yes, export it](confirm:AAECAwQFBgcICQoLDA0ODw)
    [No, go back](providers)"
  `);
});

test('an export shows how far it is, and what came of it', () => {
  expect(drawn(exportView(progress))).toMatchInlineSnapshot(`
    "📦 <b>Exporting BTCPay</b> · 2 of 9 · 3 files
    orders: 40 rows
    reconciliation runs: 1 row"
  `);
  expect(exportView({ ...progress, end: 'done' }).text).toContain('✅ <b>Exported BTCPay</b> · 3 files');
});

test('an export begins without counts of nothing', () => {
  expect(exportView({ ...progress, tables: [], tablesMax: 0, files: 0 }).text).toBe('📦 <b>Exporting BTCPay</b>');
});

test.each(['stopped', 'failed', 'too_large'] as const)('an export that %s says that it is not all', (end) => {
  expect(exportView({ ...progress, end }).text).toContain('not all');
});
