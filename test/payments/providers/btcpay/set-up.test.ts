import { expect, test } from 'vitest';
import { judgeRights } from '#payments/providers/btcpay/set-up.ts';

const store = 'XYZ';
const needed = [
  ...['cancreateinvoice', 'canviewinvoices', 'canmodifyinvoices', 'cancreatenonapprovedpullpayments'],
  ...['canviewpullpayments', 'canarchivepullpayments', 'canviewpayouts'],
].map((policy) => `btcpay.store.${policy}`);

test.each<[string, string[]]>([
  ['for every store', needed],
  ['for our store', needed.map((policy) => `${policy}:${store}`)],
  ['by the right to the whole store', [`btcpay.store.canmodifystoresettings:${store}`]],
  ['without any bound', ['unrestricted']],
])('the needed rights are enough when they are given %s', (_how, permissions) => {
  expect(judgeRights(permissions, store)).toMatchObject({ status: 'ok' });
});

test('rights for another store are none', () => {
  expect(
    judgeRights(
      needed.map((policy) => `${policy}:ABC`),
      store,
    ),
  ).toMatchObject({ status: 'error' });
});

test('a shop that cannot refund sells all the same: a warning that names what is missing', () => {
  const check = judgeRights(needed.slice(0, 3), store);
  expect(check).toMatchObject({ status: 'warning' });
  expect(check.detail).toBe('may not offer refunds, find refunds, withdraw refunds, follow refunds');
  expect(judgeRights(needed.slice(1), store)).toMatchObject({
    status: 'error',
    detail: 'may not create invoices',
    advice: 'give the key btcpay.store.cancreateinvoice for this store',
  });
});
