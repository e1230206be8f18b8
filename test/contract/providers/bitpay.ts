import { bitpayClient } from '#test/sandbox/providers/clients.ts';
import type { ProviderCase } from './provider-case.ts';

const file = 'src/payments/providers/bitpay/webhook.ts';
const mutants: ProviderCase['mutants'] = [
  {
    flaw: 'takes any signature',
    file,
    from: 'if (!isKeyedHash(digest, { secrets, parts: [delivery.body] }))',
    to: 'if (isKeyedHash(digest, { secrets, parts: [] }))',
  },
  {
    flaw: 'takes a webhook without a signature',
    file,
    from: `if (header === undefined || header === '') return`,
    to: `if (header === undefined || header === '') return readStandard(readExactJson(delivery.body)) ?? `,
  },
  { flaw: 'leaves the body out', file, from: '{ secrets, parts: [delivery.body] }', to: '{ secrets, parts: [] }' },
  { flaw: 'reads the signature of another header', file, from: `'x-signature'`, to: `'x-bitpay-signature'` },
  {
    flaw: 'does not say when nothing can be read',
    file,
    from: `if (body === undefined) return { kind: 'refused', reason: 'body_malformed' };`,
    to: '',
  },
];

export const bitpay: ProviderCase = {
  abilities: {
    canCreate: true,
    canFetch: true,
    canList: true,
    canCancel: true,
    canFindLostCreate: true,
    returnsOddPayments: true,
    fees: 'ledger',
    refunds: 'accepted_by_buyer',
    isSalesChannel: false,
    gaps: 0,
  },
  oddities: [
    { field: 'status', value: 'onHold' },
    { field: 'price', value: '49,10' },
    { field: 'price', value: -49.1 },
    { field: 'displayAmountPaid', value: '1e99' },
    { field: 'currency', value: ['USD'] },
    { field: 'displayAmountPaid', value: 'some' },
  ],
  idsIn: (object) => [Reflect.get(object, 'id')],
  lesserSetUps: [
    {
      without: ['BITPAY_MERCHANT_TOKEN', 'BITPAY_PRIVATE_KEY'],
      abilities: { canList: false, canCancel: false, canFindLostCreate: false, fees: 'none', refunds: 'none', gaps: 4 },
    },
  ],
  // Only the merchant facade can search for an invoice; a pos token repeats the create under its guid.
  looksBeforeCreate: ({ canFindLostCreate }) => canFindLostCreate,
  isRefusalUsual: true,
  offers: ['pay', 'pay_unconfirmed', 'underpay', 'overpay', 'expire', 'walk_away'],
  states: [
    { visits: ['pay_unconfirmed'], shows: { state: 'processing' }, paid: 0 },
    { visits: ['pay'], shows: { state: 'confirmed' }, paid: 0 },
    { visits: ['overpay'], shows: { state: 'confirmed' }, paid: 1 },
    { visits: ['underpay'], shows: { state: 'open' }, paid: -1 },
    { visits: ['underpay', 'expire'], shows: { state: 'expired' }, paid: -1 },
    { visits: ['expire'], shows: { state: 'expired', settlement: null } },
    { visits: ['pay_unconfirmed', 'invalidate'], shows: { state: 'invalid' }, paid: 0 },
    { visits: ['pay_unconfirmed', 'decline'], shows: { state: 'invalid' }, paid: 0 },
  ],
  customers: [
    { does: ['pay'], ends: 'paid' },
    { does: ['pay'], ends: 'paid' },
    { does: ['overpay'], ends: 'overpaid' },
    { does: ['underpay', 'expire'], ends: 'underpaid' },
  ],
  refunds: {
    arrives: ['complete_refund'],
    refundByHand({ sandbox }, { reference, amount }) {
      const fields = { invoiceId: reference, amount: Number(amount), currency: 'USD' };
      return bitpayClient(sandbox).signed('POST', '/refunds', { fields });
    },
  },
  mutants,
  signedForms: (delivery) => [
    {
      form: 'the body in base64',
      delivery,
      parts: [{ text: delivery.headers['x-signature'] ?? '', alphabet: 'base64' }],
      headers: [],
    },
  ],
  lies: [],
  canaries: {
    rotated: { BITPAY_POS_TOKEN: 'CANARYbitpayPosToken', BITPAY_MERCHANT_TOKEN: 'CANARYbitpayMerchantToken' },
    single: { BITPAY_PRIVATE_KEY: 'ca'.repeat(32) },
  },
};
