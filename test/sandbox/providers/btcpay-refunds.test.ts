import { describe, expect, test } from 'vitest';
import { permissions } from '#sandbox/providers/btcpay/api.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { btcpayClient } from './clients.ts';
import { call, createClock, readSample, startReceiver, startSandbox } from './support.ts';

const custom = { refundVariant: 'Custom', customAmount: '20.00', customCurrency: 'USD', payoutMethods: ['BTC-CHAIN'] };

async function start(paid: VisitAction | undefined = 'pay') {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now });
  const client = btcpayClient(sandbox);
  const invoice = (await client.create()).json.id;
  const visit = (action: VisitAction, about: { reference?: string; fraction?: string } = {}) =>
    sandbox.visit({ provider: 'btcpay', reference: invoice, ...about, action });
  if (paid !== undefined) await visit(paid);
  return {
    sandbox,
    clock,
    client,
    invoice,
    visit,
    refund: (body: object = custom) => client.request('POST', `${client.store}/invoices/${invoice}/refund`, body),
    pulls: async (query = '') => (await client.request('GET', `${client.store}/pull-payments${query}`)).json,
    payouts: async (query = '') => (await client.request('GET', `${client.store}/payouts${query}`)).json,
    /** Without a key, as a buyer does. */
    publicly: (path: string, init?: RequestInit) => call(`${sandbox.apiUrls.btcpay}/api/v1${path}`, init),
  };
}

const states = (payouts: { state: string }[]): string[] => payouts.map(({ state }) => state);

describe('a refund', () => {
  test('of a custom amount is an offer like the sample, and has to be approved', async () => {
    const { refund } = await start();
    const made = await refund({ ...custom, name: 'Refund T-1', description: 'A mistake' });
    expect(Object.keys(made.json)).toEqual(Object.keys(readSample<object>('btcpay/pull-payment.CONSTRUCTED.json')));
    expect(made.json).toMatchObject({ name: 'Refund T-1', amount: '20.00', currency: 'USD', autoApproveClaims: false });
  });

  test.each([
    ['Fiat', { amount: '49.00', currency: 'USD', autoApproveClaims: false }],
    ['RateThen', { amount: '0.00076563', currency: 'BTC', autoApproveClaims: true }],
    ['CurrentRate', { amount: '0.00076563', currency: 'BTC', autoApproveClaims: true }],
  ])('of the variant %s is %j', async (refundVariant, shape) => {
    const { refund, invoice } = await start();
    const made = await refund({ refundVariant, payoutMethods: ['BTC-CHAIN'] });
    expect(made.json).toMatchObject({ ...shape, name: `Refund ${invoice}` });
  });

  test('of the surplus is there for an overpaid invoice only', async () => {
    const body = { refundVariant: 'OverpaidAmount', payoutMethods: ['BTC-CHAIN'] };
    expect((await (await start('overpay')).refund(body)).json).toMatchObject({ amount: '0.00038282', currency: 'BTC' });
    expect((await (await start()).refund(body)).status).toBe(422);
  });

  test.each<[VisitAction, number]>([
    ['pay', 200],
    ['overpay', 200],
    ['pay_late', 200],
    ['walk_away', 400],
    ['expire', 400],
    ['pay_unconfirmed', 400],
  ])('after %s is answered %i', async (action, status) => {
    const { refund } = await start(action);
    expect((await refund()).status).toBe(status);
  });

  test('above what was paid is offered, as the real server offers it', async () => {
    const { refund } = await start();
    expect((await refund({ ...custom, customAmount: '1000.00' })).json).toMatchObject({ amount: '1000.00' });
  });

  test.each([
    ['no variant', { payoutMethods: ['BTC-CHAIN'] }, 'refundVariant'],
    ['no way to be paid', { payoutMethods: [] }, 'payoutMethods'],
    ['a way that was not offered', { payoutMethods: ['BTC-CHAIN', 'BTC-LN'] }, 'payoutMethods'],
    ['the field of an older server', { payoutMethods: undefined, payoutMethodId: 'BTC-CHAIN' }, 'payoutMethods'],
    ['an amount of nothing', { customAmount: '0' }, 'customAmount'],
    ['an amount that is a number', { customAmount: 20 }, 'customAmount'],
    ['an amount that is not custom', { refundVariant: 'Fiat' }, 'customAmount'],
    ['an unknown currency', { customCurrency: 'XXX-' }, 'customCurrency'],
    ['a name that is too long', { name: 'x'.repeat(51) }, 'name'],
  ])('with %s is refused', async (_name, difference, path) => {
    const { refund } = await start();
    const base = path === 'refundVariant' ? {} : custom;
    const answer = await refund({ ...base, ...difference });
    expect([answer.status, answer.json[0]?.path]).toEqual([422, path]);
  });
});

