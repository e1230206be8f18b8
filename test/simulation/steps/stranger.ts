// Somebody who found the addresses and has no key: nothing is let in, nothing is let out, and nobody else is held up.
import { minute, second } from '#kernel/clock.ts';
import type { Stream } from '../engine/random.ts';
import { withLook } from '../invariants/look.ts';
import type { StepKind } from '../plan/step-kind.ts';
import { callProduct } from '../world/call-product.ts';
import { storeKey } from '../world/settings.ts';
import type { World } from '../world/world.ts';

interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const signing = ['coinbase', 'bitpay', 'btcpay', 'nowpayments'] as const;
const bearers = ['', 'Bearer ', 'Bearer wrong', 'Basic c2hvcDpzaG9w', `${`Bearer ${storeKey}`.slice(0, -1)}F`] as const;
const order = JSON.stringify({ items: [{ name: 'Free', quantity: 1, unit_amount: '0.01' }], currency: 'USD' });

type Knock = (chance: Stream) => Attempt;

const knocks: readonly [Knock, ...Knock[]] = [
  (chance) => ({
    method: 'POST',
    path: '/v1/orders',
    headers: json({ authorization: chance.pick(bearers) }),
    body: order,
  }),
  (chance) => ({ method: 'GET', path: '/v1/orders', headers: { authorization: chance.pick(bearers) } }),
  (chance) => ({
    method: 'POST',
    path: `/webhooks/${chance.pick(signing)}`,
    headers: json(forgedSignature(chance)),
    body: garbage(chance),
  }),
  (chance) => ({
    method: 'POST',
    path: `/webhooks/payhip/${chance.int(2 ** 31)}`,
    headers: json(),
    body: garbage(chance),
  }),
  (chance) => ({
    method: 'POST',
    path: chance.pick(['/webhooks/btcpay', '/webhooks/coinbase', '/v1/orders', '/telegram/admin']),
    headers: json(),
    body: new Uint8Array(chance.between(257, 1_200) * 1024),
  }),
  (chance) => ({
    method: 'POST',
    path: chance.pick(['/telegram/admin', '/telegram/pager']),
    headers: json({
      'x-telegram-bot-api-secret-token': chance.pick(['', 'wrong', 'abcdefghijklmnop0123456789abcdeF']),
    }),
    body: JSON.stringify({ update_id: 1, message: { message_id: 1, date: 1, text: '/start' } }),
  }),
  (chance) => ({
    method: chance.pick(['PUT', 'DELETE', 'GET']),
    path: chance.pick(['/webhooks/bitpay', '/telegram/admin', '/metrics/', '/.env']),
  }),
];

export const stranger: StepKind = {
  share: 0.4,
  perDay: 2,
  async act(world, chance) {
    for (let left = chance.between(1, 40); left > 0; left -= 1) {
      const attempt = chance.chance(0.2) ? tamper(world, chance) : chance.pick(knocks)(chance);
      if (attempt !== undefined) await knock(world, attempt);
      await world.wait(chance.chance(0.8) ? chance.int(2 * second) : chance.int(10 * minute));
    }
    const isStored = await withLook(world, ({ count }) => count(storedForgeries) > 0);
    if (isStored) complain(world, 'a forged webhook is in the inbox');
  },
};

const forged = 'forged-0000';
const storedForgeries = `select count(*) from inbox_events where instr(body, '${forged}') > 0`;

async function knock(world: World, attempt: Attempt): Promise<void> {
  const answer = await callProduct(world, attempt);
  const what = `${attempt.method} ${attempt.path}`;
  world.journal.note('stranger', `${what} ${answer?.status ?? 'no answer'}`);
  const isRefused = answer === undefined || (answer.status >= 400 && answer.status !== 500);
  if (!isRefused) complain(world, `a stranger's ${what} is answered ${answer.status}`);
}

/** A real webhook, which somebody has seen on its way and writes anew. */
function tamper(world: World, chance: Stream): Attempt | undefined {
  const provider = chance.pick(signing);
  const seen = world.providers.deliveries(provider).findLast(({ body, reference }) => body.includes(reference));
  if (seen === undefined) return undefined;
  const body = seen.body.replaceAll(seen.reference, forged);
  return { method: 'POST', path: `/webhooks/${provider}`, headers: seen.headers, body };
}

function forgedSignature(chance: Stream): Record<string, string> {
  const hex = Buffer.from(chance.bytes(64)).toString('hex');
  const base64 = Buffer.from(chance.bytes(32)).toString('base64');
  return chance.pick<Record<string, string>>([
    {},
    { 'x-signature': base64 },
    { 'btcpay-sig': `sha256=${hex.slice(0, 64)}` },
    { 'x-nowpayments-sig': hex },
    { 'x-hook0-signature': `t=1,v0=${hex.slice(0, 64)}` },
    { 'x-hook0-signature': 'v1=,t=' },
  ]);
}

function garbage(chance: Stream): string {
  return chance.pick([
    '',
    '{',
    '[]',
    'null',
    '\u0000',
    `{"id":"${forged}"}`,
    `{"type":"InvoiceSettled","invoiceId":"${forged}","storeId":1e999}`,
    `{"event":{"name":"invoice_confirmed"},"data":{"id":"${forged}"}}`,
    '['.repeat(5_000),
  ]);
}

function json(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { 'content-type': 'application/json', ...more };
}

function complain({ complaints }: World, text: string): void {
  complaints.push({ invariant: 10, text });
}
