import type { Clock } from '#kernel/clock.ts';
import type { PaymentProvider, ProviderCapabilities } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { ProviderHttp } from '../http/client.ts';
import { firstOf } from '../kit/setting-invalid.ts';
import { createPayhipClient } from './client.ts';
import { createCouponDesk } from './coupons.ts';
import { readPayhipEvent } from './sale-event.ts';
import { readSalesExport } from './sales-export.ts';
import { checkPayhipSetUp } from './set-up.ts';
import { strikePayhipSecrets } from './strike-secrets.ts';
import { type PayhipWebhookRule, verifyPayhipWebhook } from './webhook.ts';

export interface PayhipSettings extends PayhipWebhookRule {
  /** Everything before `/coupons`, without a slash at the end. */
  apiUrl: string;
}

const capabilities: ProviderCapabilities = {
  canCreate: false,
  canFetch: false,
  canList: false,
  canCancel: false,
  canFindLostCreate: false,
  returnsOddPayments: false,
  gaps: [
    'Payhip cannot list its sales: drop its CSV export into this chat, and it is compared.',
    'Payhip cannot be asked about a sale: its webhook is all the evidence, and who has seen one can forge others. What does not fit the catalogue is held for you.',
    'Payhip cannot be asked for a refund: give the money back in PayPal or Stripe, and Payhip tells us.',
  ],
};

/** Payhip, a shop of its own that is mirrored here: it makes its sales, and we hear of them. */
export function createPayhipProvider(
  deps: { http: ProviderHttp; clock: Clock },
  settings: PayhipSettings,
): PaymentProvider {
  const { clock } = deps;
  const apiKey = firstOf(settings.apiKeys, 'PAYHIP_API_KEY');
  const client = createPayhipClient(deps, { apiUrl: settings.apiUrl, apiKey });
  const coupons = createCouponDesk({ client, clock });
  return {
    name: 'payhip',
    capabilities,
    quote: () => undefined,
    createPayment: () => cannot('create_payment', 'Payhip makes its own sales'),
    findCreatedPayment: () => Promise.resolve(undefined),
    fetchPayment: () => cannot('fetch_payment', 'Payhip cannot be asked about a sale'),
    listPayments: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => cannot('list_payments', 'Payhip cannot list its sales') }),
    }),
    cancelPayment: () => cannot('cancel_payment', 'a sale at Payhip cannot be cancelled from here'),
    refunds: null,
    fees: null,
    hasSecretAddress: true,
    verifyWebhook: (delivery, now) => verifyPayhipWebhook(delivery, { ...settings, now }),
    async probe(signal) {
      await client.listPage(1, signal);
    },
    checkSetUp: (about, signal) => checkPayhipSetUp(client, about, signal),
    sales: {
      readEvent: readPayhipEvent,
      strikeSecrets: strikePayhipSecrets,
      verifyLicence: (asked, signal) => client.verifyLicence(asked, signal),
      listCoupons: (signal) => coupons.list(signal),
      createCoupon: (draft, signal) => coupons.create(draft, signal),
      readExport: readSalesExport,
    },
  };
}

function cannot(operation: string, words: string): Promise<never> {
  const message = `${operation}: ${words}`;
  return Promise.reject(new ProviderRejected({ provider: 'payhip', operation, code: null, httpStatus: null, message }));
}
