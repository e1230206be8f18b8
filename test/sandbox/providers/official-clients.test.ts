// The providers' own clients before the simulators: what they take, the real thing would give them. That of Coinbase is
// recorded (coinbase-token.test.ts); BTCPay and NOWPayments have none that can be installed.
import { randomUUID } from 'node:crypto';
import * as bitpay from 'bitpay-sdk';
import { expect, test } from 'vitest';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { call, createClock, startSandbox } from './support.ts';

const { Client, Environment, Facade, TokenContainer } = bitpay;
const day = 86_400_000;

/** The merchant's client of BitPay, with the sandbox in place of BitPay's own address. */
function merchantOf(sandbox: ProviderSandbox): bitpay.Client {
  const tokens = new TokenContainer();
  tokens.addMerchant(sandbox.environment['BITPAY_MERCHANT_TOKEN'] ?? '');
  tokens.addPos(sandbox.environment['BITPAY_POS_TOKEN'] ?? '');
  const key = sandbox.environment['BITPAY_PRIVATE_KEY'] ?? '';
  return redirected(Client.createClientByPrivateKey(key, tokens, Environment.Test), sandbox);
}

function posOf(sandbox: ProviderSandbox): bitpay.Client {
  return redirected(Client.createPosClient(sandbox.environment['BITPAY_POS_TOKEN'] ?? '', Environment.Test), sandbox);
}

/** Its addresses are constants. */
function redirected(client: bitpay.Client, sandbox: ProviderSandbox): bitpay.Client {
  const own: object = Reflect.get(client, 'bitPayClient') as object;
  Reflect.set(own, 'baseUrl', `${sandbox.apiUrls.bitpay}/`);
  return client;
}

function anInvoice(guid: string, token = ''): bitpay.Models.InvoiceInterface {
  return Object.assign(new bitpay.Models.Invoice(49.1, 'USD'), { guid, orderId: 'T-1042', token });
}

async function start() {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now, refundDelayMs: 0 });
  const merchant = merchantOf(sandbox);
  const guid = randomUUID();
  const invoice = await merchant.createInvoice(anInvoice(guid), Facade.Merchant, true);
  const id = invoice.id ?? '';
  const settle = async () => {
    await sandbox.visit({ provider: 'bitpay', reference: id, action: 'pay' });
    await sandbox.visit({ provider: 'bitpay', reference: id, action: 'complete' });
  };
  return { clock, sandbox, merchant, guid, id, invoice, settle };
}

test('BitPay’s SDK makes an invoice with either facade, and finds it by its id and its guid', async () => {
  const { sandbox, merchant, guid, id, invoice } = await start();
  expect(invoice).toMatchObject({ status: 'new', price: 49.1, currency: 'USD', orderId: 'T-1042', guid });
  expect(await merchant.getInvoice(id, Facade.Merchant, true)).toMatchObject({ id, status: 'new' });
  expect(await merchant.getInvoiceByGuid(guid, Facade.Merchant, true)).toMatchObject({ id });
  const pos = posOf(sandbox);
  const sold = await pos.createInvoice(anInvoice(randomUUID(), sandbox.environment['BITPAY_POS_TOKEN']));
  expect(await pos.getInvoice(sold.id ?? '')).toMatchObject({ status: 'new', price: 49.1 });
});

test('BitPay’s SDK cancels an invoice, and is refused one that is paid', async () => {
  const { merchant, id } = await start();
  expect(await merchant.cancelInvoice(id, false)).toMatchObject({ id });
  const paid = await start();
  await paid.settle();
  await expect(paid.merchant.cancelInvoice(paid.id, false)).rejects.toThrow();
});

test('BitPay’s SDK makes a refund and finds it by its id, its guid and its invoice', async () => {
  const { merchant, id, settle } = await start();
  await settle();
  const guid = randomUUID();
  const refund = { ...new bitpay.Models.Refund(9.1, id, ''), guid, preview: false, immediate: false };
  const made = await merchant.createRefund(refund);
  expect(made).toMatchObject({ amount: 9.1, invoice: id });
  expect(await merchant.getRefund(made.id ?? '')).toMatchObject({ id: made.id });
  expect(await merchant.getRefundByGuid(guid)).toMatchObject({ id: made.id });
  expect(await merchant.getRefunds(id)).toMatchObject([{ id: made.id }]);
});

test('BitPay’s SDK reads ledgers, their entries, settlements and rates', async () => {
  const { clock, merchant, settle } = await start();
  await settle();
  const [from, to] = [new Date(clock.now() - day), new Date(clock.now() + day)];
  expect((await merchant.getLedgers()).map(({ currency }) => currency)).toContain('USD');
  expect((await merchant.getRates(null)).getRates().length).toBeGreaterThan(0);
  const entries = await merchant.getLedgerEntries('USD', from, to);
  expect(entries.map(({ code }) => code)).toEqual(expect.arrayContaining([1000, 1023]));
  expect(await merchant.getSettlements({ currency: 'USD', dateStart: '2026-11-01', dateEnd: '2026-11-30' })).toEqual(
    expect.any(Array),
  );
});

test('a wrong key is refused to BitPay’s SDK as well', async () => {
  const { sandbox } = await start();
  const tokens = new TokenContainer();
  tokens.addMerchant(sandbox.environment['BITPAY_MERCHANT_TOKEN'] ?? '');
  const stranger = redirected(Client.createClientByPrivateKey('1'.repeat(64), tokens, Environment.Test), sandbox);
  await expect(stranger.getLedgers()).rejects.toThrow();
});

test('the simulated BTCPay says whether it is there, to anybody', async () => {
  const sandbox = await startSandbox();
  expect(await call(`${sandbox.apiUrls.btcpay}/api/v1/health`, { method: 'GET' })).toMatchObject({
    status: 200,
    json: { synchronized: true },
  });
});
