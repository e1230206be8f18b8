import { generateKeyPairSync } from 'node:crypto';
import { hour } from '#kernel/clock.ts';
import { coinbaseClient } from '#test/sandbox/providers/clients.ts';
import { type Delivery, sign, without } from '#test/support/providers/sign-webhook.ts';
import type { Lie, ProviderCase, SignedForm } from './provider-case.ts';

const signature = 'x-hook0-signature';

const file = 'src/payments/providers/coinbase/webhook.ts';
const mutants: ProviderCase['mutants'] = [
  {
    flaw: 'takes any signature',
    file,
    from: `return isKeyedHash(digest, about) ? undefined : 'signature_wrong';`,
    to: 'return undefined;',
  },
  {
    flaw: 'takes a signature that is wrong in the form that signs headers',
    file,
    from: `return checkDigest(fields.get('v1'), { secrets`,
    to: `return void checkDigest(fields.get('v1'), { secrets`,
  },
  {
    flaw: 'leaves the time out of v0',
    file,
    from: `parts: [\`\${t}.\`, delivery.body] });`,
    to: 'parts: [`.`, delivery.body] });',
  },
  {
    flaw: 'leaves the body out of v0',
    file,
    from: `parts: [\`\${t}.\`, delivery.body] });`,
    to: `parts: [\`\${t}.\`] });`,
  },
  { flaw: 'leaves the time out of v1', file, from: `[\`\${t}.\${h}.`, to: `[\`.\${h}.` },
  {
    flaw: 'leaves the names of the headers out of v1',
    file,
    from: `.\${h}.\${values.join('.')}.\``,
    to: `..\${values.join('.')}.\``,
  },
  { flaw: 'leaves the headers out of v1', file, from: `\${values.join('.')}.\``, to: `\${h}.\`` },
  { flaw: 'leaves the body out of v1', file, from: `values.join('.')}.\`, body] });`, to: `values.join('.')}.\`] });` },
  { flaw: 'takes v0 where v1 is offered', file, from: `fields.has('v1') && rule.scheme !== 'body'`, to: 'false' },
  {
    flaw: 'reads v0 where v1 is meant',
    file,
    from: `checkDigest(fields.get('v1')`,
    to: `checkDigest(fields.get('v0')`,
  },
  { flaw: 'takes what was signed long ago', file, from: 'if (ageMs > toleranceMs)', to: 'if (ageMs > 1e15)' },
  { flaw: 'takes what is signed for later', file, from: 'return ageMs < -toleranceMs ?', to: 'return ageMs < -1e15 ?' },
  { flaw: 'reads seconds as milliseconds', file, from: 'Number(t) * second', to: 'Number(t)' },
  { flaw: 'takes a field that comes twice', file, from: ' || fields.has(name)', to: '' },
  {
    flaw: 'takes a header that did not come',
    file,
    from: `if (value === undefined) return 'header_missing';`,
    to: 'if (value === undefined) continue;',
  },
  {
    flaw: 'takes a header of the language for one that came',
    file,
    from: 'Object.hasOwn(headers, name.toLowerCase())',
    to: 'name.toLowerCase() in headers',
  },
];

export const coinbase: ProviderCase = {
  abilities: {
    canCreate: true,
    canFetch: true,
    canList: true,
    canCancel: true,
    canFindLostCreate: true,
    returnsOddPayments: false,
    fees: 'snapshot',
    refunds: 'sent',
    isSalesChannel: false,
    gaps: 1,
  },
  oddities: [
    { field: 'status', value: 'ON_HOLD' },
    { field: 'amount', value: null },
    { field: 'amount', value: '1e99' },
    { field: 'amount', value: '-49.10' },
    { field: 'currency', value: { code: 'USDC' } },
    { field: 'settlement', value: 'later' },
  ],
  idsIn: (object) => [Reflect.get(object, 'id')],
  lesserSetUps: [],
  looksBeforeCreate: () => false,
  isRefusalUsual: false,
  offers: ['pay', 'pay_unconfirmed', 'fail', 'expire', 'walk_away'],
  states: [
    { visits: ['pay_unconfirmed'], shows: { state: 'processing', settlement: null } },
    {
      visits: ['pay'],
      shows: { state: 'confirmed', fees: { fee: '0.61', net: '48.49', asset: 'USDC' } },
      paid: 0,
    },
    { visits: ['fail'], shows: { state: 'failed', settlement: null } },
    { visits: ['expire'], shows: { state: 'expired', settlement: null } },
  ],
  customers: [
    { does: ['pay'], ends: 'paid' },
    { does: ['pay'], ends: 'paid' },
    { does: ['pay_unconfirmed', 'confirm'], ends: 'paid' },
    { does: ['fail'], ends: 'failed' },
  ],
  refunds: {
    arrives: ['complete_refund'],
    refundByHand({ sandbox, now }, { reference, amount }) {
      const client = coinbaseClient(sandbox, { now, advance: () => undefined });
      return client.request('POST', `/checkouts/${reference}/refund`, { body: { amount, reason: 'A friend' } });
    },
  },
  mutants,
  signedForms: (genuine) => [bothForms(genuine), bodyForm(genuine)],
  lies: [
    {
      lie: 'has a header changed that the signature covers',
      of: ({ headers, body }) => ({ headers: { ...headers, 'x-event-type': 'checkout.payment.failed' }, body }),
    },
    {
      lie: 'lacks a header that the signature covers',
      of: ({ headers, body }) => ({ headers: without(headers, 'x-event-id'), body }),
    },
    {
      lie: 'has a good v0 beside a bad v1',
      of: ({ headers, body }) => ({ headers: { ...headers, [signature]: spoilV1(headers) }, body }),
    },
    ...[-1, 1].map(
      (direction): Lie => ({
        lie: direction < 0 ? 'was signed an hour ago' : 'is signed for an hour from now',
        of({ headers, body }, { now, environment }) {
          const secret = environment['COINBASE_WEBHOOK_SECRET'] ?? '';
          return sign('coinbase', { headers, body, now: now + direction * hour, secret });
        },
      }),
    ),
  ],
  canaries: {
    rotated: {
      COINBASE_API_KEY_SECRET: String(
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
      ),
      COINBASE_WEBHOOK_SECRET: 'CANARY-coinbase-webhook',
    },
    single: {},
  },
};

/** As it is sent: `v1` decides, and covers the headers that `h` names. */
function bothForms(delivery: Delivery): SignedForm {
  const field = fieldsOf(delivery);
  return {
    form: 'v1 beside v0',
    delivery,
    parts: [
      { text: field('t'), alphabet: 'hex' },
      { text: field('h'), alphabet: 'words' },
      { text: field('v1'), alphabet: 'hex' },
    ],
    headers: field('h').split(' '),
  };
}

/** An older form: `v0` alone, over time and body. */
function bodyForm({ headers, body }: Delivery): SignedForm {
  const field = fieldsOf({ headers, body });
  return {
    form: 'v0 alone',
    delivery: { headers: { ...headers, [signature]: `t=${field('t')},v0=${field('v0')}` }, body },
    parts: [
      { text: field('t'), alphabet: 'hex' },
      { text: field('v0'), alphabet: 'hex' },
    ],
    headers: [],
  };
}

function fieldsOf({ headers }: Delivery): (name: string) => string {
  return (name) => new RegExp(`(?:^|,)${name}=([^,]+)`).exec(headers[signature] ?? '')?.[1] ?? '';
}

function spoilV1(headers: Record<string, string>): string {
  return (headers[signature] ?? '').replace(/v1=(.)/, (_whole, first: string) => `v1=${first === '0' ? '1' : '0'}`);
}
