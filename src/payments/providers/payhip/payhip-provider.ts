import type { PaymentProvider, ProviderCapabilities } from '../../ports/payment-provider.ts';
import type { ProviderTools } from '../kit/provider-definition.ts';
import { firstOf } from '../kit/settings.ts';
import { unsupported, unsupportedList } from '../kit/unsupported.ts';
import { readPayhipEvent } from './channel-event.ts';
import { readChannelExport } from './channel-export.ts';
import { createPayhipClient } from './client.ts';
import { createCouponList } from './coupons.ts';
import { redactPayhipEvent } from './event-body.ts';
import { checkPayhipSetUp } from './set-up.ts';
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

/** Payhip is a sales channel: it makes orders of its own, and its webhooks report them. */
export function createPayhipProvider(tools: ProviderTools, settings: PayhipSettings): PaymentProvider {
  const { clock } = tools;
  const apiKey = firstOf(settings.apiKeys, 'PAYHIP_API_KEY');
  const client = createPayhipClient(tools, { apiUrl: settings.apiUrl, apiKey });
  const coupons = createCouponList({ client, clock });
  return {
    name: 'payhip',
    capabilities,
    quote: () => undefined,
    createPayment: () => cannot('create_payment', 'Payhip makes its own sales'),
    findCreatedPayment: () => Promise.resolve(undefined),
    fetchPayment: () => cannot('fetch_payment', 'Payhip cannot be asked about a sale'),
    listPayments: () => unsupportedList('payhip', 'Payhip cannot list its sales'),
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
      redactSecrets: redactPayhipEvent,
      verifyLicense: (asked, signal) => client.verifyLicense(asked, signal),
      listCoupons: (signal) => coupons.list(signal),
      createCoupon: (draft, signal) => coupons.create(draft, signal),
      readExport: readChannelExport,
    },
  };
}

function cannot(operation: string, why: string): Promise<never> {
  return Promise.reject(unsupported('payhip', { operation, why }));
}
