import { defineScreen } from '../../kit/screen.ts';
import { confirmRefund, onRefundButton, openRefund, runRefund } from './refunds.ts';

export const refundsScreen = defineScreen({
  commands: [
    {
      command: 'refund',
      usage: 'NUMBER [AMOUNT]',
      description: 'give money back',
      section: 'Orders',
      permission: 'refunds.request',
      run: runRefund,
    },
  ],
  buttons: { refund: { permission: 'refunds.request', run: onRefundButton } },
  confirmations: { 'refund.request': { permission: 'refunds.request', carryOut: confirmRefund } },
  openers: { refund: { permission: 'refunds.request', open: openRefund } },
});
