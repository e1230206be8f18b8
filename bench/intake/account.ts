/** The BTCPay store that every server of this benchmark believes in. Nobody is there: intake never calls out. */
export const btcpay = {
  url: 'http://127.0.0.1:9',
  apiKey: 'benchmark-key',
  storeId: '46y7JuD7dUHEN1BxeAmtReA5zjUzSho7HVXVteQr1XUW',
  webhookSecret: 'benchmark-secret-of-a-usual-length',
} as const;
