// The simulated Payhip is as strict, and as odd, as its documentation says.
import { beforeEach, describe, expect, test } from 'vitest';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import { forgeries } from '#sandbox/providers/payhip/seller.ts';
import { payhipSignature } from '#sandbox/providers/payhip/webhook.ts';
import { sellerAt } from '#test/support/app-fixture/payhip-seller.ts';
import { type Answer, type Clock, call, createClock, type Receiver, startReceiver, startSandbox } from './support.ts';

const hourMs = 3_600_000;
const email = 'kim@customer.example';

let clock: Clock;
let receiver: Receiver;
let sandbox: ProviderSandbox;

beforeEach(async () => {
  clock = createClock();
  receiver = await startReceiver();
  sandbox = await startSandbox({ now: clock.now, webhookRetryDelaysMs: [hourMs, hourMs, hourMs, hourMs] });
  sandbox.setWebhookUrl('payhip', receiver.url);
});

const seller = () => sellerAt({ sandbox });

interface Ask {
  method?: string;
  form?: Record<string, string>;
  type?: string;
  headers?: Record<string, string>;
}

function ask(path: string, { method = 'GET', form, type, headers }: Ask = {}): Promise<Answer> {
  const contentType = type ?? 'application/x-www-form-urlencoded';
  return call(`${sandbox.apiUrls.payhip}${path}`, {
    method,
    headers: {
      'payhip-api-key': sandbox.environment['PAYHIP_API_KEY'] ?? '',
      ...(form && { 'content-type': contentType }),
      ...headers,
    },
    ...(form && { body: new URLSearchParams(form) }),
  });
}

