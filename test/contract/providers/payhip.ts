import { withSignature } from '#test/support/sign-webhook.ts';
import type { ProviderCase } from './provider-case.ts';

export const payhip: ProviderCase = {
  looksBeforeCreate: () => false,
  isRefusalUsual: false,
  offers: ['pay', 'walk_away'],
  // It cannot be asked: what is shown of a sale is what its event says (test/scenarios/payhip-sales.test.ts).
  states: [],
  customers: [{ does: ['pay'], ends: 'paid' }],
  // The signature covers nothing, so that there is no form whose bytes could be changed.
  signedForms: () => [],
  lies: [
    {
      lie: 'is signed with the hash of another key',
      of: (genuine) => withSignature('payhip', genuine, 'ab'.repeat(32)),
    },
  ],
  canaries: {
    rotated: {
      PAYHIP_API_KEY: 'CANARY-payhip-api-key',
      PAYHIP_WEBHOOK_PATH_SECRET: 'CANARY-payhip-path-secret',
    },
    single: {},
  },
};
