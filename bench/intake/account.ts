/** The BTCPay store that every server of this benchmark is configured for. It does not exist: intake makes no calls. */
export const btcpay = {
  url: 'http://127.0.0.1:9',
  apiKey: 'benchmark-key',
  storeId: '46y7JuD7dUHEN1BxeAmtReA5zjUzSho7HVXVteQr1XUW',
  webhookSecret: 'benchmark-secret-of-a-usual-length',
} as const;
