import { createHmac } from 'node:crypto';
import type { ProviderCase } from './provider-case.ts';

const signature = 'x-nowpayments-sig';

const file = 'src/payments/providers/nowpayments/webhook.ts';
const hmac = 'src/payments/providers/kit/hmac.ts';
const mutants: ProviderCase['mutants'] = [
  { flaw: 'takes any signature', file, from: 'if (!matches.includes(true))', to: 'if (!matches.includes(false))' },
  {
    flaw: 'takes a webhook without a signature',
    file,
    from: `if (header === undefined || header === '') return { kind: 'refused', reason: 'signature_missing' };`,
    to: `if (header === undefined || header === '') return { kind: 'irrelevant', eventType: 'unknown' };`,
  },
  {
    flaw: 'takes a lenient reading of the signature',
    file,
    from: '/^[0-9a-f]{128}$/i.test(header)',
    to: '/^[0-9a-f]{128}/i.test(header)',
  },
  {
    flaw: 'leaves the values out of what is signed',
    file,
    from: `\`\${JSON.stringify(name)}:\${inner}\``,
    to: 'JSON.stringify(name)',
  },
  { flaw: 'leaves the names out of what is signed', file, from: `\`\${JSON.stringify(name)}:\${inner}\``, to: 'inner' },
  { flaw: 'does not sort', file, from: 'Object.keys(value).sort()', to: 'Object.keys(value)' },
  { flaw: 'knows one way of sorting only', file, from: `  { arrays: 'as_objects', values: 'rewritten' },\n`, to: '' },
  { flaw: 'knows the other way of sorting only', file, from: `  { arrays: 'kept', values: 'rewritten' },\n`, to: '' },
  { flaw: 'rewrites every value', file, from: `  { arrays: 'kept', values: 'sent' },\n`, to: '' },
  {
    flaw: 'sorts indices as texts',
    file,
    from: 'return Object.keys(Object.fromEntries(names.map((name) => [name, true])));',
    to: 'return names;',
  },
  { flaw: 'takes an empty secret', file: hmac, from: `if (secret === '') continue;`, to: '' },
  { flaw: 'has no end of depth', file, from: 'if (depth > depthMax) return undefined;', to: '' },
  {
    flaw: 'asks for the first secret only',
    file: hmac,
    from: 'for (const secret of secrets) {',
    to: 'for (const secret of secrets.slice(0, 1)) {',
  },
  { flaw: 'uses a weaker hash', file, from: `'sha512'`, to: `'sha256'` },
];

export const nowpayments: ProviderCase = {
  abilities: {
    canCreate: true,
    canFetch: true,
    canList: false,
    canCancel: false,
    canFindLostCreate: false,
    returnsOddPayments: false,
    fees: 'none',
    refunds: 'none',
    isSalesChannel: false,
    gaps: 4,
  },
  oddities: [
    { field: 'payment_status', value: 'on_hold' },
    { field: 'actually_paid', value: 'some' },
    { field: 'actually_paid', value: -1 },
    { field: 'actually_paid', value: 1e99 },
    { field: 'price_amount', value: null },
  ],
  idsIn: (object) => [Reflect.get(object, 'invoice_id')].map(String),
  lesserSetUps: [{ without: ['NOWPAYMENTS_EMAIL', 'NOWPAYMENTS_PASSWORD'], abilities: { gaps: 5 } }],
  looksBeforeCreate: () => false,
  isRefusalUsual: false,
  offers: ['pay', 'pay_unconfirmed', 'underpay', 'overpay', 'fail', 'expire', 'walk_away'],
  states: [
    { visits: ['pay_unconfirmed'], shows: { state: 'processing' }, paid: 0 },
    { visits: ['pay'], shows: { state: 'confirmed', isLate: false }, paid: 0 },
    { visits: ['pay_unconfirmed', 'confirm'], shows: { state: 'confirmed' }, paid: 0 },
    { visits: ['overpay'], shows: { state: 'confirmed' }, paid: 1 },
    { visits: ['underpay'], shows: { state: 'expired', isLate: false }, paid: -1 },
    { visits: ['fail'], shows: { state: 'failed', settlement: null } },
    { visits: ['expire'], shows: { state: 'expired', settlement: null, isLate: false } },
    // Deposits beside the payment are finished whatever their amounts: they count by these.
    { visits: ['expire', 'pay_late'], shows: { state: 'expired', isLate: true }, paid: 0 },
    { visits: ['underpay', 'pay_again'], shows: { state: 'expired', isLate: true }, paid: 1 },
    { visits: ['pay', 'pay_again'], shows: { state: 'confirmed' }, paid: 1 },
  ],
  customers: [
    { does: ['pay'], ends: 'paid' },
    { does: ['pay_unconfirmed', 'confirm'], ends: 'paid' },
    { does: ['overpay'], ends: 'overpaid' },
    { does: ['underpay'], ends: 'underpaid' },
  ],
  mutants,
  signedForms: (delivery) => [
    {
      form: 'the sorted body in hex',
      delivery,
      parts: [{ text: delivery.headers[signature] ?? '', alphabet: 'hex' }],
      headers: [],
    },
  ],
  lies: [
    {
      lie: 'is signed in the way of sorting that leaves out what is nested',
      of({ headers, body }, { environment }) {
        const value = JSON.parse(body) as Record<string, unknown>;
        const shallow = JSON.stringify(value, Object.keys(value).sort());
        const secret = environment['NOWPAYMENTS_IPN_SECRET'] ?? '';
        return {
          headers: { ...headers, [signature]: createHmac('sha512', secret).update(shallow).digest('hex') },
          body,
        };
      },
    },
  ],
  canaries: {
    rotated: { NOWPAYMENTS_IPN_SECRET: 'CANARY-nowpayments-ipn' },
    single: {
      NOWPAYMENTS_API_KEY: 'CANARY-nowpayments-api-key',
      NOWPAYMENTS_EMAIL: 'canary-nowpayments@example.com',
      NOWPAYMENTS_PASSWORD: 'CANARY-nowpayments-password',
    },
  },
};
