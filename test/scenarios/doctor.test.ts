// `npm run doctor` as an operator runs it: a process of its own before the outside world, with the product running or not.
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSetUpDoctor } from '#app/doctor.ts';
import { loadConfig } from '#config/load-config.ts';
import { settings } from '#config/settings.ts';
import { isSound, printReport } from '#diagnostics/report.ts';
import type { SetUpReport } from '#diagnostics/set-up-check.ts';
import { minute, second } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { adminBot, openWorld, owner, pagerBot, type World } from '#test/support/app-fixture/world.ts';
import { type MainRun, runMain } from '#test/support/process/run-main.ts';
import { awaitFound } from '#test/support/time/await-until.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const outputs: string[] = [];
const secrets = new Set<string>();

/** Runs the doctor, and keeps its output and the secrets that must not be in it. */
async function doctor(environment: Record<string, string>, ...words: string[]): Promise<MainRun> {
  for (const [name, { isSecret }] of Object.entries(settings)) {
    const parts = isSecret && name !== 'DATABASE_URL' ? (environment[name] ?? '').split(/,|\n/) : [];
    for (const part of parts) if (part.length >= 6 && !part.startsWith('-----')) secrets.add(part);
  }
  const run = await runMain(['doctor', ...words], environment);
  outputs.push(...run.lines, run.said);
  return run;
}

/** `telegram admin bot: ok`, and so on. */
const signs = ({ lines }: MainRun): string[] =>
  lines.map((line) => line.replace(/^(\S+) +(\S.*?) {2,}.*$/, (_whole, status, name) => `${name}: ${status}`));
const lineOf = ({ lines }: MainRun, name: string): string => lines.find((line) => line.includes(` ${name}  `)) ?? '';

const general = [
  ...['clock', 'database file', 'database schema', 'database space', 'database integrity'],
  ...['telegram admin bot', 'telegram pager bot', 'telegram admin updates', 'telegram pager updates'],
  ...[`telegram owner ${owner.id}`, `telegram alerts to ${owner.id}`],
  ...['public address', 'shop webhook', 'files database', 'settings secrets'],
];

