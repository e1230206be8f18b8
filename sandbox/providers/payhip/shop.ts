import type { ProviderRecord } from '../contract.ts';
import type { SimulatedShop } from '../host.ts';
import type { PayhipSale } from './sale.ts';
import type { PayhipSeller } from './seller.ts';

/** The shop as the demo sees it; a test that knows Payhip goes on to the seller. */
export class PayhipShop implements SimulatedShop {
  readonly seller: PayhipSeller;
  readonly #recordOf: (sale: PayhipSale) => ProviderRecord;

  constructor(seller: PayhipSeller, recordOf: (sale: PayhipSale) => ProviderRecord) {
    this.seller = seller;
    this.#recordOf = recordOf;
  }

  get goods(): SimulatedShop['goods'] {
    return this.seller.products;
  }

  sell({ key, email }: { key: string; email: string }): ProviderRecord {
    return this.#recordOf(this.seller.buy({ productKey: key, email }));
  }
}
