// The shop of one history: its settings, its admins and where and when it is.
import type { Stream } from '../engine/random.ts';
import { drawStart, drawZone } from './time-zones.ts';

export const addresses = {
  product: '127.0.0.1:9000',
  providers: '127.0.0.1:9001',
  telegram: '127.0.0.1:9002',
  shop: '127.0.0.1:9003',
} as const;

export const adminBot = 'till_bot';
export const pagerBot = 'pager_bot';
export const admins = [
  { id: 42, firstName: 'Ada' },
  { id: 43, firstName: 'Grace' },
  { id: 44, firstName: 'Joan' },
] as const;
/** Somebody who found the bots and is no admin. */
export const stranger = { id: 666, firstName: 'Mallory' } as const;
export const groupId = -5_001;

const adminToken = '111:AdminAdminAdminAdminAdminAdminAdmin';
const pagerToken = '222:PagerPagerPagerPagerPagerPagerPager';
export const bots = [
  { token: adminToken, username: adminBot, name: 'Till' },
  { token: pagerToken, username: pagerBot, name: 'Pager' },
] as const;

export const storeKey = 'key-of-the-shop-0123456789abcdef';
export const shopSecret = `whsec_${Buffer.from('a key that only this shop knows!').toString('base64')}`;

export interface ShopSettings {
  readonly startAt: number;
  readonly admins: readonly { id: number; firstName: string }[];
  /** Where alerts go; null: to each admin. */
  readonly alertChatId: number | null;
  /** All settings of the product that differ from one history to the next. */
  readonly environment: Readonly<Record<string, string>>;
}

export function drawSettings(chance: Stream): ShopSettings {
  const team = admins.slice(0, chance.between(1, admins.length));
  const alertChatId = chance.chance(0.3) ? groupId : null;
  const isWebhook = chance.chance(0.6);
  const zone = drawZone(chance);
  return {
    startAt: drawStart(chance, zone),
    admins: team,
    alertChatId,
    environment: {
      TIME_ZONE: zone,
      OWNER_IDS: team.map(({ id }) => id).join(','),
      ...(alertChatId === null ? {} : { ALERT_CHAT_ID: String(alertChatId) }),
      ...(isWebhook ? { TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: 'abcdefghijklmnop0123456789abcdef' } : {}),
      ...(chance.chance(0.8) ? { TELEGRAM_PAGER_TOKEN: pagerToken } : {}),
      // Without them NOWPayments shows no payment that no webhook named, and BitPay neither lists, cancels nor refunds.
      ...(chance.chance(0.4) ? { NOWPAYMENTS_EMAIL: '', NOWPAYMENTS_PASSWORD: '' } : {}),
      ...(chance.chance(0.15) ? { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } : {}),
    },
  };
}

/** What is the same in every history. */
export function fixedEnvironment(file: string): Record<string, string> {
  return {
    TELEGRAM_BOT_TOKEN: adminToken,
    TELEGRAM_API_ROOT: `http://${addresses.telegram}`,
    DATABASE_URL: `file:${file}`,
    PORT: addresses.product.split(':')[1] ?? '',
    PUBLIC_URL: `http://${addresses.product}`,
    STORE_API_KEY: storeKey,
    STORE_WEBHOOK_URL: `http://${addresses.shop}/tillkeeper`,
    STORE_WEBHOOK_SECRET: shopSecret,
  };
}
