// What admins type: commands, reasons and amounts, the right ones and the wrong ones.
import type { Stream } from '../../engine/random.ts';

type Choice = readonly [string, ...string[]];

const reasons: Choice = [
  'The customer asked for it',
  'ok',
  'paid in cash, see mail of 14:05',
  '<b>bold</b> & <a href="https://evil.example">link</a> </code>',
  '*bold* _under_ `code` [link](tg://user?id=42)',
  '\u200b\u200b\u2060',
  '\u202Ereversed \u0000 and a null',
  'two\nlines\n\n\nand more',
  '👩‍👩‍👧‍👦'.repeat(30),
  'x'.repeat(4096),
  `${'long words '.repeat(60)}end`,
  'T-1001',
  '/orders',
  'null',
];

export function drawReason(chance: Stream): string {
  // Most people write a plain sentence.
  return chance.chance(0.6) ? reasons[0] : chance.pick(reasons);
}

const amounts: Choice = ['49.00 USD', '9.99 EUR', '1500 JPY', '12.500 KWD', '1 USD'];
const wrongAmounts: Choice = [
  '0 USD',
  '-5 USD',
  '1e3 USD',
  '9.999 USD',
  '10.00 XXX',
  '1,000.00 USD',
  '99999999999999999999 USD',
  '١٢ USD',
  'ten dollars',
  'USD',
];

export function drawAmount(chance: Stream): string {
  return chance.chance(0.7) ? chance.pick(amounts) : chance.pick(wrongAmounts);
}

/** `number` is that of an order which the admin has seen. */
export function drawCommand(chance: Stream, { number, provider }: { number: string; provider: string }): string {
  const amount = (): string => drawAmount(chance).split(' ')[0] ?? '';
  const note = (): string => chance.pick(['', ' for Ann & <b>Bob', ' <b>License</b> & more', ` ${'n'.repeat(300)}`]);
  return chance.pickWeighted<string>([
    ['/orders', 8],
    [`/order ${number}`, 10],
    [number, 2],
    ['/order T-99999', 1],
    ['/order <i>1', 1],
    [
      `/find ${chance.pick(['buyer', 'example.org', number, '9.99', '%', '_', '"; drop table orders', '<b>é', '&lt;'])}`,
      4,
    ],
    ['/find', 1],
    [`/pay ${drawAmount(chance)}${note()}`, 3],
    [`/refund ${number}`, 3],
    [`/refund ${number} ${amount()}`, 2],
    ['/refund', 0.5],
    ['/alerts', 8],
    ['/exceptions', 10],
    [`/stats ${chance.pick(['', '7d', '30d', '90d', '1y'])}`, 2],
    ['/providers', 3],
    ['/reconcile', 1],
    [`/reconcile ${provider}`, 1],
    ['/deadletters', 2],
    ['/products', 2],
    [`/replay ${provider} ${chance.pick(['6h', '1d', '30m', '10:30'])} now`, 1],
    [`/replay ${chance.pick(['', 'nobody 6h now', '01234567-89ab-cdef-0123-456789abcdef'])}`, 0.5],
    ['/coupons', 0.5],
    [`/coupons new SAVE${chance.int(100)} ${chance.pick(['20%', '5.00 USD', '0%', 'all'])}`, 0.5],
    ['/health', 3],
    ['/settings', 1],
    ['/books', 2],
    ['/start', 1],
    [`/start ${number}`, 0.5],
    ['/help', 1],
    ['/cancel', 1],
    ['hello?', 1],
    ['/nonsense@till_bot', 0.5],
  ]);
}
