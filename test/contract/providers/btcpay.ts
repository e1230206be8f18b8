import { btcpayClient } from '#test/sandbox/providers/clients.ts';
import { sign } from '#test/support/providers/sign-webhook.ts';
import type { ProviderCase } from './provider-case.ts';

const scheme = 'sha256';

const file = 'src/payments/providers/btcpay/webhook.ts';
const mutants: ProviderCase['mutants'] = [
  {
    flaw: 'takes any signature',
    file,
    from: 'if (!isSigned) return',
    to: 'if (header === isSigned.toString()) return',
  },
  {
    flaw: 'takes a webhook without a signature',
    file,
    from: `if (header === undefined || header === '') return { kind: 'refused', reason: 'signature_missing' };`,
    to: `if (header === undefined || header === '') return { kind: 'irrelevant', eventType: 'unknown' };`,
  },
  { flaw: 'leaves the body out', file, from: 'parts: [delivery.body] });', to: 'parts: [] });' },
  { flaw: 'takes another scheme for its own', file, from: `header.startsWith('sha256=')`, to: `header.includes('=')` },
  {
    flaw: 'takes what is about another store',
    file,
    from: 'if (storeId && storeId !== rule.storeId)',
    to: `if (storeId && storeId === '')`,
  },
  {
    flaw: 'takes what is about no store',
    file,
    from: `if (!storeId) return { kind: 'refused', reason: 'not_ours' };`,
    to: '',
  },
];

export const btcpay: ProviderCase = {
  abilities: {
    canCreate: true,
    canFetch: true,
    canList: true,
    canCancel: true,
    canFindLostCreate: true,
    returnsOddPayments: false,
    fees: 'none',
    refunds: 'claimed_by_buyer',
    isSalesChannel: false,
    gaps: 1,
  },
  oddities: [
    { field: 'status', value: 'Frozen' },
    { field: 'amount', value: 'plenty' },
    { field: 'paidAmount', value: ['1'] },
    { field: 'paidAmount', value: '1e99' },
    { field: 'amount', value: '-49.10' },
    { field: 'metadata', value: 'none', hidesOurId: true },
  ],
  idsIn: (object) => [Reflect.get(object, 'id')],
  lesserSetUps: [],
  looksBeforeCreate: () => true,
  isRefusalUsual: false,
  offers: ['pay', 'pay_unconfirmed', 'underpay', 'overpay', 'pay_late', 'expire', 'walk_away'],
  states: [
    { visits: ['pay_unconfirmed'], shows: { state: 'processing' }, paid: 0 },
    { visits: ['pay'], shows: { state: 'confirmed' }, paid: 0 },
    { visits: ['overpay'], shows: { state: 'confirmed' }, paid: 1 },
    { visits: ['underpay'], shows: { state: 'open' }, paid: -1 },
    { visits: ['underpay', 'expire'], shows: { state: 'expired', isLate: false }, paid: -1 },
    { visits: ['expire'], shows: { state: 'expired', settlement: null } },
    { visits: ['expire', 'pay_late'], shows: { state: 'expired', isLate: true }, paid: 0 },
    { visits: ['pay_unconfirmed', 'invalidate'], shows: { state: 'invalid' }, paid: 0 },
    { visits: ['pay_unconfirmed', 'double_spend'], shows: { state: 'open', settlement: null } },
    { visits: ['pay', 'take_back'], shows: { state: 'invalid', isMarkedSettled: false }, paid: 0 },
  ],
  customers: [
    { does: ['pay'], ends: 'paid' },
    { does: ['pay'], ends: 'paid' },
    { does: ['overpay'], ends: 'overpaid' },
    { does: ['underpay', 'expire'], ends: 'underpaid' },
  ],
  refunds: {
    arrives: ['claim_refund', 'complete_refund'],
    refundByHand({ sandbox }, { reference, amount }) {
      const client = btcpayClient(sandbox);
      const money = { refundVariant: 'Custom', customAmount: amount, customCurrency: 'USD' };
      const body = { ...money, payoutMethods: ['BTC-CHAIN'] };
      return client.request('POST', `${client.store}/invoices/${reference}/refund`, body);
    },
  },
  mutants,
  signedForms: (delivery) => [
    {
      form: 'the body in hex',
      delivery,
      parts: [
        { text: scheme, alphabet: 'words' },
        { text: (delivery.headers['btcpay-sig'] ?? '').slice(`${scheme}=`.length), alphabet: 'hex' },
      ],
      headers: [],
    },
  ],
  lies: [
    {
      lie: 'is about another store, though signed with our secret',
      of({ headers, body }, { now, environment }) {
        const foreign = body.replace(environment['BTCPAY_STORE_ID'] ?? '', 'AnotherStoreOfTheSameServer');
        return sign('btcpay', { headers, body: foreign, now, secret: environment['BTCPAY_WEBHOOK_SECRET'] ?? '' });
      },
    },
  ],
  canaries: {
    rotated: { BTCPAY_WEBHOOK_SECRET: 'CANARY-btcpay-webhook' },
    single: { BTCPAY_API_KEY: 'CANARY-btcpay-api-key' },
  },
};
