import type { ProviderSandboxCore } from '#sandbox/providers/options.ts';
import type { PayhipSeller } from '#sandbox/providers/payhip/seller.ts';
import { PayhipShop } from '#sandbox/providers/payhip/shop.ts';

/** The seller behind the simulated Payhip, with all that only Payhip has. */
export function payhipSeller(providers: Pick<ProviderSandboxCore, 'shop'>): PayhipSeller {
  const shop = providers.shop('payhip');
  if (!(shop instanceof PayhipShop)) throw new Error('Payhip has no shop');
  return shop.seller;
}
