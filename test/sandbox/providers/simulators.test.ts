// The simulator contract (sandbox/providers/simulator.ts), kept by every simulated provider.
import { describe, expect, test } from 'vitest';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { type FaultKind, faultKinds, lateFaultKinds, VisitRefused, visitActions } from '#sandbox/providers/contract.ts';
import { systemIds } from '#sandbox/providers/ids.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { signatureOf, withSignature } from '#test/support/providers/sign-webhook.ts';
import { createClock, type Receiver, startReceiver, startSandbox } from './support.ts';

const second = 1_000;
const longEnoughMs = 40 * 24 * 60 * 60 * second;

/** The buttons of a page, without its other marks. */
function buttonsOf(html: string): string[] {
  const marks = [...html.matchAll(/data-testid="([\w-]+)"/g)].map(([, name]) => name ?? '');
  return marks.filter((mark) => !['amount', 'status', 'status-text', 'return', 'refusal'].includes(mark));
}

async function read(url: string): Promise<{ status: number; html: string }> {
  const answer = await fetch(url);
  return { status: answer.status, html: await answer.text() };
}

async function start(name: ProviderName) {
  const clock = createClock();
  const receiver = await startReceiver();
  const sandbox = await startSandbox({ now: clock.now, webhookRetryDelaysMs: [second] });
  sandbox.setWebhookUrl(name, receiver.url);
  const make = async () => {
    const record = sandbox.createForeign(name, { amount: '49.00', description: 'By hand' });
    await sandbox.settle();
    receiver.received.length = 0;
    return record;
  };
  const visit = (reference: string, action: 'pay' | 'fail' | 'pay_late') =>
    sandbox.visit({ provider: name, reference, action });
  return { clock, receiver, sandbox, make, visit, sent: () => sandbox.deliveries(name) };
}

const bodiesOf = ({ received }: Receiver) => received.map(({ body }) => body);

function callApi(sandbox: ProviderSandbox, name: ProviderName, signal?: AbortSignal): Promise<Response> {
  const url = new URL(`${simulators[name].apiPath}/nothing-of-ours`, sandbox.url);
  return fetch(url, signal ? { signal } : {});
}

/** The answer to a call under one fault; undefined for none, which is not waited for once the fault has struck. */
async function callUnder(fault: FaultKind, about: { sandbox: ProviderSandbox; name: ProviderName }) {
  const { sandbox, name } = about;
  sandbox.faults(name).failNext(fault);
  const leaving = new AbortController();
  const answer = callApi(sandbox, name, leaving.signal).catch(() => undefined);
  await expect.poll(() => sandbox.callLog(name)).toHaveLength(1);
  if (fault.startsWith('timeout')) leaving.abort();
  return answer;
}

