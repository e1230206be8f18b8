import { withSignature } from '#test/support/providers/sign-webhook.ts';
import type { ProviderCase } from './provider-case.ts';

const file = 'src/payments/providers/payhip/webhook.ts';
const hmac = 'src/payments/providers/kit/hmac.ts';
const mutants: ProviderCase['mutants'] = [
  {
    flaw: 'takes any signature',
    file,
    from: 'return isMadeByAny(digest, secrets, sha256);',
    to: 'return isMadeByAny(digest, secrets, () => digest);',
  },
  { flaw: 'takes any address', file, from: '!delivery.wasAtItsAddress && !isAnyHashOf(', to: 'false && !isAnyHashOf(' },
  {
    flaw: 'takes a webhook without a signature',
    file,
    from: `if (!envelope.signature) return refuse('signature_missing');`,
    to: `if (!envelope.signature) return { kind: 'irrelevant', eventType: envelope.type };`,
  },
  {
    flaw: 'does not look at the signature',
    file,
    from: `if (!isAnyHashOf(digest, rule.apiKeys)) return refuse('signature_wrong');`,
    to: '',
  },
  { flaw: 'takes an empty secret', file: hmac, from: `if (secret === '') continue;`, to: '' },
  {
    flaw: 'asks for the first secret only',
    file: hmac,
    from: 'for (const secret of secrets) {',
    to: 'for (const secret of secrets.slice(0, 1)) {',
  },
  {
    flaw: 'takes what happened long ago',
    file,
    from: `if (at !== null && at < rule.now - pastMaxMs) return refuse('too_old');`,
    to: '',
  },
  {
    flaw: 'takes what has not happened yet',
    file,
    from: `if (at !== null && at > rule.now + futureMaxMs) return refuse('too_new');`,
    to: '',
  },
  {
    flaw: 'takes a form for JSON',
    file,
    from: `if (!/^application\\/json\\s*(?:;|$)/i.test(delivery.headers['content-type'] ?? '')) return refuse('body_malformed');`,
    to: '',
  },
  { flaw: 'says more of its trust than it is', file, from: `trust: 'token',`, to: `trust: 'signed',` },
];

export const payhip: ProviderCase = {
  abilities: {
    canCreate: false,
    canFetch: false,
    canList: false,
    canCancel: false,
    canFindLostCreate: false,
    returnsOddPayments: false,
    fees: 'none',
    refunds: 'none',
    isSalesChannel: true,
    gaps: 3,
  },
  oddities: [],
  idsIn: () => [],
  lesserSetUps: [],
  looksBeforeCreate: () => false,
  isRefusalUsual: false,
  offers: ['pay', 'walk_away'],
  // It has no API for orders: a channel order is known by its event only (test/scenarios/payhip-sales.test.ts).
  states: [],
  customers: [{ does: ['pay'], ends: 'paid' }],
  // The signature covers nothing, so that there is no form whose bytes could be changed.
  mutants,
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
