import { describe, expect, test } from 'vitest';
import { type BitPayAccount, makeBitPayAccount } from '#sandbox/providers/bitpay/account.ts';
import { bitpayClient, bitpayHeaders } from './clients.ts';
import { call, createClock, readSample, startSandbox } from './support.ts';

const hourMs = 60 * 60_000;

async function start(differences: Partial<BitPayAccount> = {}) {
  const clock = createClock();
  const { account, environment } = makeBitPayAccount();
  const accounts = { bitpay: { ...account, ...differences } };
  const made = await startSandbox({ now: clock.now, refundDelayMs: Number.MAX_SAFE_INTEGER, accounts });
  const sandbox = { ...made, environment: { ...made.environment, ...environment } };
  const client = bitpayClient(sandbox);
  const visit = (reference: string, action: 'pay' | 'complete' | 'complete_refund' | 'fail_refund') =>
    sandbox.visit({ provider: 'bitpay', reference, action });
  return {
    sandbox,
    clock,
    client,
    visit,
    async sell(fields: object = {}): Promise<string> {
      const { id } = (await client.pos({ itemDesc: 'License', ...fields })).json.data;
      await visit(id, 'pay');
      await visit(id, 'complete');
      return id;
    },
    refund: (invoiceId: string, fields: object = {}) =>
      client.signed('POST', '/refunds', { fields: { invoiceId, amount: 20, ...fields } }),
    entries: async (currency = 'USD', days = 'startDate=2026-11-22&endDate=2026-11-23') =>
      (await client.signed('GET', `/ledgers/${currency}?${days}`)).json,
    balances: async () => (await client.signed('GET', '/ledgers')).json.data,
    settlements: async (query = 'dateStart=2026-11-01&dateEnd=2026-12-31') =>
      (await client.signed('GET', `/settlements?${query}`)).json.data,
  };
}

/** Code and value of each entry, but for what lay in the ledger before. */
const lines = (entries: { code: number; amount: number; scale: number }[]) =>
  entries.filter(({ code }) => code !== 1011).map(({ code, amount, scale }) => [code, amount / scale]);

describe('a ledger', () => {
  test('holds the sale and its fee of 1 % from the moment on at which the invoice is complete', async () => {
    const { client, visit, entries } = await start();
    const { id } = (await client.pos({ price: 20.5 })).json.data;
    await visit(id, 'pay');
    expect(await entries()).toEqual([]);
    await visit(id, 'complete');
    expect(lines(await entries())).toEqual([
      [1000, 20.5],
      [1023, -0.21],
    ]);
  });

  test('has entries with the fields of the sample', async () => {
    const { sell, entries } = await start();
    const id = await sell();
    const [sample] = readSample<object[]>('bitpay/getLedgerEntriesResponse.json');
    const sale = (await entries()).find(({ code }: { code: number }) => code === 1000);
    expect(Object.keys(sale)).toEqual(Object.keys(sample ?? {}));
    expect(sale).toMatchObject({ invoiceId: id, scale: 100_000_000, invoiceCurrency: 'USD', txType: 'sale' });
  });

  test('is one for each currency, with a balance that is the sum of its entries', async () => {
    const { sell, balances, entries } = await start();
    await sell();
    await sell({ currency: 'EUR', price: 10 });
    expect(await balances()).toEqual([
      { currency: 'USD', balance: 10_019.8 },
      { currency: 'EUR', balance: 10_009.9 },
    ]);
    expect(lines(await entries('EUR'))).toHaveLength(2);
    expect(await entries('CHF')).toEqual([]);
  });

  test('shows the days that are asked for, and wants them named', async () => {
    const { sell, entries, client } = await start();
    await sell();
    expect(await entries('USD', 'startDate=2026-11-23&endDate=2026-11-24')).toEqual([]);
    expect((await client.signed('GET', '/ledgers/USD')).status).toBe(400);
  });

  test('is shown to the signed merchant only', async () => {
    const { sandbox, client } = await start();
    for (const path of ['/ledgers', '/ledgers/USD', '/settlements']) {
      const url = `${sandbox.apiUrls.bitpay}${path}?token=${client.posToken}`;
      expect((await call(url, { headers: bitpayHeaders })).status).toBe(401);
    }
  });
});