describe.each(providerNames)('%s', (name) => {
  const simulator = simulators[name];

  test('is registered under its own name, and its addresses and account configure the product', async () => {
    const { sandbox } = await start(name);
    expect(simulator.name).toBe(name);
    expect(sandbox.apiUrls[name]).toBe(sandbox.environment[simulator.address.setting]);
    expect(new URL(simulator.apiPath, sandbox.url).href.startsWith(sandbox.apiUrls[name])).toBe(true);
    expect(sandbox.environment[simulator.signing.secretSetting]).toMatch(/^\S+$/);
  });

  test('lists what was made in its dashboard, newest first, without any data of ours', async () => {
    const { sandbox, make } = await start(name);
    const first = await make();
    const second = await make();
    expect(first).toMatchObject({
      provider: name,
      amount: '49.00',
      isForeign: true,
      orderId: undefined,
      createCalls: 1,
    });
    expect(Number(first.paid)).toBe(0);
    expect(sandbox.records(name).map(({ reference }) => reference)).toEqual([second.reference, first.reference]);
    expect(sandbox.record(name, first.reference)).toEqual(first);
    expect(sandbox.record(name, 'nothing')).toBeUndefined();
  });

  test('has a page for each checkout that offers what may happen, and shows that it is paid', async () => {
    const { sandbox, make } = await start(name);
    const { checkoutUrl, reference } = await make();
    const open = await read(checkoutUrl);
    expect(open.html).toContain('49.00');
    expect(open.html).toContain(simulator.maker);
    expect(open.html).toContain(simulator.accent);
    const names = cases[name].offers.map((action) => action.replaceAll('_', '-'));
    expect(buttonsOf(open.html)).toEqual(names);
    const pressed = await fetch(new URL('/visit', sandbox.url), {
      method: 'POST',
      body: new URLSearchParams({ provider: name, reference, action: 'pay' }),
      redirect: 'manual',
    });
    expect(pressed.status).toBe(303);
    expect(new URL(pressed.headers.get('location') ?? '', sandbox.url).href).toBe(checkoutUrl);
    const paid = await read(checkoutUrl);
    expect(paid.html).toContain('Paid');
    expect(buttonsOf(paid.html)).not.toContain('pay');
    expect(sandbox.record(name, reference)?.paid).toBe('49.00');
    expect((await read(checkoutUrl.replace(/\w{6}$/, '111111'))).status).toBe(404);
  });

  test('offers the actions of its page, and refuses all others', async () => {
    const { make, visit, sandbox } = await start(name);
    const { reference } = await make();
    expect(cases[name].offers.filter((action) => !simulator.visits.includes(action))).toEqual([]);
    for (const action of visitActions.filter((one) => !simulator.visits.includes(one))) {
      await expect(sandbox.visit({ provider: name, reference, action })).rejects.toThrow(VisitRefused);
    }
    await visit(reference, 'pay');
    await expect(visit(reference, 'pay')).rejects.toThrow(VisitRefused);
    await expect(visit('nothing', 'pay')).rejects.toThrow(VisitRefused);
  });

  test('changes nothing while the clock stands still, and makes nothing paid by time alone', async () => {
    const { clock, make, sandbox } = await start(name);
    const made = await make();
    expect(made.expiresAtMs).toBeGreaterThan(made.createdAtMs);
    sandbox.tick();
    expect(sandbox.record(name, made.reference)).toEqual(made);
    clock.advance(longEnoughMs);
    sandbox.tick();
    expect(Number(sandbox.record(name, made.reference)?.paid)).toBe(0);
  });

  test('announces that it was paid, signed where it says', async () => {
    const { make, visit, sandbox, receiver, sent } = await start(name);
    const { reference } = await make();
    await visit(reference, 'pay');
    await sandbox.settle();
    const told = sent().filter((delivery) => delivery.reference === reference && delivery.outcome === 'delivered');
    expect(told).not.toEqual([]);
    for (const { headers, body, provider } of told) {
      expect(provider).toBe(name);
      expect(signatureOf(name, { headers, body })).toMatch(/\S/);
    }
    expect(bodiesOf(receiver)).toContain(told.at(-1)?.body);
  });

  test('signs as it is said to sign', async () => {
    const { make, visit, sandbox, clock, sent } = await start(name);
    const { reference } = await make();
    await visit(reference, 'pay');
    await sandbox.settle();
    const { secretSetting, sign } = simulator.signing;
    const { headers: all = {}, body = '' } = sent().at(-1) ?? {};
    const signature = signatureOf(name, { headers: all, body });
    const { headers } = withSignature(name, { headers: all, body }, undefined);
    const secret = sandbox.environment[secretSetting] ?? '';
    expect(sign({ secret, nowMs: clock.now(), headers, body })).toBe(signature);
    expect(sign({ secret: 'other', nowMs: clock.now(), headers, body })).not.toBe(signature);
    expect(() => sign({ secret, nowMs: clock.now(), headers, body: 'no JSON' })).not.toThrow();
  });

  test('repeats a webhook that was not accepted, and copies it byte for byte on request', async () => {
    const { make, visit, sandbox, clock, receiver, sent } = await start(name);
    const { reference } = await make();
    receiver.answers.push(503);
    await visit(reference, 'pay');
    await sandbox.settle();
    const failed = sent().find(({ outcome }) => outcome === 'refused');
    expect(failed).toMatchObject({ status: 503, willRetry: true });
    clock.advance(second);
    await sandbox.settle();
    expect(
      sent()
        .filter(({ eventId }) => eventId === failed?.eventId)
        .map(({ outcome }) => outcome),
    ).toEqual(['refused', 'delivered']);
    receiver.received.length = 0;
    sandbox.faults(name).set({ duplicateWebhooks: 1 });
    await visit((await make()).reference, 'pay');
    await sandbox.settle();
    const copies = Map.groupBy(bodiesOf(receiver), (body) => body);
    expect([...copies.values()].map((same) => same.length)).toEqual([...copies.keys()].map(() => 2));
  });

  test('sends nothing while webhooks are lost, and waits with them during an outage', async () => {
    const { make, visit, sandbox, receiver, sent } = await start(name);
    const [lost, late] = [await make(), await make()];
    sandbox.faults(name).set({ dropWebhooks: 1 });
    await visit(lost.reference, 'pay');
    await sandbox.settle();
    expect(
      new Set(
        sent()
          .filter(({ reference }) => reference === lost.reference)
          .slice(-1)
          .map(({ outcome }) => outcome),
      ),
    ).toEqual(new Set(['dropped']));
    sandbox.faults(name).set({ dropWebhooks: 0, outage: true });
    await visit(late.reference, 'pay');
    await sandbox.settle();
    expect(receiver.received).toEqual([]);
    expect((await read(late.checkoutUrl)).status).toBe(503);
    sandbox.faults(name).reset();
    await sandbox.settle();
    expect(receiver.received.length).toBeGreaterThan(0);
  });

  test.each(faultKinds)('lets %s strike a call of its API', async (fault) => {
    const { sandbox } = await start(name);
    const answer = await callUnder(fault, { sandbox, name });
    if (fault === '429' || fault === '5xx') expect(answer?.status).toBe(fault === '429' ? 429 : 503);
    else expect(answer).toBeUndefined();
    const isAfter = fault === 'reset_after' || fault === 'timeout_after';
    expect(sandbox.callLog(name)).toMatchObject([{ fault, wasExecuted: isAfter }]);
    expect((await callApi(sandbox, name)).status).toBeGreaterThanOrEqual(400);
  });

  test.each(lateFaultKinds)('lets %s strike a call of its API, and executes it later', async (fault) => {
    const { sandbox, clock } = await start(name);
    expect(await callUnder(fault, { sandbox, name })).toBeUndefined();
    expect(sandbox.callLog(name)).toMatchObject([{ fault, wasExecuted: false }]);
    clock.advance(sandbox.faults(name).get().lateMs);
    sandbox.tick();
    await expect.poll(() => sandbox.callLog(name)[1]).toMatchObject({ fault, wasExecuted: true });
  });

  test('reports failures in a body of its own', () => {
    for (const status of [500, 503, 429] as const) expect(simulator.failureBody(status, systemIds)).toMatch(/\S/);
  });

  test('refuses a call that shows no credentials', async () => {
    const { sandbox } = await start(name);
    expect((await callApi(sandbox, name)).status).toBeGreaterThanOrEqual(400);
  });
});
