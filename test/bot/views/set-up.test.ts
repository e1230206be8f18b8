import { describe, expect, test } from 'vitest';
import { healthView } from '#bot/screens/providers/health-view.ts';
import { providersView } from '#bot/screens/providers/providers-view.ts';
import type { SetUpState } from '#bot/screens/providers/set-up-view.ts';
import { type CheckStatus, errorCheck, type GroupedCheck, okCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { aReport, at, hostile, look } from '../support/values.ts';

const advice = 'register that address in the settings';
const checks: GroupedCheck[] = [
  { group: 'clock', ...okCheck('clock', '0.1 s behind') },
  { group: 'btcpay', ...okCheck('key', 'has every right') },
  { group: 'bitpay', ...warningCheck('merchant key', { detail: 'none', advice: 'pair one' }) },
  { group: 'btcpay', ...errorCheck('webhook', { detail: 'none posts to https://till.example', advice }) },
];
const known = (found: readonly GroupedCheck[], isRunning = false): SetUpState => ({
  report: { checks: found, finishedAt: at },
  isRunning,
});
const report = { checks: [], jobs: [], queues: [] };
const health = (setUp: SetUpState): string => healthView(report, { ...look, setUp }).text;

describe('/health', () => {
  test('puts what is wrong first, with what to do about it, in a quotation that folds', () => {
    expect(health(known(checks))).toMatchInlineSnapshot(`
      "🔴 <b>Something is wrong</b>
      📥 Nothing waits in the queues
      🔧 Set-up: 1 error, 1 warning, 2 ok · 04:00
      <blockquote expandable>🔴 <b>btcpay webhook</b> none posts to https://till.example
      → register that address in the settings
      🟠 <b>bitpay merchant key</b> none
      → pair one</blockquote>"
    `);
  });

  test('is calm when all is well, and says when that was', () => {
    expect(health(known(checks.slice(0, 2)))).toContain('🟢 <b>All is well</b>');
    expect(health(known(checks.slice(0, 2)))).toContain('🔧 Set-up: 2 ok · 04:00');
  });

  test('says that all is well only so far while the set-up was never checked', () => {
    const unchecked = { report: undefined, isRunning: true };
    expect(health(unchecked)).toContain('🟢 <b>All is well so far</b>');
  });

  test('a warning alone is not trouble', () => {
    expect(health(known(checks.slice(0, 3)))).toContain('🟢 <b>All is well</b>');
  });

  test('says that a look is under way, and shows the last one meanwhile', () => {
    expect(health({ report: undefined, isRunning: true })).toContain('🔧 The set-up is being checked …');
    const again = health(known(checks, true));
    expect(again).toContain('being checked again …');
    expect(again).toContain('none posts to');
  });

  test.each<CheckStatus>(['error', 'warning'])('fits a screen however much is %s', (status) => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      group: 'btcpay',
      name: `check ${index}`,
      status,
      detail: hostile,
      advice: hostile,
    }));
    const text = health(known(many));
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
    expect(text.length).toBeLessThan(4_096);
    expect(text).toContain('… 55 more: <code>npm run doctor</code> shows all');
    expect(text).not.toContain('<b>Eve');
  });
});

test('/providers shows each provider its own checks', () => {
  const { health } = aReport();
  const reports = (['btcpay', 'coinbase'] as const).map((provider) => aReport({ health: { ...health, provider } }));
  const found = [...checks, { group: 'coinbase', ...okCheck('key', 'is accepted') }];
  expect(providersView(reports, { ...look, setUp: known(found) }).text).toMatchInlineSnapshot(`
    "<b>Providers</b>

    <b>BTCPay</b> 🟢 reachable
    Answered 04:00 · webhook 04:00
    Set-up: 1 error, 1 ok
    <blockquote expandable>🔴 <b>webhook</b> none posts to https://till.example
    → register that address in the settings</blockquote>

    <b>Coinbase</b> 🟢 reachable
    Answered 04:00 · webhook 04:00 · set-up 1 ok

    🔧 Set-up checked 04:00"
  `);
});
