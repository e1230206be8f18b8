// The code that verifies webhooks is spoilt in one place at a time, and the tests that everybody runs must fail of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { providerNames } from '#kernel/provider-name.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { type Mutant, mutantVariable } from './mutant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = `${root}/node_modules/vitest/vitest.mjs`;
const hmac = 'src/payments/providers/kit/hmac.ts';

/** What the adapters share; its flaws show in the tests of each. */
const shared: readonly Mutant[] = [
  { flaw: 'takes any hash of its length', file: hmac, from: 'timingSafeEqual(given, expected)', to: 'expected' },
  { flaw: 'takes an empty secret', file: hmac, from: "if (secret === '') continue;", to: '' },
  { flaw: 'leaves out what is signed', file: hmac, from: 'hmac.update(part);', to: 'part.length;' },
  { flaw: 'signs the first part only', file: hmac, from: 'of about.parts)', to: 'of about.parts.slice(0, 1))' },
  {
    flaw: 'knows the first secret only',
    file: hmac,
    from: 'of secrets)',
    to: 'of secrets.slice(0, 1))',
  },
  { flaw: 'uses another hash', file: hmac, from: "?? 'sha256'", to: "?? 'sha512-256'" },
  { flaw: 'reads hex with more behind it', file: hmac, from: '[0-9a-fA-F]{64}$/', to: '[0-9a-fA-F]{64}/' },
  { flaw: 'reads base64 with more behind it', file: hmac, from: '{43}=$/', to: '{43}=/' },
];

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { message: string }[];
}

interface Run {
  /** What names of files hold. */
  files: string;
  /** What names of tests begin with. */
  tests: string;
}

/** Runs unit tests in a process of its own. All of them: a run that ends at the first failure may lose its report. */
async function runTests({ files, tests }: Run, mutant: Mutant): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'tillkeeper-mutant-'));
  try {
    const outputFile = join(folder, 'report.json');
    const report = ['--reporter', 'json', '--outputFile', outputFile];
    const args = [vitest, 'run', '--project', 'unit', '--testNamePattern', `^${tests}`, ...report, files];
    const env = { ...process.env, [mutantVariable]: JSON.stringify(mutant) };
    await once(spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' }), 'close');
    return JSON.parse(await readFile(outputFile, 'utf8')) as Report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A test must fail of it, and not a file that cannot be read any more. The quick tests come first. */
async function expectNoticed(mutant: Mutant, runs: readonly Run[]): Promise<void> {
  const source = await readFile(`${root}/${mutant.file}`, 'utf8');
  expect(source.split(mutant.from)).toHaveLength(2);
  for (const run of runs) {
    const report = await runTests(run, mutant);
    expect(report.testResults.filter(({ message }) => message !== '')).toEqual([]);
    expect(report.numPassedTests + report.numFailedTests).toBeGreaterThan(0);
    if (report.numFailedTests > 0) return;
  }
  expect.fail('no test failed of it');
}

const signatureTests = 'test/contract/providers/signatures.test.ts';

describe('a shared hash that', () => {
  test.concurrent.each(shared)('$flaw is noticed', async (mutant) => {
    await expectNoticed(mutant, [
      { files: '/webhook.test.ts', tests: '' },
      { files: signatureTests, tests: '' },
    ]);
  });
});

describe.each(providerNames)('an adapter of %s that', (name) => {
  test.concurrent.each(cases[name].mutants)('$flaw is noticed', async (mutant) => {
    await expectNoticed(mutant, [
      { files: `test/payments/providers/${name}/webhook.test.ts`, tests: '' },
      { files: signatureTests, tests: `${name} ` },
    ]);
  });
});
