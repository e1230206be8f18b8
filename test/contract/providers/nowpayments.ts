import { createHmac } from 'node:crypto';
import type { ProviderCase } from './provider-case.ts';

const signature = 'x-nowpayments-sig';

export const nowpayments: ProviderCase = {
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
