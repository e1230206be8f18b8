import type { ProviderName } from '#kernel/provider-name.ts';
import { bitpay } from './bitpay.ts';
import { btcpay } from './btcpay.ts';
import { coinbase } from './coinbase.ts';
import { nowpayments } from './nowpayments.ts';
import type { ProviderCase } from './provider-case.ts';

export const cases: Readonly<Record<ProviderName, ProviderCase>> = {
  coinbase,
  bitpay,
  btcpay,
  nowpayments,
};
