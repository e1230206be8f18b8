import { everyFailure, pausesMs } from '../retry.ts';
import type { Simulator } from '../simulator.ts';
import { accentColour, makePayhipAccount, type PayhipAccount } from './account.ts';
import { failureBody } from './errors.ts';
import { createPayhip } from './provider.ts';
import { defaultProducts } from './sale.ts';
import { payhipSignature } from './webhook.ts';

export const payhip: Simulator<PayhipAccount> = {
  name: 'payhip',
  maker: 'Payhip',
  accent: accentColour,
  apiPath: '/payhip/api/v2',
  address: { setting: 'PAYHIP_API_URL', path: '/payhip/api/v2' },
  pagePaths: ['/sales/:id'],
  makeAccount: makePayhipAccount,
  create: (host, { account: { apiKey, products = defaultProducts(host.ids) } }) =>
    createPayhip(host, { apiKey, products }),
  failureBody,
  // Nothing but 200 will do.
  retry: { isAccepted: (status) => status === 200, isWorthRetrying: everyFailure, isOneQueue: false, retriesMax: 3 },
  // Payhip's help article on webhooks: once an hour, for up to three hours.
  realRetryDelaysMs: pausesMs({ hours: [1, 1, 1] }),
  webhookTarget: 'account',
  addressSecretSetting: 'PAYHIP_WEBHOOK_PATH_SECRET',
  signing: {
    header: null,
    field: 'signature',
    secretSetting: 'PAYHIP_API_KEY',
    covers: 'nothing',
    sign: ({ secret }) => payhipSignature(secret),
  },
  collectsForUs: false,
  visits: ['pay', 'refund_part', 'refund_full', 'walk_away'],
  returnsOddPayments: false,
};
