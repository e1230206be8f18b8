// What the domain refuses comes as a code with its facts; these are the words for it.
import type { ProductFault } from '#catalog/save-product.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { CouponFault } from '#payments/channels/create-coupon.ts';

export function productFaultText(fault: ProductFault): string {
  switch (fault.code) {
    case 'sku_malformed':
      return 'A SKU has at most 40 letters, digits, dots, dashes and underscores.';
    case 'name_length':
      return `A name has 1 to ${fault.unitsMax} characters.`;
    case 'price_not_positive':
      return 'The price must be more than nothing.';
    case 'channel_without_key':
      return 'A channel goes with the key of the product there.';
    case 'key_malformed':
      return `The key of a product at ${providerTitle(fault.channel)} has at most 40 letters, digits, dashes and underscores: it ends the product's address there.`;
    case 'key_taken':
      return `${fault.sku} has the key ${fault.key} already.`;
    default:
      return fault satisfies never;
  }
}

export const couponFaultWords: Readonly<Record<CouponFault, string>> = {
  code_malformed: 'A code has 3 to 40 letters, digits, dashes and underscores.',
  neither_share_nor_amount: 'A coupon takes off a share or an amount.',
  share_out_of_range: 'A share is 1% to 100%.',
  amount_not_positive: 'The amount must be more than nothing.',
};
