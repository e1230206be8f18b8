import { defineScreen } from '../../kit/screen.ts';
import { confirmAccepted, confirmRejected, openReview } from './channel-order-review.ts';
import { confirmCoupon, onCouponsButton, runCoupons } from './coupons.ts';
import { takeLicenseSecret } from './product-secret.ts';
import {
  confirmClearSecret,
  confirmRemoveProduct,
  confirmSaveProduct,
  onProductButton,
  onProductsButton,
  runProducts,
} from './products.ts';
import { confirmImport, takeDocument } from './sales-import.ts';
import { confirmHoldLimit, onHoldLimitButton, onSettingsButton, runSettings, takeHoldLimit } from './settings.ts';

export const channelsScreen = defineScreen({
  commands: [
    {
      command: 'products',
      usage: '[SKU]',
      description: 'the catalogue',
      section: 'Catalogue',
      permission: 'catalog.read',
      run: runProducts,
    },
    {
      command: 'coupons',
      usage: '[new CODE 20% PRODUCT]',
      description: 'coupons of the sales channel',
      section: 'Catalogue',
      permission: 'coupons.read',
      run: runCoupons,
    },
    {
      command: 'settings',
      usage: '',
      description: 'what you can change here',
      section: 'This bot',
      permission: 'settings.read',
      run: runSettings,
    },
  ],
  buttons: {
    products: { permission: 'catalog.read', run: onProductsButton },
    product: {
      permission: { show: 'catalog.read', secret: 'catalog.change', clear: 'catalog.change', remove: 'catalog.change' },
      run: onProductButton,
    },
    coupons: { permission: 'coupons.read', run: onCouponsButton },
    settings: { permission: 'settings.read', run: onSettingsButton },
    hold_limit: { permission: 'settings.change', run: onHoldLimitButton },
  },
  confirmations: {
    'product.save': { permission: 'catalog.change', carryOut: confirmSaveProduct },
    'product.remove': { permission: 'catalog.change', carryOut: confirmRemoveProduct },
    'product.clear': { permission: 'catalog.change', carryOut: confirmClearSecret },
    'coupon.create': { permission: 'coupons.create', carryOut: confirmCoupon },
    'sale.accept': { permission: 'channel_orders.review', carryOut: confirmAccepted },
    'sale.reject': { permission: 'channel_orders.review', carryOut: confirmRejected },
    'sales.compare': { permission: 'channel_orders.compare', carryOut: confirmImport },
    'setting.hold_limit': { permission: 'settings.change', carryOut: confirmHoldLimit },
  },
  typedValues: {
    'setting.hold_limit.typed': { permission: 'settings.change', take: takeHoldLimit },
    'product.licence_secret.typed': { permission: 'catalog.change', isSecret: true, take: takeLicenseSecret },
  },
  openers: { channel_order_review: { permission: 'channel_orders.review', open: openReview } },
  document: { permission: 'channel_orders.compare', take: takeDocument },
});