describe('a pull payment', () => {
  test('is listed newest first, archived ones only on demand, and shown to whoever has its id', async () => {
    const { refund, pulls, client, publicly, clock } = await start();
    const first = (await refund()).json;
    clock.advance(1_000);
    const second = (await refund()).json;
    await client.request('DELETE', `${client.store}/pull-payments/${first.id}`);
    expect(await pulls()).toEqual([second]);
    expect(await pulls('?includeArchived=true')).toEqual([second, { ...first, archived: true }]);
    // Servers have no pages here, and overlook what they do not know.
    expect(await pulls('?includeArchived=true&skip=1&take=1')).toHaveLength(2);
    expect((await publicly(`/pull-payments/${second.id}`)).json).toEqual(second);
    expect((await client.request('GET', `${client.store}/pull-payments/${second.id}`)).json).toEqual(second);
    expect((await publicly('/pull-payments/none')).json.code).toBe('pullpayment-not-found');
  });

  test('is claimed by the buyer without a key, in parts, and never for more than it is', async () => {
    const { refund, publicly } = await start();
    const { id } = (await refund()).json;
    const claim = (body: object) =>
      publicly(`/pull-payments/${id}/payouts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ destination: 'bcrt1qbuyer', payoutMethodId: 'BTC-CHAIN', ...body }),
      });
    expect((await claim({ amount: '5.00' })).json).toMatchObject({ originalAmount: '5.00', state: 'AwaitingApproval' });
    expect((await claim({ amount: '15.01' })).json.code).toBe('overdraft');
    expect((await claim({})).json).toMatchObject({ originalAmount: '15.00', destination: 'bcrt1qbuyer' });
    expect((await claim({})).json.code).toBe('overdraft');
    expect((await claim({ payoutMethodId: 'BTC-LN' })).status).toBe(422);
    expect((await claim({ destination: '' })).status).toBe(422);
    expect((await publicly(`/pull-payments/${id}/payouts`)).json).toHaveLength(2);
  });

  test('that is archived takes its open payouts with it, and cannot be claimed', async () => {
    const { refund, client, visit, payouts } = await start();
    const { id } = (await refund()).json;
    await visit('claim_refund', { fraction: '0.5' });
    await client.request('DELETE', `${client.store}/pull-payments/${id}`);
    expect(await payouts()).toEqual([]);
    expect(states(await payouts('?includeCancelled=true'))).toEqual(['Cancelled']);
    await expect(visit('claim_refund')).rejects.toMatchObject({ name: 'VisitRefused' });
  });
});

describe('a payout', () => {
  test('looks like the sample, and has a proof when it is paid', async () => {
    const { refund, visit, payouts } = await start();
    await refund();
    await visit('claim_refund');
    expect(await payouts()).toMatchObject([{ state: 'AwaitingApproval', payoutAmount: null, paymentProof: null }]);
    await visit('complete_refund');
    const [paid] = await payouts();
    const samples = readSample<{ paymentProof: object | null }[]>('btcpay/payouts.CONSTRUCTED.json');
    expect(Object.keys(paid).sort()).toEqual(Object.keys(samples[1] ?? {}).sort());
    expect(Object.keys(paid.paymentProof)).toEqual(Object.keys(samples[1]?.paymentProof ?? {}));
    expect(paid).toMatchObject({ state: 'Completed', payoutAmount: '0.00031250' });
  });

  test('is approved, paid and cancelled by the shop, each only where it makes sense', async () => {
    const { refund, client, visit, payouts } = await start();
    await refund();
    await visit('claim_refund');
    const [{ id }] = await payouts();
    const path = `${client.store}/payouts/${id}`;
    expect((await client.request('POST', `${path}/mark-paid`)).json.code).toBe('invalid-state');
    expect((await client.request('POST', path, {})).status).toBe(422);
    expect((await client.request('POST', path, { revision: 0 })).json.state).toBe('AwaitingPayment');
    expect((await client.request('POST', path, { revision: 0 })).json.code).toBe('invalid-state');
    expect((await client.request('POST', `${path}/mark-paid`)).status).toBe(200);
    expect((await client.request('DELETE', path)).json.code).toBe('invalid-state');
    expect((await client.request('DELETE', `${client.store}/payouts/none`)).json.code).toBe('payout-not-found');
  });

  test('of an offer in coin needs no approval', async () => {
    const { refund, visit, payouts } = await start();
    await refund({ refundVariant: 'RateThen', payoutMethods: ['BTC-CHAIN'] });
    await visit('claim_refund');
    expect(await payouts()).toMatchObject([{ state: 'AwaitingPayment', payoutAmount: '0.00076563' }]);
  });

  test('that is cancelled leaves the offer open', async () => {
    const { refund, visit, payouts, sandbox, invoice } = await start();
    await refund();
    await visit('claim_refund');
    await visit('fail_refund');
    expect(sandbox.record('btcpay', invoice)?.refunds).toMatchObject([{ status: 'Unclaimed', amount: '20.00' }]);
    await visit('claim_refund');
    expect(states(await payouts('?includeCancelled=true'))).toEqual(['Cancelled', 'AwaitingApproval']);
  });
});

test.each([
  ['viewPullPayments', 'GET', '/pull-payments'],
  ['archivePullPayments', 'DELETE', '/pull-payments/none'],
  ['viewPayouts', 'GET', '/payouts'],
  ['managePayouts', 'DELETE', '/payouts/none'],
] as const)('the right %s is needed for %s %s', async (right, method, path) => {
  const made = (await startSandbox()).environment;
  const held = Object.values(permissions).filter((permission) => permission !== permissions[right]);
  const account = { apiKey: 'k', storeId: made['BTCPAY_STORE_ID'] ?? '', webhookSecret: 's', permissions: held };
  const sandbox = await startSandbox({ accounts: { btcpay: account } });
  const environment = { ...sandbox.environment, BTCPAY_API_KEY: 'k', BTCPAY_STORE_ID: account.storeId };
  const client = btcpayClient({ ...sandbox, environment });
  const answer = await client.request(method, `${client.store}${path}`);
  expect(answer.json).toMatchObject({ code: 'missing-permission', missingPermission: permissions[right] });
});

test('webhooks report the refund by its invoice, and payouts by the pull payment alone', async () => {
  const { refund, visit, sandbox } = await start();
  const receiver = await startReceiver();
  sandbox.setWebhookUrl('btcpay', receiver.url);
  const { id } = (await refund()).json;
  await visit('claim_refund', { reference: id });
  await visit('complete_refund', { reference: id });
  await sandbox.settle();
  const events = receiver.received.map(({ body }) => JSON.parse(body));
  expect(events.map(({ type, payoutState }) => [type, payoutState])).toEqual([
    ['InvoiceRefund', undefined],
    ['PayoutCreated', 'AwaitingApproval'],
    ['PayoutApproved', 'AwaitingPayment'],
    ['PayoutUpdated', 'Completed'],
  ]);
  for (const name of ['InvoiceRefund', 'PayoutUpdated']) {
    const event = events.find(({ type }) => type === name);
    expect(Object.keys(event)).toEqual(Object.keys(readSample<object>(`btcpay/webhook-${name}.CONSTRUCTED.json`)));
    expect(event).toMatchObject({ pullPaymentId: id });
  }
});

describe('the page of a claim', () => {
  test('offers what is possible now, and shows what became of it', async () => {
    const { refund, sandbox } = await start();
    const { viewLink, id } = (await refund({ ...custom, name: 'Refund T-1', description: 'A mistake' })).json;
    const page = async () => (await fetch(viewLink)).text();
    expect(await page()).toContain('Claim the refund');
    expect(await page()).toContain('A mistake');
    const press = (action: string) =>
      fetch(new URL('/visit', sandbox.url), {
        method: 'POST',
        body: new URLSearchParams({ provider: 'btcpay', reference: id, action }),
        redirect: 'manual',
      });
    const claimed = await press('claim_refund');
    expect(claimed.headers.get('location')).toBe(new URL(viewLink).pathname);
    expect(await page()).toContain('the shop has to approve it');
    expect((await press('claim_refund')).headers.get('location')).toContain('refused=');
    await press('complete_refund');
    expect(await page()).toContain('Paid out');
  });

  test('is not there for an offer that is not, and is down in an outage', async () => {
    const { refund, sandbox } = await start();
    const { viewLink } = (await refund()).json;
    expect((await fetch(`${sandbox.apiUrls.btcpay}/pull-payments/none`)).status).toBe(404);
    sandbox.faults('btcpay').outage = true;
    expect((await fetch(viewLink)).status).toBe(503);
  });
});
