import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkFiles } from '#diagnostics/check-files.ts';
import { isSound, printReport, printReportAsJson, sumUpReport } from '#diagnostics/report.ts';
import { type CheckGroup, runChecks } from '#diagnostics/run-checks.ts';
import { type GroupedCheck, warned, well, wrong } from '#kernel/set-up-check.ts';

describe('groups of checks', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const limit = { groupMaxMs: 10_000 };

  test('run at once, and one that hangs or throws holds up no other', async () => {
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
      { name: 'works', run: async () => [well('one', 'fine'), { group: 'hangs', ...well('two', 'fine') }] },
    ];
    const running = runChecks(groups, limit);
    await vi.advanceTimersByTimeAsync(limit.groupMaxMs - 1);
    expect(isEnded).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    const found = await running;
    expect(found.map(({ group, name, sign, detail }) => `${group} ${name} ${sign}: ${detail}`)).toEqual([
      'hangs check wrong: did not end within 10 s',
      'hangs two ok: fine',
      'throws check wrong: TypeError: it broke',
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
        return [well('one', 'found before')];
      },
    };
    const running = runChecks([group], limit);
    await vi.advanceTimersByTimeAsync(limit.groupMaxMs);
    expect(await running).toMatchObject([{ name: 'one' }]);
  });
});

describe('the report', () => {
  const checks: GroupedCheck[] = [
    { group: 'clock', ...well('clock', '0.1 s behind') },
    { group: 'btcpay', ...warned('key', { detail: 'may not refund', advice: 'give it the right' }) },
  ];
  const report = { checks, finishedAt: 0 };
  const broken = {
    checks: [{ group: 'shop', ...wrong('webhook', { detail: 'gone', advice: 'look' }) }],
    finishedAt: 0,
  };

  test('has a line for each check: sign, name, what was found, and what to do about it', () => {
    expect(printReport(report).map(stripVTControlCharacters)).toEqual([
      'ok       clock       0.1 s behind',
      'warning  btcpay key  may not refund → give it the right',
    ]);
    expect(sumUpReport(report)).toBe('0 wrong, 1 warning, 1 ok');
  });

  test('says the same as JSON', () => {
    expect(JSON.parse(printReportAsJson(report))).toEqual({ ok: true, checks });
  });

  test('is sound as long as nothing is wrong', () => {
    expect([isSound(report), isSound(broken)]).toEqual([true, false]);
  });
});

test('a file that others may read is a warning; one that is not there is not spoken of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-files-'));
  try {
    const path = join(folder, '.env');
    expect(checkFiles([{ name: '.env', path }])).toEqual([]);
    writeFileSync(path, 'X=1');
    for (const [mode, sign] of [
      [0o600, 'ok'],
      [0o640, 'ok'],
      [0o644, 'warning'],
      [0o602, 'warning'],
    ] as const) {
      chmodSync(path, mode);
      expect(checkFiles([{ name: '.env', path }])).toMatchObject([{ sign }]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