describe('a refund', () => {
  test('above the balance is refused with a code, and taken when the balance is raised', async () => {
    const { sandbox, sell, refund } = await start();
    const id = await sell();
    sandbox.setDial('bitpay', 'ledgerBalance', '19.99');
    const refused = await refund(id);
    expect([refused.status, refused.json.code]).toEqual([400, '010308']);
    expect(refused.json.error).toContain('Insufficient ledger balance');
    sandbox.setDial('bitpay', 'ledgerBalance', '20');
    expect((await refund(id)).status).toBe(200);
  });

  test('is taken from the ledger when it succeeds, and not when it fails', async () => {
    const { sell, refund, entries, visit } = await start();
    const id = await sell();
    await refund(id);
    await visit(id, 'fail_refund');
    expect(lines(await entries())).toHaveLength(2);
    await refund(id, { amount: 5 });
    await visit(id, 'complete_refund');
    expect(lines(await entries())[2]).toEqual([1020, -5]);
  });

  test('of a ledger that begins empty needs a sale that is complete', async () => {
    const { client, refund, visit } = await start({ ledgerBalance: '0' });
    const { id } = (await client.pos()).json.data;
    await visit(id, 'pay');
    expect((await refund(id, { amount: 19.8 })).json.code).toBe('010308');
    await visit(id, 'complete');
    expect((await refund(id, { amount: 19.81 })).json.code).toBe('010308');
    expect((await refund(id, { amount: 19.8 })).status).toBe(200);
  });

  test('leaves no room for a balance that is none, nor for a dial that does not exist', async () => {
    const { sandbox } = await start();
    const refused = { name: 'VisitRefused' };
    expect(() => sandbox.setDial('bitpay', 'ledgerBalance', 'a lot')).toThrow(expect.objectContaining(refused));
    expect(() => sandbox.setDial('btcpay', 'ledgerBalance', '1')).toThrow(expect.objectContaining(refused));
  });
});

describe('a settlement', () => {
  test('pays out at the end of the day what the day brought, and leaves what lay there before', async () => {
    const { sell, refund, visit, clock, settlements, entries, balances } = await start();
    const id = await sell();
    await sell();
    await refund(id, { amount: 5 });
    await visit(id, 'complete_refund');
    clock.advance(12 * hourMs);
    const [made, ...others] = await settlements();
    expect(others).toEqual([]);
    expect(made).toMatchObject({ currency: 'USD', totalAmount: 34.6, status: 'processing' });
    expect(Object.keys(made)).toEqual(
      Object.keys(readSample<{ data: [object] }>('bitpay/getSettlementsResponse.json').data[0]),
    );
    expect(lines(await entries()).at(-1)).toEqual([1017, -34.6]);
    expect(await balances()).toEqual([{ currency: 'USD', balance: 10_000 }]);
    clock.advance(3 * hourMs);
    expect(await settlements()).toMatchObject([{ status: 'completed' }]);
  });

  test('is not made of a day that brought nothing', async () => {
    const { clock, sell, settlements } = await start();
    clock.advance(24 * hourMs);
    expect(await settlements()).toEqual([]);
    await sell();
    clock.advance(5 * 24 * hourMs);
    expect(await settlements()).toHaveLength(1);
  });

  test('opens its report, with the lines that it is the sum of, to its own token', async () => {
    const { sell, clock, settlements, client, sandbox } = await start();
    const id = await sell();
    clock.advance(12 * hourMs);
    const [made] = await settlements();
    expect((await client.signed('GET', `/settlements/${made.id}`)).json.data).toEqual(made);
    const path = `/settlements/${made.id}/reconciliationReport`;
    expect((await client.signed('GET', path)).status).toBe(401);
    const signedText = `${sandbox.apiUrls.bitpay}${path}?token=${made.token}`;
    const unsigned = await call(signedText, { headers: bitpayHeaders });
    expect(unsigned.status).toBe(401);
    const owner = { ...sandbox, environment: { ...sandbox.environment, BITPAY_MERCHANT_TOKEN: made.token } };
    const report = await bitpayClient(owner).signed('GET', path);
    expect(report.json.data.ledgerEntries).toMatchObject([
      { code: 1000, invoiceId: id, amount: 20 },
      { code: 1023, invoiceId: id, amount: -0.2 },
    ]);
  });

  test('is listed by days, currency and pages', async () => {
    const { sell, clock, settlements, client } = await start();
    for (let day = 0; day < 3; day += 1) {
      await sell();
      await sell({ currency: 'EUR' });
      clock.advance(24 * hourMs);
    }
    const all = 'dateStart=2026-11-01&dateEnd=2026-12-31';
    expect(await settlements()).toHaveLength(6);
    expect(await settlements(`${all}&currency=EUR`)).toHaveLength(3);
    expect(await settlements(`${all}&limit=2&offset=5`)).toHaveLength(1);
    expect(await settlements('dateStart=2026-11-23&dateEnd=2026-11-23')).toHaveLength(2);
    expect((await client.signed('GET', '/settlements')).status).toBe(400);
    expect((await client.signed('GET', '/settlements/none')).status).toBe(404);
  });
});
