import { describe, expect, test } from 'vitest';
import { lateFaultKinds } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { bitpayClient, btcpayClient, coinbaseClient, createAndGiveUp } from './clients.ts';
import { type Answer, type Clock, createClock, startSandbox } from './support.ts';

// A call that is late gets no answer, and is executed when the sandbox's clock has moved on.

const creates = {
  coinbase: (sandbox: ProviderSandbox, clock: Clock) => coinbaseClient(sandbox, clock).create(),
  bitpay: (sandbox: ProviderSandbox) => bitpayClient(sandbox).pos(),
  btcpay: (sandbox: ProviderSandbox) => btcpayClient(sandbox).create(),
};

async function start() {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now });
  const create = (provider: keyof typeof creates): Promise<Answer> => creates[provider](sandbox, clock);
  return { sandbox, clock, create };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(['coinbase', 'bitpay', 'btcpay'] as const)('a late call of %s', (provider) => {
  test('is cut off, and executed when the clock has moved by `lateMs`, not before', async () => {
    const { sandbox, clock, create } = await start();
    sandbox.faults(provider).failNext('reset_late');
    await expect(create(provider)).rejects.toThrow('fetch failed');
    clock.advance(59_999);
    sandbox.tick();
    await turn();
    expect(sandbox.records(provider)).toEqual([]);
    clock.advance(1);
    sandbox.tick();
    await turn();
    expect(sandbox.records(provider)).toMatchObject([{ createdAtMs: clock.now() }]);
  });

  test('is executed although its token has run out meanwhile, and before the next call', async () => {
    const { sandbox, clock, create } = await start();
    sandbox.faults(provider).failNext('reset_late');
    await expect(create(provider)).rejects.toThrow('fetch failed');
    clock.advance(60 * 60_000);
    expect((await create(provider)).status).toBeLessThan(300);
    expect(sandbox.records(provider)).toHaveLength(2);
    const calls = sandbox.callLog(provider).map(({ fault, wasExecuted }) => [fault, wasExecuted]);
    expect(calls).toEqual([
      ['reset_late', false],
      ['reset_late', true],
      [undefined, true],
    ]);
  });
});

test('a late call without an answer hangs until the client gives up, and is executed all the same', async () => {
  const { sandbox, clock } = await start();
  sandbox.faults('btcpay').set({ lateMs: 5_000 });
  sandbox.faults('btcpay').failNext('timeout_late');
  await expect(createAndGiveUp(sandbox)).rejects.toThrow('gave up');
  clock.advance(5_000);
  sandbox.tick();
  await expect.poll(() => sandbox.records('btcpay')).toMatchObject([{ amount: '1.00' }]);
});

test('a late call that is waiting does not keep the sandbox from stopping', async () => {
  const { sandbox, create } = await start();
  sandbox.faults('bitpay').failNext('timeout_late');
  const hanging = create('bitpay');
  hanging.catch(() => undefined);
  await expect.poll(() => sandbox.callLog('bitpay')).toHaveLength(1);
  await sandbox.stop();
  await expect(hanging).rejects.toThrow();
});

test('late faults strike by chance only where they are asked for', async () => {
  const { sandbox } = await start();
  const { failKinds } = sandbox.faults('coinbase').get();
  expect(failKinds.filter((kind) => lateFaultKinds.some((late) => late === kind))).toEqual([]);
});

test('a fault for the next command lets reads pass, and is forgotten by a reset', async () => {
  const { sandbox } = await start();
  const client = btcpayClient(sandbox);
  const faults = sandbox.faults('btcpay');
  faults.failNextCommand('429', '429');
  expect((await client.request('GET', '/api-keys/current')).status).toBe(200);
  expect((await client.create()).status).toBe(429);
  faults.reset();
  expect((await client.create()).status).toBe(200);
});
