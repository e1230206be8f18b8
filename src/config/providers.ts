// What each provider needs to be on, and how its settings become what its adapter is set up with.
import { hash } from 'node:crypto';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { SettingsByProvider } from '#payments/providers/registry/registry.ts';
import { isOn, need, type Reading } from './read-settings.ts';

/** Null for a provider that is off: none of its settings is given. */
export type ProvidersConfig = { readonly [Name in ProviderName]: SettingsByProvider[Name] | null };

const assemblers: { readonly [Name in ProviderName]: (reading: Reading) => SettingsByProvider[Name] | null } = {
  coinbase(reading) {
    const { values } = reading;
    const needed = ['COINBASE_API_KEY_ID', 'COINBASE_API_KEY_SECRET', 'COINBASE_WEBHOOK_SECRET'] as const;
    if (!isOn(reading, { title: 'Coinbase', needed, optional: ['COINBASE_API_URL'] })) return null;
    return {
      apiUrl: need(values.COINBASE_API_URL),
      keyId: need(values.COINBASE_API_KEY_ID),
      keySecrets: need(values.COINBASE_API_KEY_SECRET),
      webhookSecrets: need(values.COINBASE_WEBHOOK_SECRET),
    };
  },
  bitpay(reading) {
    const { values } = reading;
    const merchantNames = ['BITPAY_MERCHANT_TOKEN', 'BITPAY_PRIVATE_KEY'] as const;
    const optional = ['BITPAY_API_URL', ...merchantNames] as const;
    if (!isOn(reading, { title: 'BitPay', needed: ['BITPAY_POS_TOKEN'], optional })) return null;
    const hasMerchant = isOn(reading, { title: "BitPay's merchant facade", needed: merchantNames, optional: [] });
    return {
      apiUrl: need(values.BITPAY_API_URL),
      posTokens: need(values.BITPAY_POS_TOKEN),
      merchant: hasMerchant
        ? { tokens: need(values.BITPAY_MERCHANT_TOKEN), privateKeyHex: need(values.BITPAY_PRIVATE_KEY) }
        : null,
    };
  },
  btcpay(reading) {
    const { values } = reading;
    const needed = ['BTCPAY_URL', 'BTCPAY_API_KEY', 'BTCPAY_STORE_ID', 'BTCPAY_WEBHOOK_SECRET'] as const;
    if (!isOn(reading, { title: 'BTCPay Server', needed, optional: [] })) return null;
    return {
      url: need(values.BTCPAY_URL),
      apiKey: need(values.BTCPAY_API_KEY),
      storeId: need(values.BTCPAY_STORE_ID),
      webhookSecrets: need(values.BTCPAY_WEBHOOK_SECRET),
    };
  },
  nowpayments(reading) {
    const { values } = reading;
    const loginNames = ['NOWPAYMENTS_EMAIL', 'NOWPAYMENTS_PASSWORD'] as const;
    const needed = ['NOWPAYMENTS_API_KEY', 'NOWPAYMENTS_IPN_SECRET'] as const;
    if (!isOn(reading, { title: 'NOWPayments', needed, optional: ['NOWPAYMENTS_API_URL', ...loginNames] })) return null;
    const hasLogin = isOn(reading, { title: "NOWPayments' dashboard", needed: loginNames, optional: [] });
    return {
      apiUrl: need(values.NOWPAYMENTS_API_URL),
      apiKey: need(values.NOWPAYMENTS_API_KEY),
      ipnSecrets: need(values.NOWPAYMENTS_IPN_SECRET),
      login: hasLogin ? { email: need(values.NOWPAYMENTS_EMAIL), password: need(values.NOWPAYMENTS_PASSWORD) } : null,
    };
  },
  payhip(reading) {
    const { values } = reading;
    const needed = ['PAYHIP_API_KEY', 'PAYHIP_WEBHOOK_PATH_SECRET'] as const;
    if (!isOn(reading, { title: 'Payhip', needed, optional: ['PAYHIP_API_URL'] })) return null;
    return {
      apiUrl: need(values.PAYHIP_API_URL),
      apiKeys: need(values.PAYHIP_API_KEY),
      pathSecrets: need(values.PAYHIP_WEBHOOK_PATH_SECRET),
    };
  },
};

export function assembleProviders(reading: Reading): ProvidersConfig {
  // Each name comes with what its own assembler made.
  return Object.fromEntries(providerNames.map((name) => [name, assemblers[name](reading)])) as ProvidersConfig;
}

/** What is in no setting and must not be shown either. */
export function listDerivedSecrets({ values }: Reading): string[] {
  // Payhip signs every webhook with the same hash of the key: who has seen it can forge any sale.
  return (values.PAYHIP_API_KEY ?? []).map((key) => hash('sha256', key, 'hex'));
}
