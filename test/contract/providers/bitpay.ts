import { bitpayClient } from '#test/sandbox/providers/clients.ts';
import type { ProviderCase } from './provider-case.ts';

export const bitpay: ProviderCase = {
  // Only the merchant facade can look; a pos token repeats the create under its guid.
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