async function told(): Promise<Record<string, unknown>[]> {
  await sandbox.settle();
  return receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

test('gives the time of the sandbox in the Date header, also where it refuses', async () => {
  clock.advance(3 * hourMs);
  const tries: Record<string, string>[] = [{}, { 'payhip-api-key': 'not-the-key' }];
  for (const headers of tries) {
    const { headers: told } = await ask('/coupons', { headers });
    expect(Date.parse(told.get('date') ?? '')).toBe(Math.floor(clock.now() / 1000) * 1000);
  }
});

describe('coupons', () => {
  const good = { code: 'SPRING', coupon_type: 'multi', percent_off: '20' };

  test('are made by a form and listed in pages of ten', async () => {
    for (let nth = 1; nth <= 11; nth += 1) {
      const { status, json } = await ask('/coupons', { method: 'POST', form: { ...good, code: `C${nth}` } });
      expect([status, json.data.code, json.data.percent_off]).toEqual([200, `C${nth}`, 20]);
    }
    expect((await ask('/coupons')).json.data).toHaveLength(10);
    expect((await ask('/coupons?page=2')).json.data.map(({ code }: { code: string }) => code)).toEqual(['C11']);
    expect((await ask('/coupons?page=3')).json.data).toEqual([]);
  });

  test.each<[string, Ask, number]>([
    ['without the key', { headers: { 'payhip-api-key': 'another' } }, 401],
    ['as JSON', { method: 'POST', form: good, type: 'application/json' }, 400],
    ['without a code', { method: 'POST', form: { ...good, code: '' } }, 422],
    ['of no known type', { method: 'POST', form: { ...good, coupon_type: 'any' } }, 422],
    ['that take off nothing', { method: 'POST', form: { code: 'X', coupon_type: 'multi' } }, 422],
    ['that take off both ways', { method: 'POST', form: { ...good, amount_off: '100' } }, 422],
    ['of more than all', { method: 'POST', form: { ...good, percent_off: '101' } }, 422],
    ['of no product', { method: 'POST', form: { ...good, coupon_type: 'single', product_key: 'none' } }, 422],
  ])('%s are refused', async (_form, asked, status) => {
    expect((await ask('/coupons', asked)).status).toBe(status);
    expect(seller().coupons.size).toBe(0);
  });

  test('are refused under a code that is taken, whatever its case', async () => {
    await ask('/coupons', { method: 'POST', form: good });
    expect((await ask('/coupons', { method: 'POST', form: { ...good, code: 'spring' } })).status).toBe(422);
  });
});

describe('a license', () => {
  const product = () => seller().product('FnPr');
  const verify = (key: string, secret = product().secret) =>
    ask(`/license/verify?license_key=${key}`, { headers: { 'product-secret-key': secret } });

  test('is known by its key and the secret of its product', async () => {
    const { licenseKey = '' } = seller().buy({ productKey: 'FnPr', email });
    const { status, json } = await verify(licenseKey);
    expect(status).toBe(200);
    expect(json.data).toMatchObject({
      enabled: true,
      product_link: 'FnPr',
      license_key: licenseKey,
      buyer_email: email,
    });
  });

  test('that nobody has is answered with no body at all, and a wrong secret with 401', async () => {
    const { licenseKey = '' } = seller().buy({ productKey: 'FnPr', email });
    expect(await verify('AAAAA-BBBBB-CCCCC-DDDDD')).toMatchObject({ status: 200, text: '' });
    expect(await verify(licenseKey, seller().product('NfPk').secret)).toMatchObject({ status: 200, text: '' });
    expect((await verify(licenseKey, 'prod_sk_guessed')).status).toBe(401);
  });

  test('is disabled when its full price is refunded', async () => {
    const { id, cents, licenseKey = '' } = seller().buy({ productKey: 'FnPr', email });
    seller().refund(id, cents - 1);
    expect((await verify(licenseKey)).json.data.enabled).toBe(true);
    seller().refund(id, cents);
    expect((await verify(licenseKey)).json.data.enabled).toBe(false);
  });
});

describe('a webhook', () => {
  test('is repeated once an hour, three times at most, until the answer is 200', async () => {
    receiver.answers.push(204, 500, 302, 503, 200);
    const { id } = seller().buy({ productKey: 'NfPk', email });
    for (let nth = 0; nth < 6; nth += 1) {
      await sandbox.settle();
      clock.advance(hourMs);
    }
    const attempts = sandbox
      .deliveries('payhip')
      .map(({ reference, status, willRetry }) => [reference, status, willRetry]);
    expect(attempts).toEqual([
      [id, 204, true],
      [id, 500, true],
      [id, 302, true],
      [id, 503, false],
    ]);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  test('of a sale has its price in cents, its quantity as text, and the same signature as all others', async () => {
    seller().buy({ productKey: 'NfPk', email, quantity: 2, vatPercent: 23 });
    seller().subscribe({ productKey: 'NfPk', email, plan: 'Monthly' });
    const [sale, subscription] = await told();
    expect(sale).toMatchObject({ type: 'paid', price: 5_904, vat_applied: true, vat_amount: 1_104, currency: 'USD' });
    expect(sale).toMatchObject({ items: [{ product_key: 'NfPk', quantity: '2' }] });
    const signature = payhipSignature(sandbox.environment['PAYHIP_API_KEY'] ?? '');
    expect([sale?.['signature'], subscription?.['signature']]).toEqual([signature, signature]);
    expect(subscription).toMatchObject({ type: 'subscription.created', status: 'active' });
  });

  test('of a refund has the total refunded, and its sale', async () => {
    const { id } = seller().buy({ productKey: 'NfPk', email });
    await sandbox.visit({ provider: 'payhip', reference: id, action: 'refund_part' });
    await sandbox.visit({ provider: 'payhip', reference: id, action: 'refund_full' });
    const refunds = (await told()).filter(({ type }) => type === 'refunded');
    expect(refunds.map((body) => [body['id'], body['price'], body['amount_refunded']])).toEqual([
      [id, 2_400, 1_200],
      [id, 2_400, 2_400],
    ]);
    expect(() => seller().refund(id, 2_400)).toThrow('can be given back in all');
  });

  test.each(forgeries)('can be forged by whoever has seen one: %s', async (forgery) => {
    seller().buy({ productKey: 'FnPr', email });
    const sales = seller().sales.size;
    seller().forge(forgery);
    const [, forged] = await told();
    expect(forged).toMatchObject({ type: 'paid' });
    const isSigned = forged?.['signature'] === payhipSignature(sandbox.environment['PAYHIP_API_KEY'] ?? '');
    expect(isSigned).toBe(forgery !== 'wrong_signature');
    expect(seller().sales.size).toBe(sales);
  });
});

describe('the shop', () => {
  const post = (path: string, form: Record<string, string>) =>
    fetch(new URL(`/payhip/${path}`, sandbox.url), {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    });

  test('sells to a visitor, with a coupon too, and shows the sale with what the seller can give back', async () => {
    await ask('/coupons', { method: 'POST', form: { code: 'HALF', coupon_type: 'multi', percent_off: '50' } });
    const bought = await post('buy', { product: 'NfPk', email, coupon: 'half', pay_by: 'paypal' });
    expect(bought.status).toBe(303);
    const page = await (await fetch(new URL(bought.headers.get('location') ?? '', sandbox.url))).text();
    for (const text of ['12.00', 'Paid', email, 'refund-part', 'refund-full']) expect(page).toContain(text);
    expect(await told()).toMatchObject([{ price: 1_200, payment_type: 'paypal', coupons: [{ code: 'HALF' }] }]);
  });

  test('reports the refund before the sale, a sale again, and subscriptions, when it is asked to', async () => {
    await post('buy', { product: 'NfPk', email, refunded_first: 'on' });
    await post('again', {});
    await post('subscribe', {});
    await post('unsubscribe', {});
    const types = (await told()).map(({ type }) => type);
    expect(types).toEqual(['refunded', 'paid', 'paid', 'subscription.created', 'subscription.deleted']);
  });

  test.each([
    ['buy', { product: 'NfPk', coupon: 'UNKNOWN' }],
    ['again', {}],
    ['forge', { forgery: 'used_license' }],
    ['unsubscribe', {}],
  ])('says why %s is not possible', async (path, form) => {
    const answer = await post(path, form);
    const page = await (await fetch(new URL(answer.headers.get('location') ?? '', sandbox.url))).text();
    expect(page).toContain('data-testid="refusal"');
    expect(await told()).toEqual([]);
  });

  test('is closed during an outage, as its API is', async () => {
    sandbox.faults('payhip').set({ outage: true });
    expect((await fetch(new URL('/payhip', sandbox.url))).status).toBe(503);
    await expect(ask('/coupons')).rejects.toThrow();
  });

  test('exports what was paid for, and nothing else', async () => {
    sandbox.createForeign('payhip', { amount: '5.00' });
    const { id } = seller().buy({ productKey: 'NfPk', email: '"kim, the=first"@customer.example' });
    seller().refund(id, 1_000);
    const answer = await fetch(new URL('/payhip/export.csv', sandbox.url));
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const csv = Buffer.from(await answer.arrayBuffer()).toString('utf8');
    expect(csv).toBe(exportCsv(seller().sales.values()));
    expect(csv.trim().split('\n')).toHaveLength(2);
    expect(csv).toContain(`${id},2026-11-22 12:00:00,"""kim, the=first""@customer.example",`);
    expect(csv).toContain(',USD,24.00,10.00,card');
  });
});