describe('while the product runs', () => {
  let app: AppFixture;
  beforeAll(async () => {
    app = await openAppFixture();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test('a good set-up is all ok, and the exit code is 0', async () => {
    const run = await doctor(app.environment);
    expect({ status: run.status, notOk: signs(run).filter((line) => !line.endsWith(': ok')) }).toEqual({
      status: 0,
      notOk: [],
    });
    const labels = signs(run).map((line) => line.replace(/: ok$/, ''));
    expect(labels.filter((label) => general.includes(label))).toEqual(general);
    for (const name of providerNames) {
      expect(labels).toContain(`${name} route`);
      expect(labels.filter((label) => label.startsWith(`${name} `)).length).toBeGreaterThan(1);
    }
  });

  test('checking raises no alert, sends no message and changes nothing', async () => {
    await app.awaitQuiet();
    const callsBefore = app.telegram.history().length;
    await doctor(app.environment);
    await app.awaitQuiet();
    // Neither this run nor the one before.
    expect(app.pagerMessages().map(({ text }) => text)).toEqual([]);
    const methods = app.telegram
      .history()
      .slice(callsBefore)
      .map(({ method }) => method);
    expect(methods.filter((method) => !/^(?:get(?:Me|Chat|WebhookInfo)|sendChatAction)$/.test(method))).toEqual([]);
    for (const provider of providerNames) {
      const calls = app.sandbox.callLog(provider).filter(({ method, path }) => !/^GET|\/auth$/.test(method + path));
      expect(calls).toEqual([]);
    }
  });

  test('the same is said as JSON', async () => {
    const { status, lines } = await doctor(app.environment, '--json');
    const report = JSON.parse(lines.join('\n'));
    expect({ status, ok: report.ok }).toEqual({ status: 0, ok: true });
    expect(report.checks).toContainEqual({
      group: 'public',
      name: 'address',
      status: 'ok',
      advice: null,
      detail: `${app.url} leads to this product`,
    });
  });

  test('an address with a secret end is probed at its end, which is not shown; with another end it is a warning', async () => {
    const asked = async (environment: Record<string, string>) => lineOf(await doctor(environment), 'payhip route');
    expect(await asked(app.environment)).toMatch(/^ok .*POST \/webhooks\/payhip\/… arrives/);
    const other = { ...app.environment, PAYHIP_WEBHOOK_PATH_SECRET: 'CANARY-another-end-of-it' };
    expect(await asked(other)).toMatch(
      /^warning .*POST \/webhooks\/payhip\/… is switched off in the product that runs there/,
    );
    const weak = { ...app.environment, PAYHIP_WEBHOOK_PATH_SECRET: 'end-of-it' };
    const run = await doctor(weak);
    expect(lineOf(run, 'settings PAYHIP_WEBHOOK_PATH_SECRET')).toMatch(/^warning .*is short: 9 characters/);
    // Nor in the chat, nor in the log of the product that was asked.
    const end = app.environment['PAYHIP_WEBHOOK_PATH_SECRET'] ?? '';
    const health = await app.ask('/health');
    await app.awaitQuiet();
    const all = app.telegram.messages({ bot: adminBot, chatId: owner.id });
    for (const text of [health.text, ...all.map((message) => message.text), ...app.logLines]) {
      expect(text).not.toContain(end);
    }
  });

  test('keys that are not accepted and a webhook that was deleted are errors, each with the setting or the place', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    app.sandbox.setWebhookUrl('btcpay', 'https://old.example/webhooks/btcpay');
    const run = await doctor({
      ...app.environment,
      COINBASE_API_KEY_SECRET: String(privateKey.export({ type: 'sec1', format: 'pem' })),
      BITPAY_POS_TOKEN: 'CANARY-that-BitPay-does-not-know',
      BITPAY_PRIVATE_KEY: 'ca'.repeat(32),
      TELEGRAM_PAGER_TOKEN: '222:CANARYCANARYCANARYCANARYCANARYCANA',
    });
    app.sandbox.setWebhookUrl('btcpay', `${app.url}/webhooks/btcpay`);
    expect(run.status).toBe(1);
    for (const [name, advice] of [
      ['coinbase key', 'COINBASE_API_KEY_SECRET'],
      ['bitpay pos token', 'BITPAY_POS_TOKEN'],
      ['bitpay merchant key', 'BITPAY_PRIVATE_KEY'],
      ['btcpay webhook', 'under Webhooks'],
      ['telegram pager bot', 'TELEGRAM_PAGER_TOKEN'],
    ] as const) {
      expect(lineOf(run, name)).toMatch(/^error /);
      expect(lineOf(run, name).split(' → ')[1]).toContain(advice);
    }
    expect(lineOf(run, 'btcpay key')).toMatch(/^ok /);
  });

  test('an unavailable provider, an unavailable shop and a blocked pager are errors', async () => {
    app.sandbox.faults('coinbase').set({ outage: true });
    await app.telegram.block({ userId: owner.id, bot: pagerBot });
    await app.shop.stop();
    const run = await doctor({ ...app.environment, BTCPAY_URL: 'http://127.0.0.1:9' });
    app.sandbox.faults('coinbase').reset();
    await app.telegram.unblock({ userId: owner.id, bot: pagerBot });
    expect(run.status).toBe(1);
    expect(lineOf(run, 'coinbase key')).toMatch(/^error .*COINBASE_API_URL/);
    expect(lineOf(run, 'btcpay key')).toMatch(/^error .*ECONNREFUSED.*BTCPAY_URL/);
    expect(lineOf(run, 'shop webhook')).toMatch(/^error .*does not answer \(ECONNREFUSED\)/);
    expect(lineOf(run, `telegram alerts to ${owner.id}`)).toMatch(/^error .*has blocked @pager_bot → .*Unblock/);
  });

  test('a PUBLIC_URL that leads to another server is an error, and a setting that is only unwise is a warning', async () => {
    const other = createServer((_request, response) => response.end('<html>Welcome to nginx!</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const publicUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const unwise = { STORE_API_KEY: 'abc123def', OWNER_IDS: `${owner.id},777`, BTCPAY_APIKEY: 'x' };
    const run = await doctor({ ...app.environment, ...unwise, PUBLIC_URL: publicUrl });
    other.close();
    expect(run.status).toBe(1);
    expect(lineOf(run, 'public address')).toMatch(/^error .*another server answers/);
    expect(lineOf(run, 'settings STORE_API_KEY')).toMatch(/^warning .*is short/);
    expect(lineOf(run, 'settings BTCPAY_APIKEY')).toMatch(/^warning .*did you mean BTCPAY_API_KEY\?/);
    expect(lineOf(run, 'telegram owner 777')).toMatch(/^warning .*has not started @till_bot/);
  });
});

test('a bot whose updates are posted is checked by its webhook and its route', async () => {
  const updates = { TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: 'CANARY-0123456789-abcdef-ghij' };
  await using app = await openAppFixture({ env: updates });
  await app.telegram.awaitCall(({ method, bot }) => method === 'setWebhook' && bot === pagerBot);
  const run = await doctor(app.environment);
  expect(run.status).toBe(0);
  expect(lineOf(run, 'telegram admin updates')).toContain(`posted to ${app.url}/telegram/admin`);
  expect(lineOf(run, 'telegram pager updates')).toMatch(/^ok /);
  expect(lineOf(run, 'telegram route')).toMatch(/^ok .*POST \/telegram\/admin arrives/);
  const polling = await doctor({ ...app.environment, TELEGRAM_MODE: 'polling' });
  expect(lineOf(polling, 'telegram admin updates')).toMatch(/^warning .*keeps updates from being polled → npm start/);
});

describe('while the product does not run', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stop());

  test('a check that cannot be made is no error: the exit code is 0', async () => {
    const run = await doctor({ ...world.environment, BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' });
    expect({ status: run.status, said: run.said }).toEqual({ status: 0, said: expect.stringMatching(/^0 errors, /) });
    expect(lineOf(run, 'database file')).toMatch(/^ok .*the first start creates it/);
    expect(lineOf(run, 'public address')).toMatch(/^warning .*start the product and check again/);
    expect(lineOf(run, 'bitpay merchant key')).toMatch(/^warning .*nothing can be listed, cancelled or refunded/);
  });

  test('a clock that is off is an error', async () => {
    world.clock.move(minute);
    const run = await doctor(world.environment);
    world.clock.set(-minute);
    expect(run.status).toBe(1);
    expect(lineOf(run, 'clock')).toMatch(
      /^error +clock +(?:59|60)\.\d s behind the median of \d outside clocks → .*NTP/,
    );
  });

  test('a file that is no database is an error', async () => {
    writeFileSync(world.file, 'Dear shop, this is not a database at all.');
    const run = await doctor(world.environment);
    expect(run.status).toBe(1);
    expect(lineOf(run, 'database file')).toMatch(/^error .*SQLITE_NOTADB.* → .*DATABASE_URL/);
  });

  test('a wrong setting gives the lines of a start, and its exit code', async () => {
    const environment = { ...world.environment, OWNER_IDS: '', PORT: 'CANARY' };
    const [run, start] = await Promise.all([doctor(environment), runMain(['start'], environment)]);
    // Each run has a folder of its own, which the last line names.
    const linesOf = ({ said }: MainRun) =>
      said
        .replaceAll(/tillkeeper-main-\w+/g, 'folder')
        .trim()
        .split('\n');
    expect(run).toMatchObject({ status: 78, lines: [] });
    expect(linesOf(run)).toEqual(linesOf(start));
    expect(linesOf(run)).toHaveLength(3);
  });

  test('a word that the doctor does not know is answered with the usage', async () => {
    expect(await doctor(world.environment, '--fix')).toMatchObject({
      status: 64,
      said: 'usage: main.ts doctor [--json]\n',
    });
  });

  test('it ends within fifteen seconds when nobody outside ever answers', async () => {
    const { environment, release } = await silence(world);
    const loaded = loadConfig(environment, { readFile: () => '' });
    if (!loaded.ok) throw new Error(loaded.faults.join('; '));
    // In this process, so that nobody has to wait until the clock of the doctor shows that its time is over.
    const clock = createTestClock(Date.now());
    const startedAt = clock.now();
    let report: SetUpReport | undefined;
    const examined = createSetUpDoctor({ config: loaded.config, clock, instance: null }).examine();
    void examined.then((found) => {
      report = found;
    });
    await awaitFound(() => report, { what: 'the report', meanwhile: () => clock.advance(second / 4) });
    release();
    expect(clock.now() - startedAt).toBeLessThan(15 * second);
    const found = await examined;
    expect(isSound(found)).toBe(false);
    const run = { status: 1, lines: printReport(found), said: '' };
    outputs.push(...run.lines);
    for (const name of ['coinbase key', 'btcpay key'])
      expect(lineOf(run, name)).toMatch(/^error .*no answer came in time/);
    for (const name of ['shop webhook', 'telegram admin bot']) expect(lineOf(run, name)).toMatch(/^error .*no answer/);
  });

  test('its process ends by itself when nobody outside ever answers, and the exit code is 1', async () => {
    const { environment, release } = await silence(world);
    const run = await doctor(environment);
    release();
    expect(run.status).toBe(1);
    expect(lineOf(run, 'telegram admin bot')).toMatch(/^error .*no answer/);
  });
});

/** From now on neither a provider, nor Telegram, nor the shop, nor the public address answers. */
async function silence(world: World): Promise<{ environment: Record<string, string>; release(): void }> {
  for (const provider of providerNames) {
    world.sandbox.faults(provider).set({ failRate: 1, failKinds: ['timeout_before'] });
  }
  world.telegram.failNext({ bot: adminBot, times: 50, kind: 'timeout' });
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  return {
    environment: { ...world.environment, PUBLIC_URL: url, STORE_WEBHOOK_URL: url },
    release() {
      silent.closeAllConnections();
      silent.close();
    },
  };
}

test('nothing that was said holds a secret', () => {
  expect(outputs.length).toBeGreaterThan(100);
  expect(secrets.size).toBeGreaterThan(10);
  const text = outputs.join('\n');
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).not.toContain('CANARY');
});
