// Every command of the bot and every GET route of the HTTP side. A command that finds in several ways stands here with each.
import type { OpenedShop } from './shop/opened-shop.ts';
import type { Target } from './shop/targets.ts';

export interface Screen {
  name: string;
  /** Draws it once; what is measured. */
  draw(shop: OpenedShop, target: Target): Promise<void>;
  /** Waits for what goes on behind it; not measured. */
  settle?(shop: OpenedShop): Promise<void>;
  /** It asks a provider, or works on beyond its answer: only as often as this. */
  samplesMax?: number;
}

const command = (text: string, wordsOf: (target: Target) => string | number = () => ''): Screen => ({
  name: text,
  draw: (shop, target) => shop.say(`${text.split(' ')[0]} ${wordsOf(target)}`.trim()),
});

/** A command whose words are always the same. */
const plain = (text: string): Screen => ({ name: text, draw: (shop) => shop.say(text) });

const route = (name: string, pathOf: (target: Target) => string = () => name): Screen => ({
  name: `GET ${name}`,
  draw: (shop, target) => shop.get(pathOf(target)),
});

const cursorAt = ({ createdAt, id }: Target): string => Buffer.from(`${createdAt}.${id}`).toString('base64url');

export const screens: readonly Screen[] = [
  ...['/start', '/help', '/orders'].map(plain),
  command('/start ORDER', ({ number }) => `T-${number}`),
  command('/order NUMBER', ({ number }) => `T-${number}`),
  command('/find NUMBER', ({ number }) => `T-${number}`),
  command('/find E-MAIL', ({ email }) => email),
  command('/find REFERENCE', ({ reference }) => reference),
  command('/find TRANSACTION', ({ transactionId }) => transactionId),
  command('/find AMOUNT', ({ amount }) => `${amount} USD`),
  command('/find AMOUNT, none', () => '123456.78 USD'),
  command('/find PART of an e-mail', ({ email }) => email.split('@')[0] ?? ''),
  command('/find TEXT, none', () => 'nobody has this'),
  { ...command('/pay', () => '49.00 USD a benchmark'), samplesMax: 20 },
  command('/refund NUMBER', ({ refundable }) => `T-${refundable}`),
  ...['/alerts', '/exceptions', '/stats 7d', '/stats 30d', '/stats 90d', '/reconcile'].map(plain),
  // Behind these the set-up is checked, at the providers, too.
  { ...plain('/providers'), settle: (shop) => shop.awaitQuiet(), samplesMax: 10 },
  { ...plain('/health'), settle: (shop) => shop.awaitQuiet(), samplesMax: 10 },
  ...['/deadletters', '/replay', '/products', '/products SKU-007'].map(plain),
  { ...plain('/coupons'), samplesMax: 20 },
  ...['/settings', '/books', '/books 2026-10-30'].map(plain),
  {
    ...plain('/export 2026-10-30 2026-10-30'),
    settle: (shop) => shop.awaitText(/Done|Nothing is in these days/),
    samplesMax: 3,
  },
  route('/v1/orders'),
  route('/v1/orders?limit=100'),
  route('/v1/orders?cursor=', (target) => `/v1/orders?cursor=${cursorAt(target)}`),
  route('/v1/orders?status=paid'),
  route('/v1/orders?status=a,b', () => '/v1/orders?status=fulfilled,expired'),
  route(
    '/v1/orders?status=a,b&cursor=',
    (target) => `/v1/orders?status=needs_attention,refunded&cursor=${cursorAt(target)}`,
  ),
  route('/v1/orders/:id', ({ id }) => `/v1/orders/${id}`),
  ...['/openapi.json', '/docs', '/livez', '/readyz', '/metrics'].map((path) => route(path)),
];
