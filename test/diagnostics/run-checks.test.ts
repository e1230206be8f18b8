import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkFiles } from '#diagnostics/check-files.ts';
import { isSound, printReport, printReportAsJson, sumUpReport } from '#diagnostics/report.ts';
import { type CheckGroup, runChecks } from '#diagnostics/run-checks.ts';
import { errorCheck, type GroupedCheck, okCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';

describe('groups of checks', () => {
  let clock: TestClock;
  beforeEach(() => {
    clock = createTestClock();
  });
  const groupMaxMs = 10_000;

  test('run at once, and one that hangs or throws delays no other', async () => {
    let isEnded = false;
    const groups: CheckGroup[] = [
      {
        name: 'hangs',
        run: (signal) => {
          signal.addEventListener('abort', () => {
            isEnded = true;
          });
          return new Promise(() => undefined);
        },
      },
      { name: 'throws', run: () => Promise.reject(new TypeError('it broke')) },
      { name: 'works', run: async () => [okCheck('one', 'fine'), { group: 'hangs', ...okCheck('two', 'fine') }] },
    ];
    const running = runChecks(groups, { groupMaxMs, clock });
    clock.advance(groupMaxMs - 1);
    expect(isEnded).toBe(true);
    clock.advance(1);
    const found = await running;
    expect(found.map(({ group, name, status, detail }) => `${group} ${name} ${status}: ${detail}`)).toEqual([
      'hangs check error: did not end within 10 s',
      'hangs two ok: fine',
      'throws check error: TypeError: it broke',
      'works one ok: fine',
    ]);
  });

  test('may say what they found until their time was over', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const group: CheckGroup = {
      name: 'slow',
      async run(signal) {
        signal.addEventListener('abort', () => resolve());
        await promise;
        return [okCheck('one', 'found before')];
      },
    };
    const running = runChecks([group], { groupMaxMs, clock });
    clock.advance(groupMaxMs - 1);
    expect(await running).toMatchObject([{ name: 'one' }]);
  });
});

describe('the report', () => {
  const checks: GroupedCheck[] = [
    { group: 'clock', ...okCheck('clock', '0.1 s behind') },
    { group: 'btcpay', ...warningCheck('key', { detail: 'may not refund', advice: 'give it the right' }) },
  ];
  const report = { checks, finishedAt: 0 };
  const broken = {
    checks: [{ group: 'shop', ...errorCheck('webhook', { detail: 'gone', advice: 'look' }) }],
    finishedAt: 0,
  };

  test('has a line for each check: status, name, what was found, and what to do about it', () => {
    expect(printReport(report).map(stripVTControlCharacters)).toEqual([
      'ok       clock       0.1 s behind',
      'warning  btcpay key  may not refund → give it the right',
    ]);
    expect(sumUpReport(report)).toBe('0 errors, 1 warning, 1 ok');
  });

  test('says the same as JSON', () => {
    expect(JSON.parse(printReportAsJson(report))).toEqual({ ok: true, checks });
  });

  test('is sound as long as nothing is an error', () => {
    expect([isSound(report), isSound(broken)]).toEqual([true, false]);
  });
});

test('a file that others may read is a warning; one that does not exist is left out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-files-'));
  try {
    const path = join(folder, '.env');
    expect(checkFiles([{ name: '.env', path }])).toEqual([]);
    writeFileSync(path, 'X=1');
    for (const [mode, status] of [
      [0o600, 'ok'],
      [0o640, 'ok'],
      [0o644, 'warning'],
      [0o602, 'warning'],
    ] as const) {
      chmodSync(path, mode);
      expect(checkFiles([{ name: '.env', path }])).toMatchObject([{ status }]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
