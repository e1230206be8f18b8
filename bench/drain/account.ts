/** The BTCPay store, and what every order of this benchmark costs. */
export const storeId = '46y7JuD7dUHEN1BxeAmtReA5zjUzSho7HVXVteQr1XUW';
export const webhookSecret = 'benchmark-secret-of-a-usual-length';
export const storeApiKey = 'benchmark-key-of-the-shop-0123456789';
export const currency = 'EUR';
export const amount = '49.00';
export const amountMinor = 4_900;

/** The whole configuration of the product, whose providers, shop and Telegram are at one address. */
export function environmentOf(input: { databaseUrl: string; outsideUrl: string }): Record<string, string> {
  const { databaseUrl, outsideUrl } = input;
  return {
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    TELEGRAM_BOT_TOKEN: '1001:benchmark-admin-token',
    TELEGRAM_API_ROOT: outsideUrl,
    TELEGRAM_MODE: 'webhook',
    TELEGRAM_WEBHOOK_SECRET: 'benchmark-secret-of-telegram',
    OWNER_IDS: '42',
    STORE_API_KEY: storeApiKey,
    STORE_WEBHOOK_URL: `${outsideUrl}/shop`,
    STORE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    BTCPAY_URL: outsideUrl,
    BTCPAY_API_KEY: 'benchmark-key',
    BTCPAY_STORE_ID: storeId,
    BTCPAY_WEBHOOK_SECRET: webhookSecret,
  };
}
