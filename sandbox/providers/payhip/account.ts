import { type RandomIds, systemIds } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';
import type { PayhipProduct } from './sale.ts';

/** Colour of its pages. */
export const accentColour = '#b0366f';

export interface PayhipAccount extends SimulatorAccount {
  readonly apiKey: string;
  /** Default: three goods, one of them with license keys. */
  readonly products?: readonly PayhipProduct[] | undefined;
}

export function makePayhipAccount(ids: RandomIds = systemIds): MadeUp<PayhipAccount> {
  const apiKey = `payhip_${ids.hex(20)}`;
  return {
    account: { apiKey },
    environment: { PAYHIP_API_KEY: apiKey, PAYHIP_WEBHOOK_PATH_SECRET: ids.hex(24) },
  };
}
